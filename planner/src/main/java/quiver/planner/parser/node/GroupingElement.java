package quiver.planner.parser.node;

import java.util.List;
import org.apache.calcite.sql.SqlNode;

/// One entry of GROUP BY.
public sealed interface GroupingElement {
  /// A plain expression; a parenthesised list inside GROUPING SETS, ROLLUP or CUBE is an
  /// [Expression.Row].
  record Plain(SqlNode expression) implements GroupingElement {}

  /// `()`.
  record Empty() implements GroupingElement {}

  /// `ROLLUP (…)`.
  record Rollup(List<SqlNode> expressions) implements GroupingElement {
    public Rollup {
      expressions = List.copyOf(expressions);
    }
  }

  /// `CUBE (…)`.
  record Cube(List<SqlNode> expressions) implements GroupingElement {
    public Cube {
      expressions = List.copyOf(expressions);
    }
  }

  /// `GROUPING SETS (…)`.
  record Sets(List<GroupingElement> elements) implements GroupingElement {
    public Sets {
      elements = List.copyOf(elements);
    }
  }
}
