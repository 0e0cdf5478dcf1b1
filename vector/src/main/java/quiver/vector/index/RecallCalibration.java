package quiver.vector.index;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Which recall a segment's index reached at which effort, measured when it was built. Stored
/// behind the index in its file (`docs/formats/calibration.md`). Immutable.
///
/// @param points for each `k` in ascending order, by ascending effort
public record RecallCalibration(List<Point> points) {
  /// Ends the block, so that a file without one is known by its last bytes.
  private static final long MAGIC = 0x5131_4C41_4356_5551L;

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int VERSION = 1;
  private static final int POINT_BYTES = 12;
  private static final int FRAME_BYTES = 24;

  /// Points a block may hold.
  public static final int POINT_COUNT_MAX = 1_024;

  public RecallCalibration {
    points = List.copyOf(points);
  }

  /// One measurement.
  ///
  /// @param recall share of the true `k` nearest rows found, 0 to 1
  public record Point(int k, int effort, float recall) {}

  /// The least effort measured that reached `target` for about `k` rows; the greatest measured when
  /// none did; empty when nothing was measured.
  public Optional<Integer> effortFor(long k, double target) {
    if (points.isEmpty()) {
      return Optional.empty();
    }
    int measured = points.getLast().k();
    for (Point point : points) {
      if (point.k() >= k) {
        measured = point.k();
        break;
      }
    }
    int effort = 0;
    for (Point point : points) {
      if (point.k() == measured) {
        effort = point.effort();
        if (point.recall() >= (float) target) {
          break;
        }
      }
    }
    // Beyond what was measured, as many candidates more as rows.
    double factor = Math.max(1.0, (double) k / measured);
    return Optional.of((int) Math.min(Integer.MAX_VALUE, Math.ceil(effort * factor)));
  }

  /// The block as it is stored.
  byte[] encode() {
    int bodyBytes = points.size() * POINT_BYTES;
    ByteBuffer block = ByteBuffer.allocate(bodyBytes + FRAME_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (Point point : points) {
      block.putInt(point.k()).putInt(point.effort()).putFloat(point.recall());
    }
    block.putInt(VERSION).putInt(points.size());
    CRC32C checksum = new CRC32C();
    checksum.update(block.array(), 0, block.position());
    block.putInt((int) checksum.getValue()).putInt(0).putLong(MAGIC);
    return block.array();
  }

  /// Writes the block.
  public void write(WritableByteChannel channel) throws IOException {
    ByteBuffer block = ByteBuffer.wrap(encode());
    while (block.hasRemaining()) {
      channel.write(block);
    }
  }

  /// The block at the end of an index file; empty when there is none.
  ///
  /// @throws QuiverException `XX002` if it is damaged
  public static Optional<RecallCalibration> read(MemorySegment file) {
    long size = file.byteSize();
    if (size < FRAME_BYTES || file.get(LONG, size - Long.BYTES) != MAGIC) {
      return Optional.empty();
    }
    int version = file.get(INT, size - FRAME_BYTES);
    int count = file.get(INT, size - FRAME_BYTES + Integer.BYTES);
    if (version > VERSION) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "recall calibration of version %d, this server reads up to %d",
          version,
          VERSION);
    }
    if (version != VERSION || count < 0 || count > POINT_COUNT_MAX) {
      throw damaged();
    }
    long start = size - FRAME_BYTES - (long) count * POINT_BYTES;
    if (start < 0) {
      throw damaged();
    }
    int checkedBytes = count * POINT_BYTES + 2 * Integer.BYTES;
    CRC32C checksum = new CRC32C();
    checksum.update(file.asSlice(start, checkedBytes).asByteBuffer());
    if ((int) checksum.getValue() != file.get(INT, start + checkedBytes)) {
      throw damaged();
    }
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long at = start + (long) i * POINT_BYTES;
      points.add(
          new Point(
              file.get(INT, at),
              file.get(INT, at + Integer.BYTES),
              Float.intBitsToFloat(file.get(INT, at + 2 * Integer.BYTES))));
    }
    return Optional.of(new RecallCalibration(points));
  }

  /// The file without its calibration: the index itself.
  public static MemorySegment indexPart(MemorySegment file) {
    long blockBytes = read(file).map(found -> found.encode().length).orElse(0);
    return blockBytes == 0 ? file : file.asSlice(0, file.byteSize() - blockBytes);
  }

  private static QuiverException damaged() {
    return new QuiverException(
        SqlState.INDEX_CORRUPTED, "the recall calibration of a vector index is damaged");
  }
}
