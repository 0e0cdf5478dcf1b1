package quiver.execution.function;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.NetworkAddress;

/// Functions and operators of `inet` and `cidr`. Source: PostgreSQL 15, section 9.12.
final class NetworkFunctions {
  private NetworkFunctions() {}

  static void addTo(FunctionTable table) {
    parts(table);
    tests(table);
    changes(table);
  }

  private static NetworkAddress address(@Nullable Object[] arguments, int index) {
    return (NetworkAddress) Arguments.value(arguments, index);
  }

  private static void parts(FunctionTable table) {
    table
        .all("host", (_, a) -> address(a, 0).host())
        .all("family", (_, a) -> address(a, 0).isV4() ? 4L : 6L)
        .all("masklen", (_, a) -> (long) address(a, 0).bits())
        .all("network", (_, a) -> address(a, 0).withHostBits(false))
        .all("broadcast", (_, a) -> address(a, 0).withHostBits(true))
        .all("netmask", (_, a) -> mask(address(a, 0), false))
        .all("hostmask", (_, a) -> mask(address(a, 0), true))
        .one("abbrev(inet)", (_, a) -> address(a, 0).toString())
        .one("abbrev(cidr)", (_, a) -> abbreviated(address(a, 0)))
        .one("text(inet)", (_, a) -> address(a, 0).withWidth())
        .one("cidr(inet)", (_, a) -> address(a, 0).withHostBits(false))
        .one("set_masklen(inet,int4)", (_, a) -> withBits(address(a, 0), Arguments.int4(a, 1)))
        .one(
            "set_masklen(cidr,int4)",
            (_, a) -> withBits(address(a, 0), Arguments.int4(a, 1)).withHostBits(false));
  }

  private static NetworkAddress mask(NetworkAddress address, boolean host) {
    byte[] bytes = new byte[address.bytes().length];
    for (int i = 0; i < 8 * bytes.length; i++) {
      if (i < address.bits() != host) {
        bytes[i >>> 3] |= (byte) (0x80 >>> (i & 7));
      }
    }
    return NetworkAddress.of(bytes, 8 * bytes.length);
  }

  /// Without the bytes of IPv4 that are not of the network.
  private static String abbreviated(NetworkAddress address) {
    if (!address.isV4()) {
      return address.withWidth();
    }
    String[] parts = address.host().split("\\.", -1);
    int count = Math.max(1, (address.bits() + 7) / 8);
    return String.join(".", java.util.Arrays.copyOf(parts, count)) + "/" + address.bits();
  }

  private static NetworkAddress withBits(NetworkAddress address, int bits) {
    int wanted = bits == -1 ? address.bitsMax() : bits;
    if (wanted < 0 || wanted > address.bitsMax()) {
      throw new QuiverException(SqlState.INVALID_PARAMETER_VALUE, "invalid mask length: %d", bits);
    }
    return address.withBits(wanted);
  }

  private static void tests(FunctionTable table) {
    table
        .all(
            "network_sub",
            (_, a) ->
                address(a, 1).contains(address(a, 0))
                    && address(a, 0).bits() > address(a, 1).bits())
        .all("network_subeq", (_, a) -> address(a, 1).contains(address(a, 0)))
        .all(
            "network_sup",
            (_, a) ->
                address(a, 0).contains(address(a, 1))
                    && address(a, 1).bits() > address(a, 0).bits())
        .all("network_supeq", (_, a) -> address(a, 0).contains(address(a, 1)))
        .all(
            "network_overlap",
            (_, a) ->
                address(a, 0).contains(address(a, 1)) || address(a, 1).contains(address(a, 0)))
        .all("inet_same_family", (_, a) -> address(a, 0).isV4() == address(a, 1).isV4())
        .all("inet_merge", (_, a) -> merged(address(a, 0), address(a, 1)));
  }

  private static NetworkAddress merged(NetworkAddress one, NetworkAddress other) {
    requireSameSize(one, other, "cannot merge addresses from different families");
    int bits = Math.min(Math.min(one.bits(), other.bits()), one.commonBits(other));
    return one.withBits(bits).withHostBits(false);
  }

  private static void requireSameSize(NetworkAddress one, NetworkAddress other, String message) {
    if (one.isV4() != other.isV4()) {
      throw QuiverException.ofMessage(SqlState.INVALID_PARAMETER_VALUE, message);
    }
  }

  private interface ByteOperation {
    int apply(int left, int right);
  }

  private static void changes(FunctionTable table) {
    table
        .all("inetand", (_, a) -> combined("AND", address(a, 0), address(a, 1), (l, r) -> l & r))
        .all("inetor", (_, a) -> combined("OR", address(a, 0), address(a, 1), (l, r) -> l | r))
        .all("inetnot", (_, a) -> combined("NOT", address(a, 0), address(a, 0), (l, _) -> ~l))
        .all("inetpl", (_, a) -> plus(address(a, 0), Arguments.integer(a, 1)))
        .all("int8pl_inet", (_, a) -> plus(address(a, 1), Arguments.integer(a, 0)))
        .all("inetmi_int8", (_, a) -> plus(address(a, 0), -Arguments.integer(a, 1)))
        .all("inetmi", (_, a) -> difference(address(a, 0), address(a, 1)));
  }

  private static NetworkAddress combined(
      String name, NetworkAddress left, NetworkAddress right, ByteOperation operation) {
    requireSameSize(
        left, right, String.format(Locale.ROOT, "cannot %s inet values of different sizes", name));
    byte[] bytes = new byte[left.bytes().length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) operation.apply(left.bytes()[i], right.bytes()[i]);
    }
    return NetworkAddress.of(bytes, Math.max(left.bits(), right.bits()));
  }

  private static NetworkAddress plus(NetworkAddress address, long addend) {
    java.math.BigInteger sum =
        new java.math.BigInteger(1, address.bytes()).add(java.math.BigInteger.valueOf(addend));
    if (sum.signum() < 0 || sum.bitLength() > address.bitsMax()) {
      throw new QuiverException(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "result is out of range");
    }
    byte[] bytes = new byte[address.bytes().length];
    byte[] digits = sum.toByteArray();
    int count = Math.min(digits.length, bytes.length);
    System.arraycopy(digits, digits.length - count, bytes, bytes.length - count, count);
    return NetworkAddress.of(bytes, address.bits());
  }

  private static Long difference(NetworkAddress left, NetworkAddress right) {
    requireSameSize(left, right, "cannot subtract inet values of different sizes");
    try {
      return new java.math.BigInteger(1, left.bytes())
          .subtract(new java.math.BigInteger(1, right.bytes()))
          .longValueExact();
    } catch (ArithmeticException e) {
      throw new QuiverException(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "result is out of range")
          .withCause(e);
    }
  }
}
