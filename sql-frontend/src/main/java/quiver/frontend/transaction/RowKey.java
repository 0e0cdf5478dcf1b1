package quiver.frontend.transaction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowBatch;
import quiver.common.value.DatumOrder;

/// A primary key's values with the equality of their types. The values are never null.
public final class RowKey {
  private final Object[] values;
  private final DatumOrder[] orders;
  private final int hash;

  private RowKey(Object[] values, DatumOrder[] orders) {
    this.values = values;
    this.orders = orders;
    int sum = 1;
    for (int i = 0; i < values.length; i++) {
      sum = 31 * sum + orders[i].hash(values[i]);
    }
    this.hash = sum;
  }

  /// The orders of the key columns of `rows`.
  public static DatumOrder[] orders(RowBatch rows, List<Integer> keyOrdinals) {
    DatumOrder[] orders = new DatumOrder[keyOrdinals.size()];
    for (int i = 0; i < orders.length; i++) {
      orders[i] = DatumOrder.of(rows.column(keyOrdinals.get(i)).type());
    }
    return orders;
  }

  /// The key of a row.
  public static RowKey of(RowBatch rows, int row, List<Integer> keyOrdinals, DatumOrder[] orders) {
    Object[] values = new Object[keyOrdinals.size()];
    for (int i = 0; i < values.length; i++) {
      @Nullable Object value = rows.column(keyOrdinals.get(i)).valueAt(row);
      if (value == null) {
        throw new IllegalStateException("a key column is null");
      }
      values[i] = value;
    }
    return new RowKey(values, orders);
  }

  /// In key order.
  public List<Object> values() {
    return new ArrayList<>(Arrays.asList(values));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof RowKey key) || key.hash != hash || key.values.length != values.length) {
      return false;
    }
    for (int i = 0; i < values.length; i++) {
      if (!orders[i].equal(values[i], key.values[i])) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
