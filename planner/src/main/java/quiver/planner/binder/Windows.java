package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.WindowFrame;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.WindowRel;
import quiver.planner.parser.node.Expression;
import quiver.planner.parser.node.OrderItem;
import quiver.planner.parser.node.Over;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.WindowSpecification;

/// OVER clauses.
final class Windows {
  private final Binding binding;
  private final ExpressionBinder expressions;
  private final Placeholders placeholders;
  private final Map<String, WindowSpecification> named;

  Windows(
      Binding binding,
      ExpressionBinder expressions,
      Placeholders placeholders,
      Map<String, WindowSpecification> named) {
    this.binding = binding;
    this.expressions = expressions;
    this.placeholders = placeholders;
    this.named = Map.copyOf(named);
  }

  RexNode bind(Expression.Function e, Calls.Resolved resolved, Clause clause) {
    WindowSpecification window =
        switch (java.util.Objects.requireNonNull(e.over())) {
          case Over.Named(SqlIdentifier name) -> find(name);
          case Over.Inline(WindowSpecification inline) -> merged(inline);
        };
    List<RexNode> operands = new ArrayList<>(resolved.arguments());
    for (RexNode argument : operands) {
      if (Calls.contains(argument, Form.Placeholder.Kind.WINDOW)) {
        throw new QuiverException(
            SqlState.WINDOWING_ERROR, "window function calls cannot be nested");
      }
    }
    int argumentCount = operands.size();
    SqlNode filter = e.filter();
    if (filter != null) {
      operands.add(expressions.bindCondition(filter, Clause.FILTER, "FILTER"));
    }
    for (SqlNode key : window.partitionBy()) {
      operands.add(binding.coercions().known(expressions.bind(key, Clause.WINDOW)));
    }
    List<Placeholders.Direction> order = new ArrayList<>();
    @Nullable SqlType orderType = null;
    for (OrderItem item : window.orderBy()) {
      RexNode key = binding.coercions().known(expressions.bind(item.expression(), Clause.WINDOW));
      orderType = Rex.type(key);
      operands.add(key);
      order.add(new Placeholders.Direction(item.descending(), item.nullsFirst()));
    }
    return placeholders.add(
        new Placeholders.Window(
            resolved.signature(),
            argumentCount,
            filter != null,
            window.partitionBy().size(),
            order,
            frame(window.frame(), order.size(), orderType),
            resolved.function().result()),
        operands);
  }

  private WindowSpecification find(SqlIdentifier name) {
    WindowSpecification window = named.get(name.getSimple());
    if (window == null) {
      throw new QuiverException(
              SqlState.UNDEFINED_OBJECT, "window \"%s\" does not exist", name.getSimple())
          .at(Positions.of(name));
    }
    return merged(window);
  }

  /// A window with the one it refines filled in.
  private WindowSpecification merged(WindowSpecification window) {
    SqlIdentifier baseName = window.base();
    if (baseName == null) {
      return window;
    }
    WindowSpecification base = find(baseName);
    String name = baseName.getSimple();
    if (!window.partitionBy().isEmpty()) {
      throw new QuiverException(
              SqlState.WINDOWING_ERROR,
              "cannot override PARTITION BY clause of window \"%s\"",
              name)
          .at(window.position());
    }
    if (!window.orderBy().isEmpty() && !base.orderBy().isEmpty()) {
      throw new QuiverException(
              SqlState.WINDOWING_ERROR, "cannot override ORDER BY clause of window \"%s\"", name)
          .at(window.position());
    }
    if (base.frame() != null) {
      throw new QuiverException(
              SqlState.WINDOWING_ERROR,
              "cannot copy window \"%s\" because it has a frame clause",
              name)
          .at(window.position());
    }
    return new WindowSpecification(
        null,
        base.partitionBy(),
        window.orderBy().isEmpty() ? base.orderBy() : window.orderBy(),
        window.frame(),
        window.position());
  }

  private WindowRel.Frame frame(
      WindowSpecification.@Nullable Frame frame, int orderCount, @Nullable SqlType orderType) {
    if (frame == null) {
      return new WindowRel.Frame(WindowFrame.DEFAULT, List.of(), List.of());
    }
    checkBounds(frame);
    boolean hasOffset = frame.start().offset() != null || frame.end().offset() != null;
    if (frame.mode() == WindowSpecification.Mode.RANGE && hasOffset && orderCount != 1) {
      throw new QuiverException(
              SqlState.WINDOWING_ERROR,
              "RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column")
          .at(frame.start().position());
    }
    if (frame.mode() == WindowSpecification.Mode.GROUPS && orderCount == 0) {
      throw new QuiverException(SqlState.WINDOWING_ERROR, "GROUPS mode requires an ORDER BY clause")
          .at(frame.start().position());
    }
    SqlType offsetType =
        frame.mode() == WindowSpecification.Mode.RANGE && orderType != null
            ? rangeOffsetType(orderType, hasOffset)
            : SqlType.INT8;
    WindowFrame shape =
        new WindowFrame(
            WindowFrame.Mode.valueOf(frame.mode().name()),
            bound(frame.start()),
            bound(frame.end()),
            WindowFrame.Exclusion.valueOf(frame.exclusion().name()));
    return new WindowRel.Frame(
        shape,
        offset(frame.start(), offsetType, frame.mode(), orderType),
        offset(frame.end(), offsetType, frame.mode(), orderType));
  }

