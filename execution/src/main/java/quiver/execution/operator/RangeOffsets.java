package quiver.execution.operator;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.function.FunctionRegistry;
import quiver.common.plan.PlanNode;
import quiver.common.plan.WindowFrame;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.DatumOrder;
import quiver.common.value.Interval;
import quiver.common.value.Numeric;
import quiver.execution.expression.FunctionLibrary;
import quiver.execution.function.FunctionContext;
import quiver.execution.function.ScalarFunction;

/// Arithmetic on the ORDER BY key of a RANGE frame with offsets: PostgreSQL's `in_range` support
/// functions. Immutable.
final class RangeOffsets {
  private static final long MICROS_PER_DAY = 86_400_000_000L;

  private final SqlType keyType;
  private final Optional<ScalarFunction> plus;
  private final Optional<ScalarFunction> minus;

  private RangeOffsets(
      SqlType keyType, Optional<ScalarFunction> plus, Optional<ScalarFunction> minus) {
    this.keyType = keyType;
    this.plus = plus;
    this.minus = minus;
  }

  /// The arithmetic a window needs; empty when its frame has no RANGE offset.
  static Optional<RangeOffsets> compile(PlanNode.Window window, FunctionLibrary library) {
    WindowFrame frame = window.frame();
    boolean needed =
        frame.mode() == WindowFrame.Mode.RANGE
            && (frame.start().offset().isPresent() || frame.end().offset().isPresent());
    if (!needed) {
      return Optional.empty();
    }
    SqlType type = window.input().outputTypes().get(window.order().getFirst().column());
    return Optional.of(
        switch (type.base()) {
          case INT2, INT4, INT8, FLOAT4, FLOAT8, NUMERIC, TIME, TIMETZ ->
              new RangeOffsets(type, Optional.empty(), Optional.empty());
          case DATE, TIMESTAMP, TIMESTAMPTZ, INTERVAL ->
              new RangeOffsets(
                  type, shift(type.base(), "pl", library), shift(type.base(), "mi", library));
          default ->
              throw new QuiverException(
                  SqlState.FEATURE_NOT_SUPPORTED,
                  "RANGE with offset PRECEDING/FOLLOWING is not supported for column type %s",
                  type.sqlName());
        });
  }

  private static Optional<ScalarFunction> shift(
      BaseType type, String operation, FunctionLibrary library) {
    String name =
        type == BaseType.INTERVAL
            ? "interval_" + operation
            : type.typeName() + "_" + operation + "_interval";
    String key = name + "(" + type.typeName() + ",interval)";
    return FunctionRegistry.standard().function(key).map(library::scalar);
  }

  /// @throws QuiverException `22013` for a negative offset
  void check(Object offset) {
    boolean negative =
        switch (offset) {
          case Long number -> number < 0;
          case Double number -> number < 0 || number.isNaN();
          case Numeric number -> number.signum() < 0 || number.isNaN();
          case Interval interval -> interval.compareTo(Interval.ZERO) < 0;
          default -> false;
        };
    if (negative) {
      throw new QuiverException(
          SqlState.INVALID_PRECEDING_OR_FOLLOWING_SIZE,
          "invalid preceding or following size in window function");
    }
  }

  /// The sign of `value - (base ± offset)`.
  int compare(FunctionContext context, Object value, Object base, Object offset, boolean subtract) {
    return switch (base) {
      case Long number when offset instanceof Long by ->
          compareLongs((Long) value, number, by, subtract);
      case Double number -> {
        double by = (Double) offset;
        yield DatumOrder.compareDoubles((Double) value, subtract ? number - by : number + by);
      }
      case Numeric number -> {
        Numeric by = (Numeric) offset;
        yield ((Numeric) value).compareTo(subtract ? number.subtract(by) : number.add(by));
      }
      default -> compareShifted(context, value, base, (Interval) offset, subtract);
    };
  }

  /// @param by not negative
  private static int compareLongs(long value, long base, long by, boolean subtract) {
    long shifted = subtract ? base - by : base + by;
    boolean overflows = subtract ? shifted > base : shifted < base;
    return overflows ? (subtract ? 1 : -1) : Long.compare(value, shifted);
  }

  private int compareShifted(
      FunctionContext context, Object value, Object base, Interval offset, boolean subtract) {
    if (keyType.base() == BaseType.TIME) {
      long shifted = (Long) base + (subtract ? -offset.micros() : offset.micros());
      return Long.compare((Long) value, shifted);
    }
    ScalarFunction shift =
        (subtract ? minus : plus)
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.FEATURE_NOT_SUPPORTED,
                    "RANGE with offset PRECEDING/FOLLOWING is not supported for column type"
                        + " %s",
                    keyType.sqlName()));
    Object shifted = shift.call(context, new @Nullable Object[] {base, offset});
    if (shifted == null) {
      throw new IllegalStateException("interval arithmetic gave NULL");
    }
    if (keyType.base() == BaseType.DATE) {
      // date ± interval is a timestamp.
      return Long.compare(dateToMicros((Long) value), (Long) shifted);
    }
    return DatumOrder.of(keyType).compare(value, shifted);
  }

  private static long dateToMicros(long days) {
    return days == Long.MIN_VALUE || days == Long.MAX_VALUE ? days : days * MICROS_PER_DAY;
  }
}
