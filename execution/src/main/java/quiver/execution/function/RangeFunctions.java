package quiver.execution.function;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.function.FunctionSignature;
import quiver.common.type.RangeFamily;
import quiver.common.value.ArrayValue;
import quiver.common.value.MultirangeValue;
import quiver.common.value.RangeValue;

/// Functions and operators of ranges and multiranges. Where one of each meets, the range counts as
/// the multirange of it alone. Source: PostgreSQL 15, section 9.20.
final class RangeFunctions {
  private RangeFunctions() {}

  static void addTo(FunctionTable table) {
    constructors(table);
    ends(table);
    ofRanges(table);
    ofMultiranges(table);
    ofValues(table);
  }

  private static RangeValue range(@Nullable Object[] arguments, int index) {
    return (RangeValue) Arguments.value(arguments, index);
  }

  private static MultirangeValue multirange(@Nullable Object[] arguments, int index) {
    Object value = Arguments.value(arguments, index);
    return value instanceof RangeValue range ? MultirangeValue.of(range) : (MultirangeValue) value;
  }

  private static void constructors(FunctionTable table) {
    for (RangeFamily family : RangeFamily.values()) {
      table.all(family.range().typeName(), (_, a) -> made(family, a));
      for (FunctionSignature signature :
          table.registry().functions(family.multirange().typeName())) {
        table.one(signature.key(), (_, a) -> collected(family, a));
      }
    }
    table.all("multirange", (_, a) -> MultirangeValue.of(range(a, 0)));
  }

  private static RangeValue made(RangeFamily family, @Nullable Object[] arguments) {
    String flags = "[)";
    if (arguments.length > 2) {
      if (arguments[2] == null) {
        throw new QuiverException(
            SqlState.DATA_EXCEPTION, "range constructor flags argument must not be null");
      }
      flags = Arguments.text(arguments, 2);
    }
    if (!flags.matches("[\\[(][\\])]")) {
      throw new QuiverException(SqlState.SYNTAX_ERROR, "invalid range bound flags")
          .withHint("Valid values are \"[]\", \"[)\", \"(]\", and \"()\".");
    }
    return RangeValue.of(
        family, arguments[0], flags.startsWith("["), arguments[1], flags.endsWith("]"));
  }

  private static MultirangeValue collected(RangeFamily family, @Nullable Object[] arguments) {
    List<RangeValue> ranges = new ArrayList<>();
    for (Object argument : arguments) {
      switch (argument) {
        case RangeValue range -> ranges.add(range);
        case ArrayValue array -> {
          for (Object element : array.elements()) {
            ranges.add(member(element));
          }
        }
        case null, default -> ranges.add(member(argument));
      }
    }
    return MultirangeValue.of(family, ranges);
  }

  private static RangeValue member(@Nullable Object value) {
    if (value instanceof RangeValue range) {
      return range;
    }
    throw new QuiverException(
        SqlState.NULL_VALUE_NOT_ALLOWED, "multirange values cannot contain null members");
  }

  private static void ends(FunctionTable table) {
    end(table, "lower", range -> range.lower().orElse(null));
    end(table, "upper", range -> range.upper().orElse(null));
    end(table, "isempty", RangeValue::isEmpty);
    end(table, "lower_inc", RangeValue::lowerInclusive);
    end(table, "upper_inc", RangeValue::upperInclusive);
    end(table, "lower_inf", RangeValue::lowerInfinite);
    end(table, "upper_inf", RangeValue::upperInfinite);
  }

  private interface End {
    @Nullable Object of(RangeValue range);
  }

  /// The ends of a multirange are those of the range from its first to its last.
  private static void end(FunctionTable table, String name, End end) {
    table
        .one(name + "(anyrange)", (_, a) -> end.of(range(a, 0)))
        .one(name + "(anymultirange)", (_, a) -> end.of(multirange(a, 0).span()));
  }

  private static void ofRanges(FunctionTable table) {
    test(table, "range_contains", RangeValue::contains);
    test(table, "range_contained_by", (left, right) -> right.contains(left));
    test(table, "range_overlaps", RangeValue::overlaps);
    test(table, "range_adjacent", RangeValue::isAdjacentTo);
    test(table, "range_before", RangeValue::isBefore);
    test(table, "range_after", (left, right) -> right.isBefore(left));
    table
        .all("range_overleft", (_, a) -> multirange(a, 0).endsNoLaterThan(multirange(a, 1)))
        .all("range_overright", (_, a) -> multirange(a, 0).startsNoEarlierThan(multirange(a, 1)));
    make(table, "range_union", RangeValue::union);
    make(table, "range_intersect", RangeValue::intersect);
    make(table, "range_minus", RangeValue::minus);
    table
        .one("range_merge(anyrange,anyrange)", (_, a) -> range(a, 0).merge(range(a, 1)))
        .one("range_merge(anymultirange)", (_, a) -> multirange(a, 0).span());
  }

  private static void test(
      FunctionTable table, String name, BiPredicate<RangeValue, RangeValue> test) {
    table.all(name, (_, a) -> test.test(range(a, 0), range(a, 1)));
  }

  private static void make(
      FunctionTable table, String name, BiFunction<RangeValue, RangeValue, RangeValue> make) {
    table.all(name, (_, a) -> make.apply(range(a, 0), range(a, 1)));
  }

  private static void ofMultiranges(FunctionTable table) {
    both(table, "overlaps", MultirangeValue::overlaps);
    both(table, "adjacent", MultirangeValue::isAdjacentTo);
    both(table, "before", MultirangeValue::isBefore);
    both(table, "after", (left, right) -> right.isBefore(left));
    both(table, "overleft", MultirangeValue::endsNoLaterThan);
    both(table, "overright", MultirangeValue::startsNoEarlierThan);
    for (String name :
        List.of(
            "multirange_contains_range",
            "multirange_contains_multirange",
            "range_contains_multirange")) {
      table.all(name, (_, a) -> multirange(a, 0).contains(multirange(a, 1)));
    }
    for (String name :
        List.of(
            "range_contained_by_multirange",
            "multirange_contained_by_multirange",
            "multirange_contained_by_range")) {
      table.all(name, (_, a) -> multirange(a, 1).contains(multirange(a, 0)));
    }
    table
        .all("multirange_union", (_, a) -> multirange(a, 0).union(multirange(a, 1)))
        .all("multirange_intersect", (_, a) -> multirange(a, 0).intersect(multirange(a, 1)))
        .all("multirange_minus", (_, a) -> multirange(a, 0).minus(multirange(a, 1)));
  }

  /// A test of two multiranges, and of one and a range on either side.
  private static void both(
      FunctionTable table, String test, BiPredicate<MultirangeValue, MultirangeValue> predicate) {
    for (String sides :
        List.of("range_%_multirange", "multirange_%_range", "multirange_%_multirange")) {
      table.all(
          sides.replace("%", test), (_, a) -> predicate.test(multirange(a, 0), multirange(a, 1)));
    }
  }

  private static void ofValues(FunctionTable table) {
    table
        .all(
            "range_contains_elem",
            (_, a) -> range(a, 0).containsValue(Objects.requireNonNull(a[1])))
        .all(
            "elem_contained_by_range",
            (_, a) -> range(a, 1).containsValue(Objects.requireNonNull(a[0])))
        .all(
            "multirange_contains_elem",
            (_, a) -> multirange(a, 0).containsValue(Objects.requireNonNull(a[1])))
        .all(
            "elem_contained_by_multirange",
            (_, a) -> multirange(a, 1).containsValue(Objects.requireNonNull(a[0])));
  }
}
