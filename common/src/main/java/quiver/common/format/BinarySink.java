package quiver.common.format;

/// Where [BinaryFormat] writes; big-endian. Implemented over whatever buffer the transport has.
public interface BinarySink {
  void putByte(int value);

  void putShort(int value);

  void putInt(int value);

  void putLong(long value);

  void putBytes(byte[] bytes, int offset, int length);

  /// How many bytes were written so far.
  int position();

  /// Overwrites the int at an earlier position.
  void putIntAt(int position, int value);

  default void putFloat(float value) {
    putInt(Float.floatToIntBits(value));
  }

  default void putDouble(double value) {
    putLong(Double.doubleToLongBits(value));
  }

  default void putBytes(byte[] bytes) {
    putBytes(bytes, 0, bytes.length);
  }
}
