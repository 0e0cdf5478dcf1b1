package quiver.workers.segment;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.RowMask;
import quiver.common.column.VectorColumn;
import quiver.common.type.SqlType;
import quiver.execution.source.ZoneMap;
import quiver.storage.segment.ColumnStatistics;
import quiver.storage.segment.KeyIndex;
import quiver.storage.segment.SegmentColumn;
import quiver.storage.segment.SegmentReader;
import quiver.vector.index.VectorRows;

/// The rows of a segment in a mapped file. The memory belongs to whoever opened it and stays open
/// while this is read. Safe for every thread.
public final class SealedRows implements SegmentRows {
  /// The section that says which deleted rows a merge may have dropped: a little-endian int64
  /// timestamp.
  public static final String DROPPED_BEFORE_SECTION = "dropped-before";

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final SegmentReader reader;
  private final int rowCount;
  private final long droppedBefore;
  private final long maxCommitTimestamp;
  private final ConcurrentMap<Integer, VectorRows> vectors = new ConcurrentHashMap<>();
  private final ConcurrentMap<Integer, Optional<ZoneMap>> zones = new ConcurrentHashMap<>();
  private volatile @Nullable CommitRuns commits;
  private volatile @Nullable KeyIndex keyIndex;

  public SealedRows(SegmentReader reader) {
    this.reader = reader;
    this.rowCount = reader.rowCount();
    this.droppedBefore =
        reader.foreignSection(DROPPED_BEFORE_SECTION).map(bytes -> bytes.get(LONG, 0)).orElse(0L);
    this.maxCommitTimestamp =
        reader.commitTimestampStatistics().max() instanceof Long newest ? newest : 0;
  }

  public SegmentReader reader() {
    return reader;
  }

  @Override
  public int rowCount() {
    return rowCount;
  }

  @Override
  public long maxCommitTimestamp() {
    return maxCommitTimestamp;
  }

  @Override
  public long droppedBefore() {
    return droppedBefore;
  }

  @Override
  public long commitTimestamp(int row) {
    return reader.commitTimestamp(row);
  }

  /// Commit timestamps of all rows.
  public CommitRuns commits() {
    CommitRuns runs = commits;
    if (runs == null) {
      runs = CommitRuns.of(reader.commitTimestamps());
      commits = runs;
    }
    return runs;
  }

  @Override
  public RowMask committed(long snapshot, int count) {
    return snapshot >= maxCommitTimestamp
        ? RowMask.all(count)
        : commits().committed(snapshot, count);
  }

  @Override
  public List<Integer> columnIds() {
    return reader.description().columns().stream().map(SegmentColumn::columnId).toList();
  }

  @Override
  public SqlType columnType(int ordinal) {
    return reader.description().columns().get(ordinal).type();
  }

  @Override
  public Column column(int ordinal, int fromRow, int count) {
    return reader.column(ordinal, fromRow, count);
  }

  @Override
  public Column gather(int ordinal, int[] rows, int from, int count) {
    return reader.gather(ordinal, rows, from, count);
  }

  @Override
  public Optional<ZoneMap> zones(int ordinal) {
    return zones.computeIfAbsent(ordinal, this::readZones);
  }

  private Optional<ZoneMap> readZones(int ordinal) {
    List<ZoneMap.Zone> read = new ArrayList<>();
    boolean known = false;
    for (ColumnStatistics block : reader.blockStatistics(ordinal)) {
      known |= block.min() != null || block.nullCount() > 0;
      read.add(new ZoneMap.Zone(block.min(), block.max(), block.nullCount()));
    }
    int blockRows = reader.blockRows(ordinal);
    return known && blockRows % 64 == 0
        ? Optional.of(new ZoneMap(blockRows, read))
        : Optional.empty();
  }

  @Override
  public VectorRows vectors(int ordinal, int count) {
    return vectors.computeIfAbsent(ordinal, this::readVectors);
  }

  private VectorRows readVectors(int ordinal) {
    VectorColumn column = reader.vectors(ordinal);
    RowMask present = RowMask.all(rowCount);
    if (column.nulls().any()) {
      for (int row = 0; row < rowCount; row++) {
        if (column.isNull(row)) {
          present.remove(row);
        }
      }
    }
    return VectorRows.of(column.dimension(), rowCount, column.rows(), present);
  }

  @Override
  public int findKey(Keys keys, int index, long snapshot, DeleteMap deletes) {
    KeyIndex hashes = keyIndex;
    if (hashes == null) {
      hashes =
          reader
              .keyIndex()
              .orElseThrow(
                  () -> new IllegalStateException(reader.objectName() + " has no key index"));
      keyIndex = hashes;
    }
    long hash = keys.hash(index);
    for (int at = hashes.find(hash); at < hashes.count() && hashes.hash(at) == hash; at++) {
      int row = hashes.row(at);
      if (deletes.deathOf(row) > snapshot
          && (snapshot >= maxCommitTimestamp || commitTimestamp(row) <= snapshot)
          && keys.matches(index, this, row)) {
        return row;
      }
    }
    return NO_ROW;
  }

  @Override
  public long memoryBytes() {
    return 0;
  }
}
