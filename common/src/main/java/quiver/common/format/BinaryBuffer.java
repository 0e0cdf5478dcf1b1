package quiver.common.format;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// A [BinarySink] in memory that grows as needed. For one thread.
public final class BinaryBuffer implements BinarySink {
  private ByteBuffer buffer = ByteBuffer.allocate(64);

  private ByteBuffer room(int bytes) {
    if (buffer.remaining() < bytes) {
      int capacity = Math.max(buffer.capacity() * 2, Math.addExact(buffer.position(), bytes));
      ByteBuffer larger = ByteBuffer.allocate(capacity);
      larger.put(buffer.flip());
      buffer = larger;
    }
    return buffer;
  }

  @Override
  public void putByte(int value) {
    room(1).put((byte) value);
  }

  @Override
  public void putShort(int value) {
    room(2).putShort((short) value);
  }

  @Override
  public void putInt(int value) {
    room(4).putInt(value);
  }

  @Override
  public void putLong(long value) {
    room(8).putLong(value);
  }

  @Override
  public void putBytes(byte[] bytes, int offset, int length) {
    room(length).put(bytes, offset, length);
  }

  @Override
  public int position() {
    return buffer.position();
  }

  @Override
  public void putIntAt(int position, int value) {
    buffer.putInt(position, value);
  }

  /// A copy of what was written.
  public byte[] toByteArray() {
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  /// Forgets what was written and keeps the memory.
  public void clear() {
    buffer.clear();
  }
}
