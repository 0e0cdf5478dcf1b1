package quiver.execution.operator;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import quiver.common.function.FunctionSignature;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.common.value.DatumOrder;
import quiver.common.value.Numeric;
import quiver.execution.aggregate.JsonConversion;
import quiver.execution.expression.FunctionLibrary;
import quiver.execution.function.ColumnKernel;
import quiver.execution.function.FunctionContext;
import quiver.execution.function.ScalarFunction;
import quiver.execution.function.SetFunction;

/// The few functions that tests of the engine itself call.
final class TestLibrary implements FunctionLibrary {
  private static final Pattern COMPARISON = Pattern.compile(".*(eq|ne|lt|le|gt|ge)");

  /// Calls of functions row by row, to see what was evaluated.
  int calls;

  @Override
  public ScalarFunction scalar(
      FunctionSignature function, List<SqlType> argumentTypes, SqlType resultType) {
    ScalarFunction found = find(function, argumentTypes);
    return (context, arguments) -> {
      calls++;
      return found.call(context, arguments);
    };
  }

  private static ScalarFunction find(FunctionSignature function, List<SqlType> types) {
    Matcher comparison = COMPARISON.matcher(function.name());
    if (function.result().equals(SqlType.BOOL) && comparison.matches()) {
      DatumOrder order = DatumOrder.of(types.getFirst());
      return (_, a) -> holds(comparison.group(1), order.compare(a[0], a[1]));
    }
    return switch (function.name()) {
      case "numeric_add" -> (_, a) -> ((Numeric) a[0]).add((Numeric) a[1]);
      case "upper" -> (_, a) -> ((String) a[0]).toUpperCase(java.util.Locale.ROOT);
      case "date_pl_interval", "timestamp_pl_interval" ->
          (_, a) -> (Long) a[0] + ((quiver.common.value.Interval) a[1]).micros();
      case "timestamp_mi_interval" ->
          (_, a) -> (Long) a[0] - ((quiver.common.value.Interval) a[1]).micros();
      default -> throw new IllegalArgumentException(function.key());
    };
  }

  private static boolean holds(String operator, int sign) {
    return switch (operator) {
      case "eq" -> sign == 0;
      case "ne" -> sign != 0;
      case "lt" -> sign < 0;
      case "le" -> sign <= 0;
      case "gt" -> sign > 0;
      default -> sign >= 0;
    };
  }

  @Override
  public Optional<ColumnKernel> kernel(FunctionSignature function) {
    return Optional.empty();
  }

  @Override
  public SetFunction setReturning(
      FunctionSignature function, List<SqlType> argumentTypes, SqlType resultType) {
    return (_, a) -> rows(LongStream.rangeClosed((Long) a[0], (Long) a[1]).iterator());
  }

  private static Iterator<@Nullable Object[]> rows(Iterator<Long> values) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return values.hasNext();
      }

      @Override
      public @Nullable Object[] next() {
        return new @Nullable Object[] {values.next()};
      }
    };
  }

  @Override
  public Conversion conversion(SqlType from, SqlType to, CastContext context) {
    return (_, datum) ->
        switch (to.base()) {
          case NUMERIC -> Numeric.of(datum.toString());
          case FLOAT8 -> Double.valueOf(datum.toString());
          case TEXT -> datum.toString();
          default -> Long.valueOf(datum.toString());
        };
  }

  @Override
  public JsonConversion json(FunctionContext context) {
    return new JsonConversion() {
      @Override
      public String toJson(SqlType type, @Nullable Object datum) {
        return String.valueOf(datum);
      }

      @Override
      public quiver.common.value.Jsonb toJsonb(SqlType type, @Nullable Object datum) {
        return quiver.common.value.Jsonb.parse(String.valueOf(datum));
      }

      @Override
      public String toKey(SqlType type, Object datum) {
        return datum.toString();
      }
    };
  }
}
