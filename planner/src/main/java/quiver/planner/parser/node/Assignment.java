package quiver.planner.parser.node;

import java.util.List;
import org.apache.calcite.sql.SqlNode;

/// `column = value` or `(column, …) = value` of SET.
///
/// @param targets a column is a `SqlIdentifier`; `column.field` has two names, `column[1]` is an
///   [Expression.Subscript]
/// @param multiple written with parentheses: the value is an [Expression.Row] or an
///   [Expression.ScalarQuery] with as many columns
public record Assignment(List<SqlNode> targets, boolean multiple, SqlNode value) {
  public Assignment {
    targets = List.copyOf(targets);
  }
}
