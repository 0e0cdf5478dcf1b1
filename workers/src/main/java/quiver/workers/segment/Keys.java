package quiver.workers.segment;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.column.RowBatch;
import quiver.common.type.SqlType;
import quiver.common.value.DatumOrder;
import quiver.common.value.KeyHash;

/// Primary keys of several rows, with their hashes. Equal keys have equal hashes, in every process
/// and for ever: hashes are stored in files.
public final class Keys {
  private final List<Integer> ordinals;
  private final List<Column> columns;
  private final List<DatumOrder> orders;
  private final long[] hashes;

  private Keys(List<Integer> ordinals, List<Column> columns) {
    this.ordinals = ordinals;
    this.columns = columns;
    this.orders = columns.stream().map(column -> DatumOrder.of(column.type())).toList();
    int rowCount = columns.getFirst().rowCount();
    this.hashes = new long[rowCount];
    for (Column column : columns) {
      KeyHash.add(column, hashes);
    }
  }

  /// Keys in columns of their own.
  ///
  /// @param ordinals where the columns lie in the table, in key order
  /// @param keys the key columns in key order, without NULLs
  public static Keys of(List<Integer> ordinals, RowBatch keys) {
    return new Keys(List.copyOf(ordinals), keys.columns());
  }

  /// The keys of whole rows.
  public static Keys ofRows(List<Integer> ordinals, RowBatch rows) {
    List<Column> columns = new ArrayList<>();
    for (int ordinal : ordinals) {
      columns.add(rows.column(ordinal));
    }
    return new Keys(List.copyOf(ordinals), columns);
  }

  /// One key.
  ///
  /// @param key datums in key order
  public static Keys ofDatums(List<Integer> ordinals, List<SqlType> types, List<Object> key) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < ordinals.size(); i++) {
      columns.add(Columns.ofDatum(types.get(ordinals.get(i)), key.get(i)));
    }
    return new Keys(List.copyOf(ordinals), columns);
  }

  private Keys(Keys keys, List<Integer> ordinals) {
    this.ordinals = ordinals;
    this.columns = keys.columns;
    this.orders = keys.orders;
    this.hashes = keys.hashes;
  }

  /// The same keys of rows that have the key columns elsewhere.
  Keys at(List<Integer> otherOrdinals) {
    return new Keys(this, List.copyOf(otherOrdinals));
  }

  List<Integer> ordinals() {
    return ordinals;
  }

  public int count() {
    return hashes.length;
  }

  public long hash(int index) {
    return hashes[index];
  }

  /// The key's datums, in key order.
  public List<Object> values(int index) {
    List<Object> values = new ArrayList<>(columns.size());
    for (Column column : columns) {
      values.add(Objects.requireNonNull(column.valueAt(index)));
    }
    return values;
  }

  /// Whether row `row` of `rows` has key `index`.
  public boolean matches(int index, SegmentRows rows, int row) {
    for (int i = 0; i < columns.size(); i++) {
      if (!equal(columns.get(i), index, rows.column(ordinals.get(i), row, 1), 0, orders.get(i))) {
        return false;
      }
    }
    return true;
  }

  /// Whether key `index` equals key `otherIndex` of `other`, keys of the same table.
  public boolean matches(int index, Keys other, int otherIndex) {
    if (hashes[index] != other.hashes[otherIndex]) {
      return false;
    }
    for (int i = 0; i < columns.size(); i++) {
      if (!equal(columns.get(i), index, other.columns.get(i), otherIndex, orders.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean equal(Column a, int aRow, Column b, int bRow, DatumOrder order) {
    if (a instanceof LongColumn left && b instanceof LongColumn right) {
      return left.values()[aRow] == right.values()[bRow];
    }
    Object left = a.valueAt(aRow);
    Object right = b.valueAt(bRow);
    return left != null && right != null && order.equal(left, right);
  }
}
