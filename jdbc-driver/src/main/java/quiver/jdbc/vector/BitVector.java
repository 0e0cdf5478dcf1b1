package quiver.jdbc.vector;

import java.util.Arrays;

/// A `bit(n)` as a vector of bits, for `<~>` (Hamming) and `<%>` (Jaccard). Immutable.
///
/// ```java
/// statement.setObject(1, BitVector.parse("10110"));
/// ```
public final class BitVector {
  private final int length;
  private final byte[] bytes;

  private BitVector(int length, byte[] bytes) {
    this.length = length;
    this.bytes = bytes;
  }

  /// One bit for each element.
  public static BitVector of(boolean... bits) {
    byte[] bytes = new byte[(bits.length + 7) / 8];
    for (int i = 0; i < bits.length; i++) {
      if (bits[i]) {
        bytes[i >> 3] |= (byte) (0x80 >> (i & 7));
      }
    }
    return new BitVector(bits.length, bytes);
  }

  /// @param bytes eight bits each, the first one highest; bits from `length` on must be 0; copied
  /// @throws IllegalArgumentException if there are more or fewer bytes than the length needs
  public static BitVector ofBytes(byte[] bytes, int length) {
    if (length < 0 || bytes.length != (length + 7) / 8) {
      throw new IllegalArgumentException(bytes.length + " bytes do not hold " + length + " bits");
    }
    if (length % 8 != 0 && (bytes[bytes.length - 1] & 0xff >> length % 8) != 0) {
      throw new IllegalArgumentException("bits from " + length + " on must be 0");
    }
    return new BitVector(length, bytes.clone());
  }

  /// @param text zeros and ones
  /// @throws IllegalArgumentException if there is anything else
  public static BitVector parse(String text) {
    boolean[] bits = new boolean[text.length()];
    for (int i = 0; i < bits.length; i++) {
      char digit = text.charAt(i);
      if (digit != '0' && digit != '1') {
        throw new IllegalArgumentException("\"" + digit + "\" is not a binary digit");
      }
      bits[i] = digit == '1';
    }
    return of(bits);
  }

  /// The number of bits.
  public int length() {
    return length;
  }

  /// The bit at an index from 0.
  public boolean get(int index) {
    if (index < 0 || index >= length) {
      throw new IndexOutOfBoundsException(index);
    }
    return (bytes[index >> 3] & 0x80 >> (index & 7)) != 0;
  }

  /// Eight bits a byte, the first one highest; a copy.
  public byte[] toBytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BitVector that
        && length == that.length
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return 31 * length + Arrays.hashCode(bytes);
  }

  /// As the server writes it, for example `10110`.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(get(i) ? '1' : '0');
    }
    return text.toString();
  }
}
