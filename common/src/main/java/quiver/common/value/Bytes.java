package quiver.common.value;

import java.util.Arrays;
import java.util.HexFormat;

/// A `bytea` value. Immutable; ordered byte by byte as unsigned numbers, a prefix first.
public final class Bytes implements Comparable<Bytes> {
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] bytes;

  private Bytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /// Owns `bytes` from now on: the caller no longer changes the array.
  public static Bytes of(byte[] bytes) {
    return new Bytes(bytes);
  }

  /// Copies `length` bytes from `offset`.
  public static Bytes copyOf(byte[] source, int offset, int length) {
    return new Bytes(Arrays.copyOfRange(source, offset, offset + length));
  }

  public int length() {
    return bytes.length;
  }

  public byte at(int index) {
    return bytes[index];
  }

  /// The bytes themselves, not to be changed.
  public byte[] array() {
    return bytes;
  }

  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /// PostgreSQL's hex form, for example `\x00ff`.
  @Override
  public String toString() {
    return "\\x" + HexFormat.of().formatHex(bytes);
  }
}
