package quiver.common.value;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A growing little-endian byte sequence. Used by one thread.
public final class ByteWriter {
  private ByteBuffer buffer;

  public ByteWriter(int capacityBytes) {
    this.buffer = ByteBuffer.allocate(capacityBytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// Makes room for `count` more bytes and returns the buffer, positioned at its end; whoever
  /// writes at most `count` bytes into it has appended them.
  public ByteBuffer room(int count) {
    if (buffer.remaining() < count) {
      int needed = Math.addExact(buffer.position(), count);
      int capacity = Math.max(needed, (int) Math.min(Integer.MAX_VALUE - 16, 2L * needed));
      ByteBuffer larger =
          ByteBuffer.wrap(Arrays.copyOf(buffer.array(), capacity)).order(ByteOrder.LITTLE_ENDIAN);
      larger.position(buffer.position());
      buffer = larger;
    }
    return buffer;
  }

  public ByteWriter putByte(int value) {
    room(1).put((byte) value);
    return this;
  }

  public ByteWriter putInt(int value) {
    room(4).putInt(value);
    return this;
  }

  public ByteWriter putLong(long value) {
    room(8).putLong(value);
    return this;
  }

  public ByteWriter putFloat(float value) {
    room(4).putFloat(value);
    return this;
  }

  public ByteWriter putDouble(double value) {
    room(8).putDouble(value);
    return this;
  }

  public ByteWriter putBytes(byte[] bytes) {
    room(bytes.length).put(bytes);
    return this;
  }

  /// A length in bytes (int32) and UTF-8 text.
  public ByteWriter putText(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return putInt(bytes.length).putBytes(bytes);
  }

  /// Reads what [#putText] wrote.
  public static String text(ByteBuffer in) {
    byte[] bytes = new byte[length(in, 1)];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /// Reads an int32 that counts entries of at least `entryBytes` each, and checks that so many can
  /// follow: a damaged length must not allocate.
  public static int length(ByteBuffer in, int entryBytes) {
    int length = in.getInt();
    if (length < 0 || (long) length * entryBytes > in.remaining()) {
      throw new java.nio.BufferUnderflowException();
    }
    return length;
  }

  public int sizeBytes() {
    return buffer.position();
  }

  /// Overwrites four bytes at `at`.
  public void setInt(int at, int value) {
    buffer.putInt(at, value);
  }

  /// The bytes so far, sharing memory with the writer: write no more.
  public ByteBuffer toBuffer() {
    return buffer
        .duplicate()
        .order(ByteOrder.LITTLE_ENDIAN)
        .flip()
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /// A copy of the bytes so far.
  public byte[] toBytes() {
    return Arrays.copyOf(buffer.array(), buffer.position());
  }
}
