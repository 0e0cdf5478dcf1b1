package quiver.workers.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import quiver.common.column.Column;
import quiver.common.column.RowAddress;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.object.ObjectStat;
import quiver.storage.segment.ColumnSource;
import quiver.storage.segment.SegmentColumn;
import quiver.storage.segment.SegmentDescription;
import quiver.storage.segment.SegmentWriter;
import quiver.workers.channel.SealedSegment;
import quiver.workers.segment.CommitRuns;
import quiver.workers.segment.DeleteMap;
import quiver.workers.segment.GrowingRows;
import quiver.workers.segment.Keys;
import quiver.workers.segment.ReshapedRows;
import quiver.workers.segment.SealedRows;
import quiver.workers.segment.SegmentRows;
import quiver.workers.segment.StoredColumn;
import quiver.workers.segment.TableLayout;

/// Writes segment files: of rows in memory, and of several files merged.
public final class SegmentFileWriter {
  private final SegmentStore store;

  public SegmentFileWriter(SegmentStore store) {
    this.store = store;
  }

  /// A source segment of a merge.
  ///
  /// @param keep rows to keep, ascending
  public record Source(long segmentId, SealedRows rows, int[] keep) {}

  /// Writes the file of a sealed segment, whose rows no longer change.
  public SealedSegment write(long segmentId, GrowingRows rows) {
    int rowCount = rows.rowCount();
    SegmentWriter writer =
        new SegmentWriter(
            description(segmentId, rows.layout(), rowCount),
            rows::column,
            rows.commits().expand(rowCount));
    if (rows.layout().hasKey()) {
      writer = writer.withKeyIndex(keyHashes(rows.layout(), rowCount, rows::column));
    }
    return put(segmentId, rows.layout(), rowCount, rows.maxCommitTimestamp(), writer);
  }

  /// Writes one file of the kept rows of several segments, in order, and where each row went.
  ///
  /// @param watermark rows dead at this timestamp were not kept
  public SealedSegment merge(
      long segmentId, TableLayout table, List<Source> sources, long watermark) {
    MergedRows merged = new MergedRows(table, sources);
    SegmentWriter writer =
        new SegmentWriter(
            description(segmentId, table, merged.rowCount), merged, merged.commitTimestamps());
    if (table.hasKey()) {
      writer = writer.withKeyIndex(keyHashes(table, merged.rowCount, merged));
    }
    writer = merged.addRowMap(writer, segmentId);
    long droppedBefore = droppedBefore(sources, watermark);
    if (droppedBefore > 0) {
      writer =
          writer.withSection(
              SealedRows.DROPPED_BEFORE_SECTION,
              ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(droppedBefore).array());
    }
    return put(segmentId, table, merged.rowCount, merged.maxCommitTimestamp(), writer);
  }

  private static long droppedBefore(List<Source> sources, long watermark) {
    long before = 0;
    for (Source source : sources) {
      before = Math.max(before, source.rows().droppedBefore());
      if (source.keep().length < source.rows().rowCount()) {
        before = Math.max(before, watermark);
      }
    }
    return before;
  }

  private SealedSegment put(
      long segmentId,
      TableLayout table,
      int rowCount,
      long maxCommitTimestamp,
      SegmentWriter writer) {
    String name = store.newName("segment/" + table.tableId() + "/" + segmentId);
    if (!store.objects().putIfAbsent(name, writer)) {
      throw new QuiverException(SqlState.INTERNAL_ERROR, "object \"%s\" exists already", name);
    }
    long sizeBytes = store.objects().stat(name).map(ObjectStat::sizeBytes).orElse(0L);
    return new SealedSegment(
        segmentId,
        table.tableId(),
        table.incarnation(),
        name,
        sizeBytes,
        rowCount,
        maxCommitTimestamp,
        List.of());
  }

  private static SegmentDescription description(long segmentId, TableLayout table, int rowCount) {
    List<SegmentColumn> columns = new ArrayList<>();
    for (StoredColumn column : table.columns()) {
      columns.add(new SegmentColumn(column.id(), column.type()));
    }
    return new SegmentDescription(table.tableId(), segmentId, table.version(), rowCount, columns);
  }

