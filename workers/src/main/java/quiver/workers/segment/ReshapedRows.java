package quiver.workers.segment;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.RowMask;
import quiver.common.column.VectorColumn;
import quiver.common.type.SqlType;
import quiver.execution.source.ZoneMap;
import quiver.vector.index.VectorRows;

/// Rows that were written for other columns, as rows of a table's present ones: columns are found
/// by id, a column the rows are older than has its missing value, a type that was widened without a
/// rewrite is read as the wider one.
public final class ReshapedRows implements SegmentRows {
  private static final int ABSENT = -1;

  private final SegmentRows rows;
  private final List<StoredColumn> columns;
  private final int[] sources;

  private ReshapedRows(SegmentRows rows, List<StoredColumn> columns, int[] sources) {
    this.rows = rows;
    this.columns = columns;
    this.sources = sources;
  }

  /// `rows` with these columns; the same object if it has them already.
  public static SegmentRows of(SegmentRows rows, List<StoredColumn> columns) {
    if (rows instanceof UnopenedRows) {
      // Whoever opens them asks again.
      return rows;
    }
    SegmentRows source = rows instanceof ReshapedRows reshaped ? reshaped.rows : rows;
    List<Integer> ids = source.columnIds();
    int[] sources = new int[columns.size()];
    boolean same = ids.size() == columns.size();
    for (int i = 0; i < sources.length; i++) {
      StoredColumn column = columns.get(i);
      sources[i] = ids.indexOf(column.id());
      same &= sources[i] == i && source.columnType(i).equals(column.type());
    }
    return same ? source : new ReshapedRows(source, List.copyOf(columns), sources);
  }

  @Override
  public List<Integer> columnIds() {
    return columns.stream().map(StoredColumn::id).toList();
  }

  @Override
  public SqlType columnType(int ordinal) {
    return columns.get(ordinal).type();
  }

  @Override
  public int rowCount() {
    return rows.rowCount();
  }

  @Override
  public long maxCommitTimestamp() {
    return rows.maxCommitTimestamp();
  }

  @Override
  public long commitTimestamp(int row) {
    return rows.commitTimestamp(row);
  }

  @Override
  public RowMask committed(long snapshot, int rowCount) {
    return rows.committed(snapshot, rowCount);
  }

  @Override
  public Column column(int ordinal, int fromRow, int count) {
    return sources[ordinal] == ABSENT
        ? missing(ordinal, count)
        : relabelled(rows.column(sources[ordinal], fromRow, count), ordinal);
  }

  @Override
  public Column gather(int ordinal, int[] wanted, int from, int count) {
    return sources[ordinal] == ABSENT
        ? missing(ordinal, count)
        : relabelled(rows.gather(sources[ordinal], wanted, from, count), ordinal);
  }

  private Column missing(int ordinal, int count) {
    StoredColumn column = columns.get(ordinal);
    @Nullable Object value = column.missingValue();
    List<@Nullable Object> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(value);
    }
    return Columns.ofDatums(column.type(), values);
  }

  private Column relabelled(Column column, int ordinal) {
    return column.as(columns.get(ordinal).type());
  }

  @Override
  public Optional<ZoneMap> zones(int ordinal) {
    return sources[ordinal] == ABSENT ? Optional.empty() : rows.zones(sources[ordinal]);
  }

  @Override
  public VectorRows vectors(int ordinal, int rowCount) {
    if (sources[ordinal] != ABSENT) {
      return rows.vectors(sources[ordinal], rowCount);
    }
    VectorColumn column = (VectorColumn) missing(ordinal, 1);
    if (column.isNull(0)) {
      return VectorRows.absent(column.dimension(), rowCount);
    }
    // As many copies as there are rows: a rewrite would hold them too.
    java.lang.foreign.Arena arena = java.lang.foreign.Arena.ofAuto();
    long rowBytes = 4L * column.dimension();
    MemorySegment copies = arena.allocate(Math.max(4, rowBytes * rowCount), 64);
    for (int row = 0; row < rowCount; row++) {
      MemorySegment.copy(column.rows(), 0, copies, row * rowBytes, rowBytes);
    }
    return VectorRows.of(column.dimension(), rowCount, copies, RowMask.all(rowCount));
  }

  @Override
  public int findKey(Keys keys, int index, long snapshot, DeleteMap deletes) {
    return rows.findKey(
        keys.at(keys.ordinals().stream().map(ordinal -> sources[ordinal]).toList()),
        index,
        snapshot,
        deletes);
  }

  @Override
  public long droppedBefore() {
    return rows.droppedBefore();
  }

  @Override
  public long memoryBytes() {
    return rows.memoryBytes();
  }
}
