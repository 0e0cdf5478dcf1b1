package quiver.frontend.transaction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.Column;
import quiver.common.column.RowAddress;
import quiver.common.column.RowBatch;
import quiver.common.column.RowMask;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// What a transaction does to one table: rows it has inserted (segment 0), which of them it has
/// deleted again, and committed row versions it has deleted. Everything can be undone back to an
/// earlier point. Used by the session's thread; [#rows] may be read by any.
public final class TableWrites {
  private final TableDefinition table;
  private final List<UniqueKey> keys;
  private final List<ColumnAppender> columns = new ArrayList<>();
  private final BitSet dead = new BitSet();
  private final Set<Long> deleted = new HashSet<>();
  private final List<Map<RowKey, Integer>> rowsByKey = new ArrayList<>();
  private final List<Undo> undo = new ArrayList<>();
  private int rowCount;

  private sealed interface Undo {
    /// @param keys per unique key, those of the rows
    record Inserted(int fromRow, List<@Nullable RowKey[]> keys) implements Undo {}

    record OwnDeleted(int row, List<@Nullable RowKey[]> keys) implements Undo {}

    record Deleted(long address) implements Undo {}
  }

  /// Rows of segment 0 at one moment. Immutable.
  public record OwnRows(List<Column> columns, RowMask visible) {}

  TableWrites(TableDefinition table, List<UniqueKey> keys) {
    this.table = table;
    this.keys = List.copyOf(keys);
    keys.forEach(_ -> rowsByKey.add(new HashMap<>()));
    for (ColumnDefinition column : table.columns()) {
      columns.add(new ColumnAppender(column.type()));
    }
  }

  /// The same writes to the table as it is after a change of its columns; rows keep their places.
  TableWrites reshaped(TableDefinition after, List<UniqueKey> newKeys) {
    TableWrites made = new TableWrites(after, newKeys);
    for (int i = 0; i < after.columns().size(); i++) {
      ColumnDefinition column = after.columns().get(i);
      ColumnAppender values = made.columns.get(i);
      Optional<ColumnDefinition> old = table.columnOfId(column.id());
      if (old.isPresent()) {
        Column view = columns.get(table.ordinalOfId(column.id())).view();
        values.append(view);
      } else if (rowCount > 0) {
        values.append(Missing.column(column, rowCount));
      }
    }
    made.rowCount = rowCount;
    made.dead.or(dead);
    made.deleted.addAll(deleted);
    for (int row = 0; row < rowCount; row++) {
      if (!dead.get(row)) {
        made.putKeys(made.keysOf(made.rowAt(row)), row);
      }
    }
    return made;
  }

  /// The definition the writes are for.
  public TableDefinition table() {
    return table;
  }

  /// The table's unique keys, the primary key first.
  public List<UniqueKey> keys() {
    return keys;
  }

  /// Whether there is nothing to commit.
  public boolean isEmpty() {
    return deleted.isEmpty() && dead.cardinality() == rowCount;
  }

  /// Appends rows; none of their keys may be in [#rowWithKey].
  ///
  /// @return the address of the first; the others follow
  public long insert(RowBatch rows) {
    if (rowCount + rows.rowCount() > RowAddress.ROWS_PER_SEGMENT_MAX) {
      throw new QuiverException(
              SqlState.PROGRAM_LIMIT_EXCEEDED, "too many rows written in one transaction")
          .withDetail(
              "A transaction can write "
                  + RowAddress.ROWS_PER_SEGMENT_MAX
                  + " row versions to one table.");
    }
    List<@Nullable RowKey[]> inserted = keysOf(rows);
    putKeys(inserted, rowCount);
    for (int i = 0; i < columns.size(); i++) {
      columns.get(i).append(rows.column(i));
    }
    undo.add(new Undo.Inserted(rowCount, inserted));
    long address = RowAddress.of(0, rowCount);
    rowCount += rows.rowCount();
    return address;
  }

