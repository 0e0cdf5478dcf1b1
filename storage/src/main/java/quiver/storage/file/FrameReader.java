package quiver.storage.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import quiver.storage.file.FrameFile.FrameHeader;

/// Reads the frames of one file in order. Nothing is allocated before a length is checked against
/// the limit and the bytes that are there. For use by one thread.
public final class FrameReader {
  /// How much is read at once when frames are small.
  private static final int WINDOW_BYTES = 256 << 10;

  /// What is at a place of a file.
  public sealed interface Item {
    /// A frame whose checksums are right.
    ///
    /// @param payload little endian, valid as long as it is referenced
    record Frame(long offset, long position, ByteBuffer payload) implements Item {}

    /// The file (or the part of it that may be read) ends here.
    record End() implements Item {}

    /// No valid frame.
    ///
    /// @param position where the frame should begin
    record Damage(long position, String reason) implements Item {}
  }

  private static final Item.End END = new Item.End();

  private final DiskFile file;
  private final int maxPayloadBytes;
  private long position = FrameFile.FILE_HEADER_BYTES;
  private long nextOffset;
  private ByteBuffer window = ByteBuffer.allocate(0);
  private long windowPosition;

  /// @param base offset of the file's first frame
  public FrameReader(DiskFile file, long base, int maxPayloadBytes) {
    this.file = file;
    this.nextOffset = base;
    this.maxPayloadBytes = maxPayloadBytes;
  }

  /// Where the next frame begins.
  public long position() {
    return position;
  }

  /// Offset of the next frame.
  public long nextOffset() {
    return nextOffset;
  }

  /// Reads the next frame and moves behind it.
  ///
  /// @param limit file position behind the last byte that may be read
  public Item next(long limit) {
    return step(limit, true);
  }

  /// Moves behind the next frame without looking at its payload.
  ///
  /// @param limit file position behind the last byte that may be read
  /// @return the damage that stands in the way
  public Optional<Item.Damage> skip(long limit) {
    return switch (step(limit, false)) {
      case Item.Frame _ -> Optional.empty();
      case Item.End _ -> Optional.of(new Item.Damage(position, "file ends"));
      case Item.Damage damage -> Optional.of(damage);
    };
  }

  private Item step(long limit, boolean readPayload) {
    long left = limit - position;
    if (left == 0) {
      return END;
    }
    if (left < FrameFile.FRAME_HEADER_BYTES) {
      return damage("frame header is cut off");
    }
    FrameHeader header = new FrameHeader(bytes(FrameFile.FRAME_HEADER_BYTES, 0, limit));
    if (!header.isValid(maxPayloadBytes)) {
      return damage("frame header is not valid");
    }
    if (header.offset() != nextOffset) {
      return damage("frame " + header.offset() + " stands in the place of frame " + nextOffset);
    }
    int length = header.payloadBytes();
    long frameBytes = FrameFile.frameBytes(length);
    if (left < frameBytes) {
      return damage("frame is cut off");
    }
    ByteBuffer payload = ByteBuffer.allocate(0);
    if (readPayload) {
      int padding = FrameFile.padding(length);
      ByteBuffer padded = bytes(length + padding, FrameFile.FRAME_HEADER_BYTES, limit);
      payload = padded.slice(0, length).order(ByteOrder.LITTLE_ENDIAN);
      if (FrameFile.crc(payload) != header.payloadCrc() || !isZero(padded, length)) {
        return damage("frame checksum is wrong");
      }
    }
    Item.Frame frame = new Item.Frame(nextOffset, position, payload);
    position += frameBytes;
    nextOffset++;
    return frame;
  }

  private static boolean isZero(ByteBuffer bytes, int from) {
    for (int i = from; i < bytes.limit(); i++) {
      if (bytes.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  private Item.Damage damage(String reason) {
    return new Item.Damage(position, reason);
  }

  /// `length` bytes at `skip` bytes after the current position; they are known to be below `limit`.
  private ByteBuffer bytes(int length, int skip, long limit) {
    long from = position + skip;
    if (from < windowPosition || from + length > windowPosition + window.limit()) {
      int size = (int) Math.max(length, Math.min(WINDOW_BYTES, limit - from));
      // A new buffer every time: payloads that were handed out still refer to the old one.
      window = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
      windowPosition = from;
      if (file.read(window, from) < length) {
        throw FrameFile.damaged(file.path(), from, "file is shorter than it was");
      }
      window.flip();
    }
    return window.slice((int) (from - windowPosition), length).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// Decides about a damaged place at the end of a file.
  ///
  /// @return true if a frame after it was written when the damaged one was already durable: then
  ///   acknowledged data is lost and nothing may be cut off
  public boolean wasDurable(Item.Damage damage, long limit) {
    int chunkBytes = 1 << 20;
    long first = damage.position() + FrameFile.ALIGNMENT_BYTES;
    for (long at = first; at + FrameFile.FRAME_HEADER_BYTES <= limit; at += chunkBytes) {
      int length = (int) Math.min(chunkBytes + FrameFile.FRAME_HEADER_BYTES, limit - at);
      ByteBuffer chunk = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
      int count = file.read(chunk, at);
      for (int i = 0;
          i + FrameFile.FRAME_HEADER_BYTES <= count && i < chunkBytes;
          i += FrameFile.ALIGNMENT_BYTES) {
        FrameHeader header =
            new FrameHeader(
                chunk.slice(i, FrameFile.FRAME_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN));
        if (header.isValid(maxPayloadBytes)
            && header.offset() > nextOffset
            && header.durable() > nextOffset) {
          return true;
        }
      }
    }
    return false;
  }
}
