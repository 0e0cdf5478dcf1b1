package quiver.execution.function;

import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.type.BaseType;
import quiver.common.type.EnumLabel;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;

/// What PostgreSQL offers for enums beyond comparisons. Values are ordered as their labels are.
final class EnumFunctions {
  private EnumFunctions() {}

  static void addTo(FunctionTable table) {
    table
        .all("enum_cmp", (_, a) -> (long) compare(a))
        .all("enum_smaller", (_, a) -> compare(a) < 0 ? a[0] : a[1])
        .all("enum_larger", (_, a) -> compare(a) > 0 ? a[0] : a[1])
        .allTyped("enum_first", types -> constant(first(types.argument(0))))
        .allTyped("enum_last", types -> constant(last(types.argument(0))))
        .oneTyped(
            "enum_range(anyenum)", types -> constant(range(labels(types.argument(0)), null, null)))
        .oneTyped(
            "enum_range(anyenum,anyenum)",
            types -> {
              List<EnumLabel> labels = labels(types.argument(0));
              return (_, a) -> range(labels, (Long) a[0], (Long) a[1]);
            });
  }

  private static int compare(@Nullable Object[] arguments) {
    return Long.compare(Arguments.integer(arguments, 0), Arguments.integer(arguments, 1));
  }

  private static ScalarFunction constant(@Nullable Object value) {
    return (_, _) -> value;
  }

  private static List<EnumLabel> labels(SqlType type) {
    return type.requireEnum().labels();
  }

  private static @Nullable Long first(SqlType type) {
    return labels(type).isEmpty() ? null : (Long) labels(type).getFirst().order();
  }

  private static @Nullable Long last(SqlType type) {
    return labels(type).isEmpty() ? null : (Long) labels(type).getLast().order();
  }

  /// @param from the first value; null for that of the enum
  /// @param to the last value; null for that of the enum
  private static ArrayValue range(List<EnumLabel> labels, @Nullable Long from, @Nullable Long to) {
    return ArrayValue.of(
        BaseType.ENUM,
        labels.stream()
            .map(EnumLabel::order)
            .filter(order -> (from == null || order >= from) && (to == null || order <= to))
            .toList());
  }
}
