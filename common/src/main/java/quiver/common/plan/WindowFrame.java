package quiver.common.plan;

import java.util.Optional;
import quiver.common.expression.Expression;

/// The frame of a window.
public record WindowFrame(Mode mode, Bound start, Bound end, Exclusion exclusion) {
  /// RANGE UNBOUNDED PRECEDING … CURRENT ROW: SQL's default.
  public static final WindowFrame DEFAULT =
      new WindowFrame(
          Mode.RANGE,
          new Bound(BoundKind.UNBOUNDED_PRECEDING, Optional.empty()),
          new Bound(BoundKind.CURRENT_ROW, Optional.empty()),
          Exclusion.NO_OTHERS);

  /// The unit of offsets.
  public enum Mode {
    ROWS,
    RANGE,
    GROUPS
  }

  /// Where a frame begins or ends.
  public enum BoundKind {
    UNBOUNDED_PRECEDING,
    OFFSET_PRECEDING,
    CURRENT_ROW,
    OFFSET_FOLLOWING,
    UNBOUNDED_FOLLOWING
  }

  /// EXCLUDE.
  public enum Exclusion {
    NO_OTHERS,
    CURRENT_ROW,
    GROUP,
    TIES
  }

  /// @param offset constant or parameter expression of an OFFSET bound
  public record Bound(BoundKind kind, Optional<Expression> offset) {}
}
