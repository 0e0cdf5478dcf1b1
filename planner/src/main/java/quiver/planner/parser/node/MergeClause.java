package quiver.planner.parser.node;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/// One `WHEN [NOT] MATCHED [AND condition] THEN action` of MERGE.
public record MergeClause(boolean matched, @Nullable SqlNode condition, Action action) {
  /// What is done with the row.
  public sealed interface Action {}

  /// `UPDATE SET …`.
  public record Update(List<Assignment> assignments) implements Action {
    public Update {
      assignments = List.copyOf(assignments);
    }
  }

  /// `DELETE`.
  public record Delete() implements Action {}

  /// `INSERT [(columns)] VALUES (values)`; `values` is empty for DEFAULT VALUES.
  public record Insert(
      List<SqlIdentifier> columns, Statement.Overriding overriding, List<SqlNode> values)
      implements Action {
    public Insert {
      columns = List.copyOf(columns);
      values = List.copyOf(values);
    }
  }

  /// `DO NOTHING`.
  public record Nothing() implements Action {}
}