  /// Deletes a row version, committed or own.
  ///
  /// @return false if it was deleted before
  public boolean delete(long address) {
    if (RowAddress.segmentId(address) != 0) {
      if (!deleted.add(address)) {
        return false;
      }
      undo.add(new Undo.Deleted(address));
      return true;
    }
    int row = RowAddress.row(address);
    if (dead.get(row)) {
      return false;
    }
    dead.set(row);
    List<@Nullable RowKey[]> gone = keysOf(rowAt(row));
    removeKeys(gone, row);
    undo.add(new Undo.OwnDeleted(row, gone));
    return true;
  }

  /// Whether the transaction has deleted this row version.
  public boolean isDeleted(long address) {
    return RowAddress.segmentId(address) == 0
        ? dead.get(RowAddress.row(address))
        : deleted.contains(address);
  }

  private List<@Nullable RowKey[]> keysOf(RowBatch rows) {
    List<@Nullable RowKey[]> all = new ArrayList<>(keys.size());
    keys.forEach(key -> all.add(key.of(rows)));
    return all;
  }

  private void putKeys(List<@Nullable RowKey[]> all, int fromRow) {
    for (int i = 0; i < all.size(); i++) {
      @Nullable RowKey[] byRow = all.get(i);
      for (int row = 0; row < byRow.length; row++) {
        if (byRow[row] != null) {
          rowsByKey.get(i).put(byRow[row], fromRow + row);
        }
      }
    }
  }

  private void removeKeys(List<@Nullable RowKey[]> all, int fromRow) {
    for (int i = 0; i < all.size(); i++) {
      @Nullable RowKey[] byRow = all.get(i);
      for (int row = 0; row < byRow.length; row++) {
        if (byRow[row] != null) {
          rowsByKey.get(i).remove(byRow[row], fromRow + row);
        }
      }
    }
  }

  /// The own live row with a key.
  ///
  /// @param key position in [#keys]
  public Optional<Integer> rowWithKey(int key, RowKey value) {
    return Optional.ofNullable(rowsByKey.get(key).get(value));
  }

  /// One own row, alive or not.
  public RowBatch rowAt(int row) {
    int[] selected = {row};
    List<Column> values = new ArrayList<>(columns.size());
    for (ColumnAppender column : columns) {
      values.add(column.view().gather(selected, 0, 1));
    }
    return new RowBatch(1, values);
  }

  /// The own rows as they are now.
  public OwnRows rows() {
    RowMask visible = RowMask.all(rowCount);
    for (int row = dead.nextSetBit(0); row >= 0; row = dead.nextSetBit(row + 1)) {
      visible.remove(row);
    }
    return new OwnRows(columns.stream().map(ColumnAppender::view).toList(), visible);
  }

  /// Committed row versions that die, sorted.
  public long[] deletedAddresses() {
    long[] addresses = new long[deleted.size()];
    int count = 0;
    for (long address : deleted) {
      addresses[count++] = address;
    }
    Arrays.sort(addresses);
    return addresses;
  }

  /// Whether any committed row version dies.
  public boolean hasDeleted() {
    return !deleted.isEmpty();
  }

  /// Whether any own row was ever inserted.
  public boolean hasRows() {
    return dead.cardinality() < rowCount;
  }

  int mark() {
    return undo.size();
  }

  /// Takes back what was done after `mark`. Rows keep their places, so that views stay valid.
  void rewind(int mark) {
    while (undo.size() > mark) {
      switch (undo.removeLast()) {
        case Undo.Inserted(int fromRow, var inserted) -> {
          // Later inserts are undone already, so that everything from here on is dead.
          dead.set(fromRow, rowCount);
          removeKeys(inserted, fromRow);
        }
        case Undo.OwnDeleted(int row, var gone) -> {
          dead.clear(row);
          putKeys(gone, row);
        }
        case Undo.Deleted(long address) -> deleted.remove(address);
      }
    }
  }
}
