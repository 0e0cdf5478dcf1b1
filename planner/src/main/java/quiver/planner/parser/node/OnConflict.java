package quiver.planner.parser.node;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/// `ON CONFLICT [target] DO NOTHING | DO UPDATE SET … [WHERE …]`.
///
/// @param assignments empty for DO NOTHING
public record OnConflict(
    Target target,
    boolean update,
    List<Assignment> assignments,
    @Nullable SqlNode where,
    int position) {
  public OnConflict {
    assignments = List.copyOf(assignments);
  }

  /// Which conflicts are meant.
  public sealed interface Target {}

  /// Any conflict.
  public record Any() implements Target {}

  /// `ON CONSTRAINT name`.
  public record OnConstraint(SqlIdentifier name) implements Target {}

  /// `(columns or expressions) [WHERE predicate]`.
  ///
  /// @param position of the parenthesis
  public record OnColumns(List<IndexElement> elements, @Nullable SqlNode where, int position)
      implements Target {
    public OnColumns {
      elements = List.copyOf(elements);
    }
  }
}
