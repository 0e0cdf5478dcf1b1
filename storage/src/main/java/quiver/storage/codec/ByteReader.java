package quiver.storage.codec;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Reads what [quiver.common.value.ByteWriter] wrote. Every length is checked against the bytes
/// that are left before anything is allocated; whatever does not fit is `XX001` and names what was
/// read. Not safe for use by several threads.
public final class ByteReader {
  private final String what;
  private final ByteBuffer buffer;

  /// @param what named in errors, such as `manifest "x"`
  /// @param bytes its remaining bytes are read
  public ByteReader(String what, ByteBuffer bytes) {
    this.what = what;
    this.buffer = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /// A reader of bytes that end with their CRC32C.
  ///
  /// @throws QuiverException `XX001` if the checksum is wrong
  public static ByteReader checked(String what, byte[] bytes) {
    int length = bytes.length - 4;
    if (length < 0) {
      throw new QuiverException(SqlState.DATA_CORRUPTED, "%s is cut off", what);
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    ByteReader reader = new ByteReader(what, ByteBuffer.wrap(bytes, 0, length));
    ByteBuffer stored = ByteBuffer.wrap(bytes, length, 4).order(ByteOrder.LITTLE_ENDIAN);
    if (stored.getInt() != (int) crc.getValue()) {
      throw reader.damaged("checksum is wrong");
    }
    return reader;
  }

  private ByteBuffer need(int bytes) {
    if (bytes < 0 || buffer.remaining() < bytes) {
      throw damaged(
          bytes + " bytes expected at byte " + buffer.position() + " of " + buffer.limit());
    }
    return buffer;
  }

  public int u8() {
    return need(1).get() & 0xff;
  }

  public int u16() {
    return need(2).getShort() & 0xffff;
  }

  public int i32() {
    return need(4).getInt();
  }

  public long i64() {
    return need(8).getLong();
  }

  public double f64() {
    return need(8).getDouble();
  }

  /// So many bytes, as a new array.
  public byte[] raw(int length) {
    need(length);
    byte[] bytes = new byte[length];
    buffer.get(bytes);
    return bytes;
  }

  public byte[] bytes() {
    return raw(i32());
  }

  public String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  /// A 32-bit count and so many elements.
  ///
  /// @param minBytes fewest bytes one element can take
  public <T> List<T> list(int minBytes, Supplier<T> element) {
    int count = i32();
    if (count < 0 || (long) count * minBytes > buffer.remaining()) {
      throw damaged(count + " elements cannot fit into " + buffer.remaining() + " bytes");
    }
    List<T> elements = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      elements.add(element.get());
    }
    return elements;
  }

  /// Something another codec reads from the buffer.
  public <T> T read(Function<ByteBuffer, T> codec) {
    try {
      return codec.apply(buffer);
    } catch (BufferUnderflowException
        | IllegalArgumentException
        | IndexOutOfBoundsException
        | ArithmeticException e) {
      throw damaged("a value cannot be read").withCause(e);
    }
  }

  /// Checks that everything was read.
  public void end() {
    if (buffer.hasRemaining()) {
      throw damaged(buffer.remaining() + " bytes too many");
    }
  }

  /// The error of bytes that are not as they were written.
  public QuiverException damaged(String reason) {
    return new QuiverException(SqlState.DATA_CORRUPTED, "%s is damaged: %s", what, reason);
  }
}
