package quiver.common.value;

import java.util.Arrays;
import java.util.Optional;

/// An `inet` or `cidr` value: an address of IPv4 (4 bytes) or IPv6 (16 bytes) and how many of its
/// first bits name the network. Immutable; IPv4 first, then by network, width and address.
public final class NetworkAddress implements Comparable<NetworkAddress> {
  private static final int V4_BYTES = 4;
  private static final int V6_BYTES = 16;

  private final byte[] address;
  private final int bits;

  private NetworkAddress(byte[] address, int bits) {
    this.address = address;
    this.bits = bits;
  }

  /// Owns `address` from now on: 4 or 16 bytes.
  public static NetworkAddress of(byte[] address, int bits) {
    if ((address.length != V4_BYTES && address.length != V6_BYTES)
        || bits < 0
        || bits > 8 * address.length) {
      throw new IllegalArgumentException(address.length + " bytes, " + bits + " bits");
    }
    return new NetworkAddress(address, bits);
  }

  /// Reads `address[/bits]`; empty when the text is not of the form.
  ///
  /// @param network a `cidr`: missing parts of an IPv4 address are zero
  public static Optional<NetworkAddress> parse(String text, boolean network) {
    int slash = text.indexOf('/');
    String host = slash < 0 ? text : text.substring(0, slash);
    byte[] bytes = host.indexOf(':') >= 0 ? parseV6(host) : parseV4(host, network || slash >= 0);
    if (bytes.length == 0) {
      return Optional.empty();
    }
    int bits = bytes.length * 8;
    if (slash >= 0) {
      String digits = text.substring(slash + 1);
      bits = number(digits, bits);
      if (bits < 0) {
        return Optional.empty();
      }
    } else if (network && bytes.length == V4_BYTES) {
      bits = classBits(bytes, host);
    }
    return Optional.of(new NetworkAddress(bytes, bits));
  }

  /// Digits up to a number, -1 for anything else.
  private static int number(String digits, int max) {
    boolean plain =
        !digits.isEmpty()
            && digits.length() <= 3
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    int value = plain ? Integer.parseInt(digits) : -1;
    return value > max ? -1 : value;
  }

  /// The width of the network an address without one belongs to, by its class.
  private static int classBits(byte[] bytes, String host) {
    int first = bytes[0] & 0xff;
    int width = first >= 240 ? 32 : first >= 224 ? 8 : first >= 192 ? 24 : first >= 128 ? 16 : 8;
    return Math.max(width, 8 * host.split("\\.", -1).length);
  }

  private static byte[] parseV4(String host, boolean partial) {
    String[] parts = host.split("\\.", -1);
    if (parts.length > V4_BYTES || (parts.length < V4_BYTES && !partial)) {
      return new byte[0];
    }
    byte[] bytes = new byte[V4_BYTES];
    for (int i = 0; i < parts.length; i++) {
      int value = number(parts[i], 255);
      if (value < 0) {
        return new byte[0];
      }
      bytes[i] = (byte) value;
    }
    return bytes;
  }

  private static byte[] parseV6(String host) {
    String text = host;
    byte[] tail = {};
    int lastColon = text.lastIndexOf(':');
    if (text.indexOf('.') >= 0) {
      tail = parseV4(text.substring(lastColon + 1), false);
      if (tail.length == 0) {
        return tail;
      }
      text = text.substring(0, lastColon + 1) + "0:0";
    }
    int gap = text.indexOf("::");
    String[] before = groups(gap < 0 ? text : text.substring(0, gap));
    String[] after = gap < 0 ? new String[0] : groups(text.substring(gap + 2));
    int given = before.length + after.length;
    if (gap < 0 ? given != 8 : given > 7) {
      return new byte[0];
    }
    byte[] bytes = new byte[V6_BYTES];
    if (!put(before, bytes, 0) || !put(after, bytes, 8 - after.length)) {
      return new byte[0];
    }
    System.arraycopy(tail, 0, bytes, V6_BYTES - tail.length, tail.length);
    return bytes;
  }

  private static String[] groups(String text) {
    return text.isEmpty() ? new String[0] : text.split(":", -1);
  }

