package quiver.execution.index;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.type.SqlType;
import quiver.common.value.DatumOrder;

/// The order of the entries of an index: key by key, each ascending or descending, NULLs first or
/// last.
public final class KeyOrder {
  private final List<DatumOrder> orders;
  private final List<Key> keys;

  /// How one key is ordered.
  public record Key(SqlType type, boolean descending, boolean nullsFirst) {}

  public KeyOrder(List<Key> keys) {
    this.keys = List.copyOf(keys);
    List<DatumOrder> made = new ArrayList<>();
    keys.forEach(key -> made.add(DatumOrder.of(key.type())));
    this.orders = List.copyOf(made);
  }

  public List<Key> keys() {
    return keys;
  }

  /// The sign of `left` against `right` in the order of key `position`.
  int compare(int position, @Nullable Object left, @Nullable Object right) {
    Key key = keys.get(position);
    if (left == null || right == null) {
      int nullSign = key.nullsFirst() ? -1 : 1;
      return left != null ? -nullSign : right != null ? nullSign : 0;
    }
    int sign = orders.get(position).compare(left, right);
    return key.descending() ? -sign : sign;
  }
}
