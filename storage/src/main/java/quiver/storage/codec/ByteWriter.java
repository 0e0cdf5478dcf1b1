package quiver.storage.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// Writes little-endian values into a growing array. Not safe for use by several threads.
public final class ByteWriter {
  private ByteBuffer buffer = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);

  private ByteBuffer room(int bytes) {
    if (buffer.remaining() < bytes) {
      int capacity = Math.max(Math.addExact(buffer.position(), bytes), 2 * buffer.capacity());
      buffer = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN).put(buffer.flip());
    }
    return buffer;
  }

  public ByteWriter u8(int value) {
    room(1).put((byte) value);
    return this;
  }

  public ByteWriter u16(int value) {
    room(2).putShort((short) value);
    return this;
  }

  public ByteWriter i32(int value) {
    room(4).putInt(value);
    return this;
  }

  public ByteWriter i64(long value) {
    room(8).putLong(value);
    return this;
  }

  public ByteWriter f64(double value) {
    room(8).putDouble(value);
    return this;
  }

  /// The bytes alone, without their length.
  public ByteWriter raw(byte[] bytes) {
    room(bytes.length).put(bytes);
    return this;
  }

  /// A 32-bit length and the bytes.
  public ByteWriter bytes(byte[] bytes) {
    return i32(bytes.length).raw(bytes);
  }

  /// A 32-bit length and the text in UTF-8.
  public ByteWriter text(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Bytes written so far.
  public int sizeBytes() {
    return buffer.position();
  }

  /// A copy of everything written.
  public byte[] toBytes() {
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  /// A copy of everything written, followed by its CRC32C.
  public byte[] toBytesWithCrc() {
    CRC32C crc = new CRC32C();
    crc.update(buffer.array(), 0, buffer.position());
    return i32((int) crc.getValue()).toBytes();
  }
}
