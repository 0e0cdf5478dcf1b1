package quiver.planner.parser.node;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/// The inside of `OVER (…)` or of `WINDOW name AS (…)`.
///
/// @param base the window that is refined, or null
/// @param frame null where none is written (RANGE UNBOUNDED PRECEDING)
public record WindowSpecification(
    @Nullable SqlIdentifier base,
    List<SqlNode> partitionBy,
    List<OrderItem> orderBy,
    @Nullable Frame frame,
    int position) {
  public WindowSpecification {
    partitionBy = List.copyOf(partitionBy);
    orderBy = List.copyOf(orderBy);
  }

  /// What the bounds of a frame count.
  public enum Mode {
    ROWS,
    RANGE,
    GROUPS
  }

  /// Where a frame begins or ends.
  public enum BoundKind {
    UNBOUNDED_PRECEDING,
    PRECEDING,
    CURRENT_ROW,
    FOLLOWING,
    UNBOUNDED_FOLLOWING
  }

  /// Rows of the frame that are left out.
  public enum Exclusion {
    NO_OTHERS,
    CURRENT_ROW,
    GROUP,
    TIES
  }

  /// One end of a frame; `offset` is present for PRECEDING and FOLLOWING only.
  public record Bound(BoundKind kind, @Nullable SqlNode offset, int position) {}

  /// A frame clause; a frame written with one bound ends at the current row.
  public record Frame(Mode mode, Bound start, Bound end, Exclusion exclusion) {}

  /// One entry of the WINDOW clause.
  public record Named(SqlIdentifier name, WindowSpecification window) {}
}
