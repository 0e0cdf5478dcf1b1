package quiver.execution.function;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import quiver.common.format.Utf8;

/// Functions of the extension `uuid-ossp` that need no clock and no chance. Source: RFC 4122.
final class UuidFunctions {
  /// The name spaces of the standard differ in this byte.
  private static final long NAMESPACE_HIGH = 0x6ba7b810_9dad_11d1L;

  private static final long NAMESPACE_LOW = 0x80b4_00c04fd430c8L;

  private UuidFunctions() {}

  static void addTo(FunctionTable table) {
    table
        .all("uuid_nil", (_, _) -> new UUID(0, 0))
        .all("uuid_ns_dns", (_, _) -> namespace(0))
        .all("uuid_ns_url", (_, _) -> namespace(1))
        .all("uuid_ns_oid", (_, _) -> namespace(2))
        .all("uuid_ns_x500", (_, _) -> namespace(4))
        .all("uuid_generate_v3", (_, a) -> named("MD5", 3, a))
        .all("uuid_generate_v5", (_, a) -> named("SHA-1", 5, a));
  }

  private static UUID namespace(long number) {
    return new UUID(NAMESPACE_HIGH + (number << 32), NAMESPACE_LOW);
  }

  private static UUID named(String algorithm, long version, @Nullable Object[] arguments) {
    UUID namespace = (UUID) Arguments.value(arguments, 0);
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      digest.update(
          ByteBuffer.allocate(16)
              .putLong(namespace.getMostSignificantBits())
              .putLong(namespace.getLeastSignificantBits())
              .flip());
      ByteBuffer hash = ByteBuffer.wrap(digest.digest(Utf8.encode(Arguments.text(arguments, 1))));
      long high = (hash.getLong() & ~0xf000L) | (version << 12);
      return new UUID(high, (hash.getLong() & ~(3L << 62)) | (1L << 63));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
