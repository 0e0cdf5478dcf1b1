package quiver.planner.parser.node;

import org.apache.calcite.sql.SqlNode;

/// One sort key.
public record OrderItem(SqlNode expression, boolean descending, Nulls nulls) {
  /// Where nulls sort; DEFAULT is last when ascending and first when descending.
  public enum Nulls {
    DEFAULT,
    FIRST,
    LAST
  }

  /// Whether nulls come before values, the default resolved.
  public boolean nullsFirst() {
    return switch (nulls) {
      case DEFAULT -> descending;
      case FIRST -> true;
      case LAST -> false;
    };
  }
}
