package quiver.execution.rows;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.column.RowBatch;
import quiver.common.plan.SortKey;
import quiver.common.type.SqlType;
import quiver.common.value.DatumOrder;

/// ORDER BY over rows: PostgreSQL's order of each type, NULLS FIRST or LAST, DESC. Immutable.
public final class RowOrder {
  private final List<SortKey> keys;
  private final List<DatumOrder> orders;

  /// @param types of the input columns
  public RowOrder(List<SortKey> keys, List<SqlType> types) {
    this.keys = List.copyOf(keys);
    this.orders = new ArrayList<>();
    for (SortKey key : keys) {
      orders.add(DatumOrder.of(types.get(key.column())));
    }
  }

  /// The order that makes equal values of `columns` neighbours.
  public static RowOrder grouping(List<Integer> columns, List<SqlType> types) {
    return new RowOrder(
        columns.stream().map(column -> new SortKey(column, false, false)).toList(), types);
  }

  public List<SortKey> keys() {
    return keys;
  }

  /// Compares two rows of any two batches of the input.
  public int compare(RowBatch a, int rowA, RowBatch b, int rowB) {
    for (int i = 0; i < keys.size(); i++) {
      SortKey key = keys.get(i);
      int sign =
          compare(key, orders.get(i), a.column(key.column()), rowA, b.column(key.column()), rowB);
      if (sign != 0) {
        return sign;
      }
    }
    return 0;
  }

  private static int compare(
      SortKey key, DatumOrder order, Column a, int rowA, Column b, int rowB) {
    boolean nullA = a.isNull(rowA);
    boolean nullB = b.isNull(rowB);
    if (nullA || nullB) {
      return nullA == nullB ? 0 : nullA == key.nullsFirst() ? -1 : 1;
    }
    int sign;
    if (a instanceof LongColumn x && b instanceof LongColumn y) {
      sign = Long.compare(x.values()[rowA], y.values()[rowB]);
    } else if (a instanceof DoubleColumn x && b instanceof DoubleColumn y) {
      sign = DatumOrder.compareDoubles(x.values()[rowA], y.values()[rowB]);
    } else {
      sign = compareObjects(order, a.valueAt(rowA), b.valueAt(rowB));
    }
    return key.descending() ? -sign : sign;
  }

  private static int compareObjects(DatumOrder order, @Nullable Object a, @Nullable Object b) {
    return order.compareNullsLast(a, b);
  }

  /// Compares rows of one batch by number.
  public IndexOrder within(RowBatch batch) {
    List<IndexOrder> columns = new ArrayList<>(keys.size());
    for (int i = 0; i < keys.size(); i++) {
      columns.add(columnOrder(keys.get(i), orders.get(i), batch.column(keys.get(i).column())));
    }
    if (columns.size() == 1) {
      return columns.getFirst();
    }
    IndexOrder[] all = columns.toArray(IndexOrder[]::new);
    return (a, b) -> {
      for (IndexOrder column : all) {
        int sign = column.compare(a, b);
        if (sign != 0) {
          return sign;
        }
      }
      return 0;
    };
  }

  private static IndexOrder columnOrder(SortKey key, DatumOrder order, Column column) {
    boolean descending = key.descending();
    if (!column.nulls().any()) {
      if (column instanceof LongColumn longs) {
        long[] values = longs.values();
        return descending
            ? (a, b) -> Long.compare(values[b], values[a])
            : (a, b) -> Long.compare(values[a], values[b]);
      }
      if (column instanceof DoubleColumn doubles) {
        double[] values = doubles.values();
        return descending
            ? (a, b) -> DatumOrder.compareDoubles(values[b], values[a])
            : (a, b) -> DatumOrder.compareDoubles(values[a], values[b]);
      }
    }
    return (a, b) -> compare(key, order, column, a, column, b);
  }

  /// Compares rows by number.
  @FunctionalInterface
  public interface IndexOrder {
    int compare(int a, int b);
  }
}
