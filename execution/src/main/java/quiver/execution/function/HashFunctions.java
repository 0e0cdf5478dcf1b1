package quiver.execution.function;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import quiver.common.value.DatumOrder;

/// `hashtext` and the other hash functions of types, with PostgreSQL's very results.
final class HashFunctions {
  private HashFunctions() {}

  static void addTo(FunctionTable table) {
    for (String name : new String[] {"hashtext(text", "hashname(name"}) {
      bytes(table, name, HashFunctions::utf8);
    }
    bytes(
        table,
        "hashbpchar(bpchar",
        a -> DatumOrder.withoutPadding(Arguments.text(a, 0)).getBytes(StandardCharsets.UTF_8));
    bytes(table, "uuid_hash(uuid", a -> bytes((UUID) Arguments.value(a, 0)));
    for (String name : new String[] {"hashint2(int2", "hashint4(int4", "hashoid(oid"}) {
      number(table, name, a -> (int) Arguments.integer(a, 0));
    }
    for (String name : new String[] {"hashint8(int8", "timestamp_hash(timestamp"}) {
      number(table, name, a -> PostgresHash.folded(Arguments.integer(a, 0)));
    }
    number(
        table,
        "hashchar(char",
        a -> Arguments.text(a, 0).isEmpty() ? 0 : (int) (byte) Arguments.text(a, 0).charAt(0));
    for (String name : new String[] {"hashfloat4(float4)", "hashfloat8(float8)"}) {
      table.one(name, (_, a) -> (long) ofDouble(Arguments.real(a, 0)));
    }
  }

  private static byte[] utf8(@Nullable Object[] arguments) {
    return Arguments.text(arguments, 0).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(UUID uuid) {
    return ByteBuffer.allocate(16)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits())
        .array();
  }

  private static int ofDouble(double value) {
    return value == 0
        ? 0
        : PostgresHash.of(
            ByteBuffer.allocate(Double.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putDouble(value)
                .array());
  }

  /// A function of a value, and the one of a value and a seed.
  private static void bytes(
      FunctionTable table, String head, Function<@Nullable Object[], byte[]> value) {
    table.one(head + ")", (_, a) -> (long) PostgresHash.of(value.apply(a)));
    table.one(extended(head), (_, a) -> PostgresHash.of(value.apply(a), Arguments.integer(a, 1)));
  }

  private static void number(
      FunctionTable table, String head, Function<@Nullable Object[], Integer> value) {
    table.one(head + ")", (_, a) -> (long) PostgresHash.of(value.apply(a)));
    table.one(extended(head), (_, a) -> PostgresHash.of(value.apply(a), Arguments.integer(a, 1)));
  }

  private static String extended(String head) {
    String name = head.substring(0, head.indexOf('('));
    String suffix = name.endsWith("_hash") ? "_extended" : "extended";
    return name + suffix + head.substring(head.indexOf('(')) + ",int8)";
  }
}
