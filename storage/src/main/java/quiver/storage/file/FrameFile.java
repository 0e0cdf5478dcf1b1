package quiver.storage.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// The layout that the local log and the local meta store share: a file header, then frames. Each
/// frame is a header with its own checksum, a payload with its own, and padding to
/// [#ALIGNMENT_BYTES]. The layout is in `docs/formats/frame-file.md`.
///
/// A frame says up to where its writer had forced everything when it was written. That tells a torn
/// tail (frames that were never acknowledged) from damage in the middle: a damaged frame that a
/// later frame knows to be durable is damage, anything else at the end is a tail to cut off.
public final class FrameFile {
  /// What a file holds.
  public enum Kind {
    CHANNEL_LOG("CLOG"),
    META("META");

    private final int code;

    Kind(String code) {
      this.code =
          ByteBuffer.wrap(code.getBytes(StandardCharsets.US_ASCII))
              .order(ByteOrder.LITTLE_ENDIAN)
              .getInt();
    }
  }

  /// Bytes before the first frame.
  public static final int FILE_HEADER_BYTES = 64;

  /// Bytes of a frame before its payload.
  public static final int FRAME_HEADER_BYTES = 32;

  /// Every frame begins at a multiple of this.
  public static final int ALIGNMENT_BYTES = 8;

  /// Version of the layout.
  public static final int FORMAT = 1;

  private static final int MAGIC = 'Q' | 'V' << 8 | 'F' << 16 | '1' << 24;
  private static final int AT_FILE_CRC = FILE_HEADER_BYTES - 4;
  private static final int AT_FRAME_CRC = FRAME_HEADER_BYTES - 4;

  private FrameFile() {}

  /// The header of a new file.
  ///
  /// @param name what the file belongs to; only its checksum is stored
  /// @param base offset of the first frame
  public static ByteBuffer fileHeader(Kind kind, String name, long base) {
    ByteBuffer header =
        ByteBuffer.allocate(FILE_HEADER_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(0, MAGIC)
            .putInt(4, kind.code)
            .putInt(8, FORMAT)
            .putInt(12, nameCrc(name))
            .putLong(16, base);
    return header.putInt(AT_FILE_CRC, crc(header.slice(0, AT_FILE_CRC)));
  }

  /// Checks the header of an existing file.
  ///
  /// @throws QuiverException `XX001` if it is not what [#fileHeader] writes
  public static void checkFileHeader(DiskFile file, Kind kind, String name, long base) {
    ByteBuffer header = ByteBuffer.allocate(FILE_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    if (file.read(header, 0) < FILE_HEADER_BYTES) {
      throw damaged(file.path(), 0, "header is cut off");
    }
    header.flip();
    if (header.getInt(0) == MAGIC
        && header.getInt(AT_FILE_CRC) == crc(header.slice(0, AT_FILE_CRC))
        && header.getInt(8) != FORMAT) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "file \"%s\" has format version %d, this server reads version %d",
          file.path(),
          header.getInt(8),
          FORMAT);
    }
    if (!header.equals(fileHeader(kind, name, base))) {
      throw damaged(file.path(), 0, "header does not match");
    }
  }

  /// Bytes a frame takes.
  public static long frameBytes(int payloadBytes) {
    return FRAME_HEADER_BYTES + payloadBytes + (long) padding(payloadBytes);
  }

  /// Zero bytes after a payload.
  public static int padding(int payloadBytes) {
    return -payloadBytes & (ALIGNMENT_BYTES - 1);
  }

  /// Writes a frame's header at the buffer's position.
  ///
  /// @param target little endian
  /// @param durable one past the offset of the last frame known to be durable
  public static void putFrameHeader(
      ByteBuffer target, long offset, long durable, int payloadBytes, int payloadCrc) {
    int at = target.position();
    target.putInt(payloadBytes).putInt(payloadCrc).putLong(offset).putLong(durable).putInt(0);
    target.putInt(crc(target.slice(at, AT_FRAME_CRC)));
  }

  /// CRC32C of the remaining bytes, whose position is left as it is.
  public static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    return (int) crc.getValue();
  }

  private static int nameCrc(String name) {
    return crc(ByteBuffer.wrap(name.getBytes(StandardCharsets.UTF_8)));
  }

  /// The error of a file that is not as it was written.
  public static QuiverException damaged(Path file, long position, String what) {
    return new QuiverException(
        SqlState.DATA_CORRUPTED, "file \"%s\" is damaged at byte %d: %s", file, position, what);
  }

  /// A frame's header as it was read.
  ///
  /// @param header 32 bytes, little endian
  record FrameHeader(ByteBuffer header) {
    boolean isValid(int maxPayloadBytes) {
      int length = payloadBytes();
      return length > 0
          && length <= maxPayloadBytes
          && header.getInt(24) == 0
          && header.getInt(AT_FRAME_CRC) == crc(header.slice(0, AT_FRAME_CRC));
    }

    int payloadBytes() {
      return header.getInt(0);
    }

    int payloadCrc() {
      return header.getInt(4);
    }

    long offset() {
      return header.getLong(8);
    }

    long durable() {
      return header.getLong(16);
    }
  }
}
