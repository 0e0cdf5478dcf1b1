package quiver.planner.parser.node;

import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;

/// How a character range of the source is kept in a `SqlParserPos`: the line is always 1 and the
/// columns are 1-based character positions in the whole query string, as PostgreSQL reports them (a
/// character outside the basic plane counts as one).
public final class Positions {
  private Positions() {}

  /// The range from the 1-based character `start` to `end`, both included.
  public static SqlParserPos range(int start, int end) {
    return new SqlParserPos(1, start, 1, end);
  }

  /// Where the node starts, for `QuiverException.at`.
  public static int of(SqlNode node) {
    return node.getParserPosition().getColumnNum();
  }

  /// The last character of the node.
  public static int endOf(SqlNode node) {
    return node.getParserPosition().getEndColumnNum();
  }

  /// The source text of the node, parentheses around it left out.
  ///
  /// @param sql the whole query string the positions refer to
  public static String textOf(SqlNode node, String sql) {
    int start = sql.offsetByCodePoints(0, of(node) - 1);
    return sql.substring(start, sql.offsetByCodePoints(start, endOf(node) - of(node) + 1));
  }
}
