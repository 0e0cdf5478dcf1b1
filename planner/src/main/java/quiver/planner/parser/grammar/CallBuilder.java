package quiver.planner.parser.grammar;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.planner.parser.node.Expression;
import quiver.planner.parser.node.Expression.Argument;
import quiver.planner.parser.node.OrderItem;
import quiver.planner.parser.node.Over;

/// Collects the parts of one function call while it is parsed; used by the parser's thread only.
public final class CallBuilder {
  private final SqlIdentifier name;
  private boolean withinGroup;
  public final List<Argument> arguments = new ArrayList<>();
  public boolean star;
  public boolean distinct;
  public boolean variadic;
  public List<OrderItem> orderBy = List.of();
  public @Nullable SqlNode filter;
  public @Nullable Over over;

  public CallBuilder(SqlIdentifier name) {
    this.name = name;
  }

  /// Takes WITHIN GROUP (ORDER BY …), which excludes some other parts.
  public void withinGroup(List<OrderItem> order, int position) {
    if (!orderBy.isEmpty()) {
      throw refused("cannot use multiple ORDER BY clauses with WITHIN GROUP", position);
    }
    if (distinct) {
      throw refused("cannot use DISTINCT with WITHIN GROUP", position);
    }
    if (variadic) {
      throw refused("cannot use VARIADIC with WITHIN GROUP", position);
    }
    orderBy = order;
    withinGroup = true;
  }

  private static QuiverException refused(String message, int position) {
    return QuiverException.ofMessage(SqlState.SYNTAX_ERROR, message).at(position);
  }

  public Expression.Function build() {
    return new Expression.Function(
        name, arguments, star, distinct, variadic, orderBy, withinGroup, filter, over);
  }
}
