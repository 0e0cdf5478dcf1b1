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
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.Column;
import quiver.common.column.RowAddress;
import quiver.common.column.RowBatch;
import quiver.common.column.RowMask;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.DatumOrder;

/// What a transaction does to one table: rows it has inserted (segment 0), which of them it has
/// deleted again, and committed row versions it has deleted. Everything can be undone back to an
/// earlier point. Used by the session's thread; [#rows] may be read by any.
public final class TableWrites {
  private final TableDefinition table;
  private final List<Integer> keyOrdinals;
  private final List<ColumnAppender> columns = new ArrayList<>();
  private final BitSet dead = new BitSet();
  private final Set<Long> deleted = new HashSet<>();
  private final Map<RowKey, Integer> rowsByKey = new HashMap<>();
  private final List<Undo> undo = new ArrayList<>();
  private int rowCount;

  private sealed interface Undo {
    record Inserted(int fromRow, List<RowKey> keys) implements Undo {}

    record OwnDeleted(int row, Optional<RowKey> key) implements Undo {}

    record Deleted(long address) implements Undo {}
  }

  /// Rows of segment 0 at one moment. Immutable.
  public record OwnRows(List<Column> columns, RowMask visible) {}

  TableWrites(TableDefinition table) {
    this.table = table;
    this.keyOrdinals = table.keyOrdinals();
    for (ColumnDefinition column : table.columns()) {
      columns.add(new ColumnAppender(column.type()));
    }
  }

  /// The definition the writes are for.
  public TableDefinition table() {
    return table;
  }

  /// Whether there is nothing to commit.
  public boolean isEmpty() {
    return deleted.isEmpty() && dead.cardinality() == rowCount;
  }

  /// Appends rows; their keys, if the table has one, must not be in [#rowWithKey].
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
    List<RowKey> keys = new ArrayList<>();
    if (!keyOrdinals.isEmpty()) {
      DatumOrder[] orders = RowKey.orders(rows, keyOrdinals);
      for (int i = 0; i < rows.rowCount(); i++) {
        RowKey key = RowKey.of(rows, i, keyOrdinals, orders);
        rowsByKey.put(key, rowCount + i);
        keys.add(key);
      }
    }
    for (int i = 0; i < columns.size(); i++) {
      columns.get(i).append(rows.column(i));
    }
    undo.add(new Undo.Inserted(rowCount, keys));
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
    Optional<RowKey> key = Optional.empty();
    if (!keyOrdinals.isEmpty()) {
      RowBatch one = rowAt(row);
      key = Optional.of(RowKey.of(one, 0, keyOrdinals, RowKey.orders(one, keyOrdinals)));
      rowsByKey.remove(key.get(), row);
    }
    undo.add(new Undo.OwnDeleted(row, key));
    return true;
  }

  /// Whether the transaction has deleted this row version.
  public boolean isDeleted(long address) {
    return RowAddress.segmentId(address) == 0
        ? dead.get(RowAddress.row(address))
        : deleted.contains(address);
  }

  /// The own live row with this key.
  public Optional<Integer> rowWithKey(RowKey key) {
    return Optional.ofNullable(rowsByKey.get(key));
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
        case Undo.Inserted(int fromRow, List<RowKey> keys) -> {
          // Later inserts are undone already, so that everything from here on is dead.
          dead.set(fromRow, rowCount);
          for (int i = 0; i < keys.size(); i++) {
            rowsByKey.remove(keys.get(i), fromRow + i);
          }
        }
        case Undo.OwnDeleted(int row, Optional<RowKey> key) -> {
          dead.clear(row);
          key.ifPresent(k -> rowsByKey.put(k, row));
        }
        case Undo.Deleted(long address) -> deleted.remove(address);
      }
    }
  }
}