  private static boolean put(String[] groups, byte[] bytes, int from) {
    for (int i = 0; i < groups.length; i++) {
      String group = groups[i];
      boolean hex =
          !group.isEmpty()
              && group.length() <= 4
              && group.chars().allMatch(c -> c < 0x80 && Character.digit(c, 16) >= 0);
      if (!hex) {
        return false;
      }
      int value = Integer.parseInt(group, 16);
      bytes[2 * (from + i)] = (byte) (value >>> 8);
      bytes[2 * (from + i) + 1] = (byte) value;
    }
    return true;
  }

  /// Not to be changed.
  public byte[] bytes() {
    return address;
  }

  public int bits() {
    return bits;
  }

  public int bitsMax() {
    return 8 * address.length;
  }

  public boolean isV4() {
    return address.length == V4_BYTES;
  }

  private boolean bit(int index) {
    return (address[index >>> 3] & (0x80 >>> (index & 7))) != 0;
  }

  /// Whether bits outside of the network are set.
  public boolean hasHostBits() {
    for (int i = bits; i < bitsMax(); i++) {
      if (bit(i)) {
        return true;
      }
    }
    return false;
  }

  public NetworkAddress withBits(int newBits) {
    return of(address, newBits);
  }

  /// The network's bits as they are, the others all `one`.
  public NetworkAddress withHostBits(boolean one) {
    byte[] filled = address.clone();
    for (int i = bits; i < bitsMax(); i++) {
      int mask = 0x80 >>> (i & 7);
      filled[i >>> 3] = (byte) (one ? filled[i >>> 3] | mask : filled[i >>> 3] & ~mask);
    }
    return of(filled, bits);
  }

  /// Whether the network of `other` lies in this one, or is this one.
  public boolean contains(NetworkAddress other) {
    return address.length == other.address.length
        && bits <= other.bits
        && commonBits(other) >= bits;
  }

  /// How many of the first bits are the same.
  public int commonBits(NetworkAddress other) {
    int common = 0;
    int max = Math.min(bitsMax(), other.bitsMax());
    while (common < max && bit(common) == other.bit(common)) {
      common++;
    }
    return common;
  }

  @Override
  public int compareTo(NetworkAddress other) {
    int order = Integer.compare(address.length, other.address.length);
    if (order != 0) {
      return order;
    }
    int shared = Math.min(bits, other.bits);
    int common = commonBits(other);
    if (common < shared) {
      return bit(common) ? 1 : -1;
    }
    order = Integer.compare(bits, other.bits);
    return order != 0 ? order : Arrays.compareUnsigned(address, other.address);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NetworkAddress that
        && bits == that.bits
        && Arrays.equals(address, that.address);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(address) + bits;
  }

  /// The address alone.
  public String host() {
    return isV4() ? v4(0) : v6();
  }

  /// The address and its width.
  public String withWidth() {
    return host() + "/" + bits;
  }

  /// As `inet` is written: with the width only where it is not the whole address.
  @Override
  public String toString() {
    return bits == bitsMax() ? host() : withWidth();
  }

  private String v4(int from) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < from + V4_BYTES; i++) {
      text.append(i == from ? "" : ".").append(address[i] & 0xff);
    }
    return text.toString();
  }

  private int group(int index) {
    return (address[2 * index] & 0xff) << 8 | (address[2 * index + 1] & 0xff);
  }

  /// The longest run of two zero groups or more is left out.
  private String v6() {
    int gapFrom = -1;
    int gapLength = 1;
    for (int i = 0; i < 8; i++) {
      int length = 0;
      while (i + length < 8 && group(i + length) == 0) {
        length++;
      }
      if (length > gapLength) {
        gapFrom = i;
        gapLength = length;
      }
    }
    boolean mapped = gapFrom == 0 && (gapLength == 6 || (gapLength == 5 && group(5) == 0xffff));
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == gapFrom) {
        text.append("::");
        i += gapLength - 1;
        continue;
      }
      boolean separated = i == 0 || (text.length() > 0 && text.charAt(text.length() - 1) == ':');
      text.append(separated ? "" : ":");
      if (mapped && i == 6) {
        return text.append(v4(12)).toString();
      }
      text.append(Integer.toHexString(group(i)));
    }
    return text.toString();
  }
}
