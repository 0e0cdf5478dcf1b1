package quiver.workers.segment;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.column.RowMask;
import quiver.common.type.SqlType;
import quiver.common.vector.DistanceMetric;
import quiver.execution.source.ZoneMap;
import quiver.vector.index.SearcherPool;
import quiver.vector.index.VectorRows;

/// The rows of a growing segment: append-only column blocks, vectors off the heap. One thread
/// appends and publishes; any thread reads what is published. [#close] frees the memory; whoever
/// calls it knows that nobody reads any more.
public final class GrowingRows implements SegmentRows, AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final TableLayout layout;
  private final List<GrowingColumn> columns;
  private final GrowingKeyIndex keyIndex = new GrowingKeyIndex();
  private final CommitRuns commits = new CommitRuns();
  private final Map<VectorKey, GrowingVectorIndex> vectorIndexes = new ConcurrentHashMap<>();
  private int appended;
  private boolean closed;

  /// What lists are made over.
  private record VectorKey(int ordinal, DistanceMetric metric) {}

  public GrowingRows(TableLayout layout) {
    this.layout = layout;
    List<GrowingColumn> made = new ArrayList<>();
    layout.columns().forEach(column -> made.add(GrowingColumn.of(column.type(), arena)));
    this.columns = List.copyOf(made);
  }

  public TableLayout layout() {
    return layout;
  }

  /// Copies rows behind the rows appended before; readers do not see them yet.
  public void append(RowBatch batch, int from, int count) {
    if (layout.hasKey()) {
      Keys keys = Keys.ofRows(layout.keyOrdinals(), batch);
      for (int i = 0; i < count; i++) {
        keyIndex.add(keys.hash(from + i), appended + i);
      }
    }
    for (int ordinal = 0; ordinal < columns.size(); ordinal++) {
      columns.get(ordinal).append(appended, batch.column(ordinal), from, count);
    }
    appended += count;
  }

  /// Rows appended, published or not.
  public int appendedCount() {
    return appended;
  }

  /// Shows all appended rows to readers at and after `timestamp`.
  public void publish(long timestamp) {
    int fresh = appended - commits.rowCount();
    if (fresh > 0) {
      commits.add(fresh, timestamp);
    }
  }

  /// The newest appended row with a key, published or not; [#NO_ROW] when there is none. Only for
  /// the appending thread, or whoever excludes it.
  public int newestWithKey(Keys keys, int index) {
    for (int row = keyIndex.first(keys.hash(index)); row >= 0; row = keyIndex.next(row)) {
      if (keys.matches(index, this, row)) {
        return row;
      }
    }
    return NO_ROW;
  }

  /// The keys of appended rows.
  public Keys keys(int fromRow, int count) {
    List<Column> keys = new ArrayList<>();
    for (int ordinal : layout.keyOrdinals()) {
      keys.add(columns.get(ordinal).column(fromRow, count));
    }
    return Keys.of(layout.keyOrdinals(), new RowBatch(count, keys));
  }

  /// Appended rows, published or not, as a batch of all columns.
  public RowBatch rows(int fromRow, int count) {
    List<Column> all = new ArrayList<>();
    columns.forEach(column -> all.add(column.column(fromRow, count)));
    return new RowBatch(count, all);
  }

  /// Commit timestamps of the published rows.
  public CommitRuns commits() {
    return commits;
  }

  @Override
  public int rowCount() {
    return commits.rowCount();
  }

  @Override
  public long maxCommitTimestamp() {
    return commits.max();
  }

  @Override
  public long commitTimestamp(int row) {
    return commits.timestampOf(row);
  }

  @Override
  public RowMask committed(long snapshot, int rowCount) {
    return commits.committed(snapshot, rowCount);
  }

  @Override
  public List<Integer> columnIds() {
    return layout.columns().stream().map(StoredColumn::id).toList();
  }

  @Override
  public SqlType columnType(int ordinal) {
    return layout.columns().get(ordinal).type();
  }

  @Override
  public Column column(int ordinal, int fromRow, int count) {
    return columns.get(ordinal).column(fromRow, count);
  }

  @Override
  public Column gather(int ordinal, int[] rows, int from, int count) {
    return columns.get(ordinal).gather(rows, from, count);
  }

  @Override
  public Optional<ZoneMap> zones(int ordinal) {
    return Optional.empty();
  }

  @Override
  public VectorRows vectors(int ordinal, int rowCount) {
    if (!(columns.get(ordinal) instanceof GrowingColumn.Vectors vectors)) {
      throw new IllegalArgumentException("column " + ordinal + " is not a vector(n) column");
    }
    return VectorRows.ofBlocks(
        vectors.dimension(),
        rowCount,
        vectors.blockRows(),
        vectors.blocks(),
        vectors.present(rowCount));
  }

  /// Searchers of a `vector(n)` column of the first `rowCount` rows, when there are so many that a
  /// scan is slow. Rows that came since the last search are encoded on `executor`.
  ///
  /// @param pin keeps these rows from being freed
  public Optional<SearcherPool> searchers(
      int ordinal, DistanceMetric metric, int rowCount, Executor executor, Pinned<?> pin) {
    if (rowCount < GrowingVectorIndex.ROWS_MIN
        || !(columns.get(ordinal) instanceof GrowingColumn.Vectors)
        || metric == DistanceMetric.HAMMING
        || metric == DistanceMetric.JACCARD) {
      return Optional.empty();
    }
    GrowingVectorIndex index =
        vectorIndexes.computeIfAbsent(
            new VectorKey(ordinal, metric),
            key -> new GrowingVectorIndex(this, key.ordinal(), key.metric(), arena));
    index.catchUp(executor, pin);
    return Optional.ofNullable(index.searchers(rowCount));
  }

  @Override
  public int findKey(Keys keys, int index, long snapshot, DeleteMap deletes) {
    int published = commits.rowCount();
    for (int row = keyIndex.first(keys.hash(index)); row >= 0; row = keyIndex.next(row)) {
      if (row < published
          && commits.timestampOf(row) <= snapshot
          && keys.matches(index, this, row)) {
        // Older versions of this key were dead before this one was born.
        return deletes.deathOf(row) > snapshot ? row : NO_ROW;
      }
    }
    return NO_ROW;
  }

  @Override
  public long memoryBytes() {
    long bytes = keyIndex.memoryBytes();
    for (GrowingColumn column : columns) {
      bytes += column.memoryBytes();
    }
    for (GrowingVectorIndex index : vectorIndexes.values()) {
      bytes += index.memoryBytes();
    }
    return bytes;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      arena.close();
    }
  }
}
