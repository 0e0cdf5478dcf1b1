package quiver.frontend.pgwire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.format.BinarySink;

/// Messages to the client, one after the other in one growing buffer. Used by the session's thread
/// only; whoever takes the buffer releases it.
final class MessageWriter implements BinarySink {
  private static final int BUFFER_SIZE_FIRST_BYTES = 4096;

  private final ByteBufAllocator allocator;
  private @Nullable ByteBuf buffer;
  private int messageStart;

  MessageWriter(ByteBufAllocator allocator) {
    this.allocator = allocator;
  }

  ByteBuf buffer() {
    ByteBuf current = buffer;
    if (current == null) {
      current = allocator.buffer(BUFFER_SIZE_FIRST_BYTES);
      buffer = current;
    }
    return current;
  }

  /// Bytes written and not taken.
  int size() {
    return buffer == null ? 0 : buffer.writerIndex();
  }

  /// What was written so far; the writer begins anew.
  Optional<ByteBuf> take() {
    Optional<ByteBuf> taken = Optional.ofNullable(buffer);
    buffer = null;
    return taken;
  }

  /// Bytes from `from` on, which are removed.
  byte[] cut(int from) {
    ByteBuf current = buffer();
    byte[] bytes = new byte[current.writerIndex() - from];
    current.getBytes(from, bytes);
    current.writerIndex(from);
    return bytes;
  }

  /// Takes back what was written after the first `size` bytes.
  void truncate(int size) {
    buffer().writerIndex(size);
  }

  void begin(char type) {
    ByteBuf current = buffer();
    current.writeByte(type);
    messageStart = current.writerIndex();
    current.writeInt(0);
  }

  void end() {
    ByteBuf current = buffer();
    current.setInt(messageStart, current.writerIndex() - messageStart);
  }

  void empty(char type) {
    begin(type);
    end();
  }

  /// A NUL-terminated string.
  void putString(String text) {
    ByteBufUtil.writeUtf8(buffer(), text);
    buffer().writeByte(0);
  }

  @Override
  public void putByte(int value) {
    buffer().writeByte(value);
  }

  @Override
  public void putShort(int value) {
    buffer().writeShort(value);
  }

  @Override
  public void putInt(int value) {
    buffer().writeInt(value);
  }

  @Override
  public void putLong(long value) {
    buffer().writeLong(value);
  }

  @Override
  public void putBytes(byte[] bytes, int offset, int length) {
    buffer().writeBytes(bytes, offset, length);
  }

  @Override
  public int position() {
    return buffer().writerIndex();
  }

  @Override
  public void putIntAt(int position, int value) {
    buffer().setInt(position, value);
  }
}
