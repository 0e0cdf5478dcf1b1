package quiver.frontend.transaction;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowBatch;
import quiver.common.value.DatumOrder;

/// The values of a key with the equality of their types; NULL equals NULL here.
public final class RowKey {
  private final @Nullable Object[] values;
  private final DatumOrder[] orders;
  private final int hash;

  private RowKey(@Nullable Object[] values, DatumOrder[] orders) {
    this.values = values;
    this.orders = orders;
    int sum = 1;
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      sum = 31 * sum + (value == null ? 0 : orders[i].hash(value));
    }
    this.hash = sum;
  }

  /// The orders of key columns.
  static DatumOrder[] orders(RowBatch keys) {
    DatumOrder[] orders = new DatumOrder[keys.columns().size()];
    for (int i = 0; i < orders.length; i++) {
      orders[i] = DatumOrder.of(keys.column(i).type());
    }
    return orders;
  }

  /// A key.
  ///
  /// @param keys the key columns
  static RowKey of(RowBatch keys, int row, DatumOrder[] orders) {
    @Nullable Object[] values = new @Nullable Object[orders.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = keys.column(i).valueAt(row);
    }
    return new RowKey(values, orders);
  }

  /// In key order.
  public List<@Nullable Object> values() {
    List<@Nullable Object> list = new ArrayList<>(values.length);
    for (Object value : values) {
      list.add(value);
    }
    return list;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof RowKey key) || key.hash != hash || key.values.length != values.length) {
      return false;
    }
    for (int i = 0; i < values.length; i++) {
      Object left = values[i];
      Object right = key.values[i];
      if (left == null || right == null) {
        if (left != null || right != null) {
          return false;
        }
      } else if (!orders[i].equal(left, right)) {
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