  private static long[] keyHashes(TableLayout table, int rowCount, ColumnSource source) {
    long[] hashes = new long[rowCount];
    for (int from = 0; from < rowCount; from += RowBatch.ROW_COUNT_TARGET) {
      int count = Math.min(RowBatch.ROW_COUNT_TARGET, rowCount - from);
      List<Column> columns = new ArrayList<>();
      for (int ordinal : table.keyOrdinals()) {
        columns.add(source.read(ordinal, from, count));
      }
      Keys keys = Keys.of(table.keyOrdinals(), new RowBatch(count, columns));
      for (int i = 0; i < count; i++) {
        hashes[from + i] = keys.hash(i);
      }
    }
    return hashes;
  }

  /// Kept rows of several segments as one.
  private static final class MergedRows implements ColumnSource {
    private final List<Source> sources;
    private final List<SegmentRows> shaped = new ArrayList<>();
    private final int[] firstRows;
    final int rowCount;

    MergedRows(TableLayout table, List<Source> sources) {
      this.sources = sources;
      sources.forEach(source -> shaped.add(ReshapedRows.of(source.rows(), table.columns())));
      this.firstRows = new int[sources.size()];
      int count = 0;
      for (int i = 0; i < firstRows.length; i++) {
        firstRows[i] = count;
        count = Math.addExact(count, sources.get(i).keep().length);
      }
      if (count > RowAddress.ROWS_PER_SEGMENT_MAX) {
        throw new IllegalArgumentException("merging " + count + " rows");
      }
      this.rowCount = count;
    }

    @Override
    public Column read(int ordinal, int fromRow, int count) {
      List<Column> parts = new ArrayList<>();
      for (int i = 0; i < sources.size(); i++) {
        int[] keep = sources.get(i).keep();
        int from = Math.max(0, fromRow - firstRows[i]);
        int to = Math.min(keep.length, fromRow + count - firstRows[i]);
        if (from < to) {
          parts.add(shaped.get(i).gather(ordinal, keep, from, to - from));
        }
      }
      return parts.size() == 1 ? parts.getFirst() : Concatenation.of(parts);
    }

    long[] commitTimestamps() {
      long[] timestamps = new long[rowCount];
      int at = 0;
      for (Source source : sources) {
        CommitRuns runs = source.rows().commits();
        long[] all = runs.expand(source.rows().rowCount());
        for (int row : source.keep()) {
          timestamps[at++] = all[row];
        }
      }
      return timestamps;
    }

    long maxCommitTimestamp() {
      return Arrays.stream(commitTimestamps()).max().orElse(0);
    }

    SegmentWriter addRowMap(SegmentWriter writer, long newSegmentId) {
      // Old addresses ascend, because the sources are visited by segment id and keep ascends.
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < sources.size(); i++) {
        order.add(i);
      }
      order.sort(Comparator.comparingLong(i -> sources.get(i).segmentId()));
      long[] oldAddresses = new long[rowCount];
      long[] newAddresses = new long[rowCount];
      int at = 0;
      for (int i : order) {
        Source source = sources.get(i);
        for (int kept = 0; kept < source.keep().length; kept++) {
          oldAddresses[at] = RowAddress.of(source.segmentId(), source.keep()[kept]);
          newAddresses[at] = RowAddress.of(newSegmentId, firstRows[i] + kept);
          at++;
        }
      }
      return writer.withRowMap(oldAddresses, newAddresses);
    }
  }

  /// Rows of a segment that a merge keeps: those that were not dead at `watermark`.
  public static int[] kept(SegmentRows rows, DeleteMap deletes, long watermark) {
    int[] kept = new int[rows.rowCount()];
    int count = 0;
    for (int row = 0; row < kept.length; row++) {
      if (deletes.deathOf(row) > watermark) {
        kept[count++] = row;
      }
    }
    return Arrays.copyOf(kept, count);
  }
}
