package quiver.common.value;

import java.util.Arrays;

/// A `bit` or `bit varying` value: `length` bits, the first one in the highest bit of byte 0, the
/// unused bits of the last byte zero. Immutable; ordered by bytes, then by length.
public final class BitString implements Comparable<BitString> {
  private final int length;
  private final byte[] bytes;

  private BitString(int length, byte[] bytes) {
    this.length = length;
    this.bytes = bytes;
  }

  /// Owns `bytes` from now on; clears the unused bits of the last byte.
  ///
  /// @param bytes exactly `(length + 7) / 8` bytes
  public static BitString of(int length, byte[] bytes) {
    if (bytes.length != (length + 7) >>> 3) {
      throw new IllegalArgumentException(bytes.length + " bytes for " + length + " bits");
    }
    int unused = (8 - (length & 7)) & 7;
    if (unused != 0) {
      bytes[bytes.length - 1] &= (byte) (0xff << unused);
    }
    return new BitString(length, bytes);
  }

  /// `length` zero bits.
  public static BitString zeros(int length) {
    return new BitString(length, new byte[(length + 7) >>> 3]);
  }

  public int length() {
    return length;
  }

  /// The packed bits, not to be changed.
  public byte[] bytes() {
    return bytes;
  }

  public boolean bit(int index) {
    return (bytes[index >>> 3] & (0x80 >>> (index & 7))) != 0;
  }

  /// The first `newLength` bits, or all of them with zero bits added at the end.
  public BitString resized(int newLength) {
    return of(newLength, Arrays.copyOf(bytes, (newLength + 7) >>> 3));
  }

  /// The bits `from … from+count-1` (from 0).
  public BitString substring(int from, int count) {
    byte[] part = new byte[(count + 7) >>> 3];
    for (int i = 0; i < count; i++) {
      if (bit(from + i)) {
        part[i >>> 3] |= (byte) (0x80 >>> (i & 7));
      }
    }
    return new BitString(count, part);
  }

  /// These bits followed by those of `other`.
  public BitString concat(BitString other) {
    byte[] joined = Arrays.copyOf(bytes, (length + other.length + 7) >>> 3);
    for (int i = 0; i < other.length; i++) {
      if (other.bit(i)) {
        int at = length + i;
        joined[at >>> 3] |= (byte) (0x80 >>> (at & 7));
      }
    }
    return new BitString(length + other.length, joined);
  }

  @Override
  public int compareTo(BitString other) {
    int byBytes = Arrays.compareUnsigned(bytes, other.bytes);
    return byBytes != 0 ? byBytes : Integer.compare(length, other.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BitString that
        && length == that.length
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return 31 * length + Arrays.hashCode(bytes);
  }

  /// The bits as `0` and `1`.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(bit(i) ? '1' : '0');
    }
    return text.toString();
  }
}
