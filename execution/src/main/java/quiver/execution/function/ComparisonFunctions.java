package quiver.execution.function;

import java.time.ZoneId;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import quiver.common.format.DateTimes;
import quiver.common.format.TimeZones;
import quiver.common.function.FunctionSignature;
import quiver.common.function.OperatorSignature;
import quiver.common.type.BaseType;
import quiver.common.type.Layout;
import quiver.common.type.SqlType;
import quiver.common.value.DatumOrder;

/// `= <> < <= > >=` of every type, and the pattern operators `~<~` and the like.
final class ComparisonFunctions {
  private static final Map<String, IntPredicate> TESTS =
      Map.of(
          "=", sign -> sign == 0,
          "<>", sign -> sign != 0,
          "<", sign -> sign < 0,
          "<=", sign -> sign <= 0,
          ">", sign -> sign > 0,
          ">=", sign -> sign >= 0,
          "~<~", sign -> sign < 0,
          "~<=~", sign -> sign <= 0,
          "~>~", sign -> sign > 0,
          "~>=~", sign -> sign >= 0);

  private static final Set<BaseType> TIMES =
      Set.of(BaseType.DATE, BaseType.TIMESTAMP, BaseType.TIMESTAMPTZ);

  private static final Set<BaseType> VECTORS =
      Set.of(BaseType.VECTOR, BaseType.HALFVEC, BaseType.SPARSEVEC);

  private ComparisonFunctions() {}

  static void addTo(FunctionTable table) {
    for (OperatorSignature operator : table.registry().operators()) {
      IntPredicate test = TESTS.get(operator.symbol());
      if (test == null || VECTORS.contains(operator.right().base())) {
        continue;
      }
      FunctionSignature function = operator.function();
      SqlType left = function.arguments().get(0);
      SqlType right = function.arguments().get(1);
      if (left.base() != right.base() && TIMES.contains(left.base())) {
        table.one(
            function.key(),
            (context, arguments) ->
                test.test(compareTimes(context, left.base(), right.base(), arguments)));
      } else {
        Comparator<Object> order = order(left, right);
        table.one(
            function.key(),
            (_, arguments) ->
                test.test(
                    order.compare(Arguments.value(arguments, 0), Arguments.value(arguments, 1))));
      }
    }
  }

  private static Comparator<Object> order(SqlType left, SqlType right) {
    if (left.base().isPseudo()) {
      return DatumOrder.of(left.base() == BaseType.RECORD ? left : SqlType.arrayOf(BaseType.INT4));
    }
    if (left.base() != right.base() && left.layout() == Layout.LONG) {
      return (a, b) -> Long.compare((Long) a, (Long) b);
    }
    return DatumOrder.of(left);
  }

  private static int compareTimes(
      FunctionContext context, BaseType left, BaseType right, @Nullable Object[] arguments) {
    boolean zoned = left == BaseType.TIMESTAMPTZ || right == BaseType.TIMESTAMPTZ;
    ZoneId zone = context.format().zone();
    return Long.compare(
        instant(Arguments.integer(arguments, 0), left, zoned, zone),
        instant(Arguments.integer(arguments, 1), right, zoned, zone));
  }

  /// A date beyond the range of timestamps is later than all of them, but for infinity.
  private static long instant(long value, BaseType type, boolean zoned, ZoneId zone) {
    if (DateTimes.isInfinite(value) || type == BaseType.TIMESTAMPTZ) {
      return value;
    }
    long local = value;
    if (type == BaseType.DATE) {
      if (value >= Long.MAX_VALUE / DateTimes.MICROS_PER_DAY) {
        return DateTimes.INFINITY - 1;
      }
      local = value * DateTimes.MICROS_PER_DAY;
    }
    return zoned
        ? local - TimeZones.offsetAtLocal(zone, local) * DateTimes.MICROS_PER_SECOND
        : local;
  }
}