  private static void checkBounds(WindowSpecification.Frame frame) {
    WindowSpecification.BoundKind start = frame.start().kind();
    WindowSpecification.BoundKind end = frame.end().kind();
    String message = "";
    if (start == WindowSpecification.BoundKind.UNBOUNDED_FOLLOWING) {
      message = "frame start cannot be UNBOUNDED FOLLOWING";
    } else if (end == WindowSpecification.BoundKind.UNBOUNDED_PRECEDING) {
      message = "frame end cannot be UNBOUNDED PRECEDING";
    } else if (start == WindowSpecification.BoundKind.CURRENT_ROW
        && end == WindowSpecification.BoundKind.PRECEDING) {
      message = "frame starting from current row cannot have preceding rows";
    } else if (start == WindowSpecification.BoundKind.FOLLOWING
        && (end == WindowSpecification.BoundKind.PRECEDING
            || end == WindowSpecification.BoundKind.CURRENT_ROW)) {
      message = "frame starting from following row cannot have preceding rows";
    }
    if (!message.isEmpty()) {
      throw QuiverException.ofMessage(SqlState.WINDOWING_ERROR, message)
          .at(frame.start().position());
    }
  }

  private static WindowFrame.Bound bound(WindowSpecification.Bound bound) {
    WindowFrame.BoundKind kind =
        switch (bound.kind()) {
          case UNBOUNDED_PRECEDING -> WindowFrame.BoundKind.UNBOUNDED_PRECEDING;
          case PRECEDING -> WindowFrame.BoundKind.OFFSET_PRECEDING;
          case CURRENT_ROW -> WindowFrame.BoundKind.CURRENT_ROW;
          case FOLLOWING -> WindowFrame.BoundKind.OFFSET_FOLLOWING;
          case UNBOUNDED_FOLLOWING -> WindowFrame.BoundKind.UNBOUNDED_FOLLOWING;
        };
    return new WindowFrame.Bound(kind, Optional.empty());
  }

  /// What RANGE offsets are counted in: the type itself, or intervals for dates and times.
  private static SqlType rangeOffsetType(SqlType orderType, boolean hasOffset) {
    return switch (orderType.base()) {
      case INT2, INT4, INT8 -> SqlType.INT8;
      case FLOAT4, FLOAT8 -> SqlType.FLOAT8;
      case NUMERIC, INTERVAL -> orderType.withoutModifier();
      case DATE, TIME, TIMESTAMP, TIMESTAMPTZ, TIMETZ -> SqlType.of(BaseType.INTERVAL);
      default -> {
        if (hasOffset) {
          throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED,
              "RANGE with offset PRECEDING/FOLLOWING is not supported for column type %s",
              orderType.sqlName());
        }
        yield orderType;
      }
    };
  }

  private List<RexNode> offset(
      WindowSpecification.Bound bound,
      SqlType type,
      WindowSpecification.Mode mode,
      @Nullable SqlType orderType) {
    SqlNode offset = bound.offset();
    if (offset == null) {
      return List.of();
    }
    RexNode bound0 = expressions.bind(offset, Clause.WINDOW);
    if (Variables.hasColumns(bound0)) {
      throw new QuiverException(
              SqlState.INVALID_COLUMN_REFERENCE,
              "argument of %s must not contain variables",
              mode.name())
          .at(Positions.of(offset));
    }
    return List.of(
        binding
            .coercions()
            .tryCoerce(bound0, type, CastContext.IMPLICIT)
            .orElseThrow(
                () -> mismatch(mode, orderType, type, Rex.type(bound0)).at(Positions.of(offset))));
  }

  private static QuiverException mismatch(
      WindowSpecification.Mode mode, @Nullable SqlType orderType, SqlType wanted, SqlType given) {
    return mode == WindowSpecification.Mode.RANGE && orderType != null
        ? new QuiverException(
                SqlState.FEATURE_NOT_SUPPORTED,
                "RANGE with offset PRECEDING/FOLLOWING is not supported for column type %s and"
                    + " offset type %s",
                orderType.sqlName(),
                given.sqlName())
            .withHint("Cast the offset value to an appropriate type.")
        : new QuiverException(
            SqlState.DATATYPE_MISMATCH,
            "argument of %s must be type %s, not type %s",
            mode.name(),
            wanted.sqlName(),
            given.sqlName());
  }
}
