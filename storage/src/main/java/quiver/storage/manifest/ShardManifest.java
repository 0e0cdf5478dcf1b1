package quiver.storage.manifest;

import java.util.List;
import java.util.zip.CRC32C;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.ByteWriter;
import quiver.storage.codec.ByteReader;
import quiver.storage.record.ChannelPosition;
import quiver.storage.record.Epoch;

/// The object that lists a shard's sealed segments with their deletes and index files. A new
/// version is a new object; the meta store's pointer to it decides which one is valid. The layout
/// is in `docs/formats/shard-manifest.md`.
///
/// @param version one more than the version before
/// @param checkpoint the channel position up to which everything of the shard is in the segments
public record ShardManifest(
    long version,
    long tableId,
    int shard,
    List<SegmentEntry> segments,
    ChannelPosition checkpoint) {
  private static final int MAGIC = 'Q' | 'S' << 8 | 'M' << 16 | '1' << 24;
  private static final int FORMAT = 1;

  public ShardManifest {
    segments = List.copyOf(segments);
  }

  /// One sealed segment.
  ///
  /// @param minTimestamp smallest commit timestamp of its rows
  /// @param maxTimestamp largest commit timestamp of its rows
  public record SegmentEntry(
      long segmentId,
      String objectName,
      long sizeBytes,
      int rowCount,
      int schemaVersion,
      long minTimestamp,
      long maxTimestamp,
      Deletes deletes,
      List<IndexEntry> indexes) {
    public SegmentEntry {
      indexes = List.copyOf(indexes);
    }
  }

  /// The rows of a segment that have died since it was written.
  public sealed interface Deletes {
    /// All rows live.
    record None() implements Deletes {}

    /// Listed here, because they are few.
    ///
    /// @param rows row numbers in the order of their deaths
    /// @param timestamps when each died, ascending
    @SuppressWarnings("ArrayRecordComponent")
    record Inline(int[] rows, long[] timestamps) implements Deletes {
      public Inline {
        if (rows.length != timestamps.length) {
          throw new IllegalArgumentException("deletes of unequal length");
        }
      }
    }

    /// Listed in an object of their own.
    record InObject(String objectName, long sizeBytes) implements Deletes {}
  }

  /// An index over one segment.
  ///
  /// @param kind name of the index method, such as `hnsw`
  public record IndexEntry(long indexId, String objectName, long sizeBytes, String kind) {}

  /// The stored form.
  public byte[] encode() {
    ByteWriter out = new ByteWriter(1024);
    out.putInt(MAGIC).putInt(FORMAT).putLong(version).putLong(tableId).putInt(shard);
    out.putLong(checkpoint.offset())
        .putInt(checkpoint.epoch().term())
        .putInt(checkpoint.epoch().session())
        .putLong(checkpoint.sequence())
        .putLong(checkpoint.lastTimestamp())
        .putLong(checkpoint.chain());
    out.putInt(segments.size());
    for (SegmentEntry segment : segments) {
      out.putLong(segment.segmentId())
          .putText(segment.objectName())
          .putLong(segment.sizeBytes())
          .putInt(segment.rowCount())
          .putInt(segment.schemaVersion())
          .putLong(segment.minTimestamp())
          .putLong(segment.maxTimestamp());
      write(out, segment.deletes());
      out.putInt(segment.indexes().size());
      for (IndexEntry index : segment.indexes()) {
        out.putLong(index.indexId())
            .putText(index.objectName())
            .putLong(index.sizeBytes())
            .putText(index.kind());
      }
    }
    CRC32C crc = new CRC32C();
    crc.update(out.toBuffer());
    return out.putInt((int) crc.getValue()).toBytes();
  }

  private static void write(ByteWriter out, Deletes deletes) {
    switch (deletes) {
      case Deletes.None() -> out.putByte(0);
      case Deletes.Inline(int[] rows, long[] timestamps) -> {
        out.putByte(1).putInt(rows.length);
        for (int i = 0; i < rows.length; i++) {
          out.putInt(rows[i]).putLong(timestamps[i]);
        }
      }
      case Deletes.InObject(String name, long sizeBytes) ->
          out.putByte(2).putText(name).putLong(sizeBytes);
    }
  }

  /// Reads the stored form.
  ///
  /// @param objectName named in errors
  /// @throws QuiverException `XX001` if it is damaged, `0A000` if its format is newer
  public static ShardManifest decode(String objectName, byte[] stored) {
    ByteReader in = ByteReader.checked("manifest \"" + objectName + "\"", stored);
    if (in.i32() != MAGIC) {
      throw in.damaged("it does not begin with QSM1");
    }
    int format = in.i32();
    if (format != FORMAT) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "manifest \"%s\" has format version %d, this server reads version %d",
          objectName,
          format,
          FORMAT);
    }
    long version = in.i64();
    long tableId = in.i64();
    int shard = in.i32();
    ChannelPosition checkpoint =
        new ChannelPosition(in.i64(), new Epoch(in.i32(), in.i32()), in.i64(), in.i64(), in.i64());
    List<SegmentEntry> segments = in.list(49, () -> readSegment(in));
    in.end();
    return new ShardManifest(version, tableId, shard, segments, checkpoint);
  }

  private static SegmentEntry readSegment(ByteReader in) {
    return new SegmentEntry(
        in.i64(),
        in.text(),
        in.i64(),
        in.i32(),
        in.i32(),
        in.i64(),
        in.i64(),
        readDeletes(in),
        in.list(24, () -> new IndexEntry(in.i64(), in.text(), in.i64(), in.text())));
  }

  private static Deletes readDeletes(ByteReader in) {
    return switch (in.u8()) {
      case 0 -> new Deletes.None();
      case 1 -> {
        record Death(int row, long timestamp) {}
        List<Death> deaths = in.list(12, () -> new Death(in.i32(), in.i64()));
        yield new Deletes.Inline(
            deaths.stream().mapToInt(Death::row).toArray(),
            deaths.stream().mapToLong(Death::timestamp).toArray());
      }
      case 2 -> new Deletes.InObject(in.text(), in.i64());
      default -> throw in.damaged("unknown kind of deletes");
    };
  }
}
