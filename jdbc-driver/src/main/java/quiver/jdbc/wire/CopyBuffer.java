package quiver.jdbc.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;

/// Rows in the binary format of COPY, big endian: a header; for each row the number of fields (2
/// bytes) and for each field its length (4 bytes, -1: null) and its value; at the end -1 (2 bytes).
/// Used by one thread.
public final class CopyBuffer {
  /// A full buffer is sent. More than a socket takes at once, little enough to stay in the cache.
  private static final int SENT_SIZE_BYTES = 1 << 16;

  private static final int LENGTH_SIZE_BYTES = 4;
  private static final byte[] SIGNATURE = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0
  };

  private final CopySink sink;
  private ByteBuffer buffer = ByteBuffer.allocate(SENT_SIZE_BYTES + (1 << 13));
  private long sentBytes;

  /// Begins with the header.
  public CopyBuffer(CopySink sink) {
    this.sink = sink;
    buffer.put(SIGNATURE).putInt(0).putInt(0);
  }

  /// What has been written, sent or not.
  public long sizeBytes() {
    return sentBytes + buffer.position();
  }

  /// Begins a row and sends what has gathered.
  public void beginRow(int fieldCount) throws SQLException {
    if (buffer.position() >= SENT_SIZE_BYTES) {
      send();
    }
    need(2).putShort((short) fieldCount);
  }

  /// Writes the end and sends all.
  public void end() throws SQLException {
    need(2).putShort((short) -1);
    send();
  }

  private void send() throws SQLException {
    sink.write(buffer.array(), buffer.position());
    sentBytes += buffer.position();
    buffer.clear();
  }

  void putNull() {
    need(LENGTH_SIZE_BYTES).putInt(-1);
  }

  /// A field of a known length, to be written into what is returned.
  ByteBuffer field(int length) {
    return need(LENGTH_SIZE_BYTES + length).putInt(length);
  }

  void putText(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    field(bytes.length).put(bytes);
  }

  private ByteBuffer need(int length) {
    if (buffer.remaining() < length) {
      int capacity = Math.max(buffer.capacity() * 2, Math.addExact(buffer.position(), length));
      int position = buffer.position();
      buffer = ByteBuffer.wrap(Arrays.copyOf(buffer.array(), capacity)).position(position);
    }
    return buffer;
  }
}
