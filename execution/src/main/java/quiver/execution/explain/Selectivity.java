package quiver.execution.explain;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import quiver.common.expression.Expression;
import quiver.common.function.ComparisonKind;
import quiver.common.type.BaseType;
import quiver.common.value.ArrayValue;

/// The share of rows for which a condition is true: by what ANALYZE has found of the columns, or as
/// PostgreSQL guesses it without that. Used by one thread.
final class Selectivity {
  private static final double EQUAL = 0.005;
  private static final double BOUND = 1.0 / 3;
  private static final double RANGE = 0.005;
  private static final double NULL = 0.005;
  private static final double TRUTH = 0.5;
  private static final double IMPOSSIBLE = 1e-10;

  /// Elements of a list whose number is not known.
  private static final int ELEMENTS = 10;

  private final IntFunction<Optional<KnownColumn>> columns;
  private final @Nullable Object[] parameters;

  /// @param columns what is known of the input's columns
  /// @param parameters values of `$1 …`; may be shorter than the plan's
  Selectivity(IntFunction<Optional<KnownColumn>> columns, @Nullable Object[] parameters) {
    this.columns = columns;
    this.parameters = parameters;
  }

  double of(Expression condition) {
    return KnownColumn.clamp(share(condition));
  }

  private double share(Expression condition) {
    return switch (condition) {
      case Expression.And(var terms) -> all(terms);
      case Expression.Or(var terms) -> {
        double share = 0;
        for (Expression term : terms) {
          double one = of(term);
          share = share + one - share * one;
        }
        yield share;
      }
      case Expression.Not(Expression.IsNull(Expression operand)) ->
          1 - column(operand).map(known -> known.profile().nullFraction()).orElse(NULL);
      case Expression.Not(Expression operand) -> {
        double nulls = column(operand).map(known -> known.profile().nullFraction()).orElse(0.0);
        yield 1 - of(operand) - nulls;
      }
      case Expression.IsNull(Expression operand) ->
          column(operand).map(known -> known.profile().nullFraction()).orElse(NULL);
      case Expression.Constant(Object value, var _) -> Boolean.TRUE.equals(value) ? 1 : 0;
      case Expression.InputColumn column ->
          column(column).map(known -> known.equalTo(true)).orElse(TRUTH);
      case Expression.Call call -> call(call);
      case Expression.AnyAll any -> anyAll(any);
      default -> TRUTH;
    };
  }

  /// Bounds from both sides of one column are one range.
  private double all(List<Expression> terms) {
    double share = 1;
    Map<Expression, Double> lower = new HashMap<>();
    Map<Expression, Double> upper = new HashMap<>();
    for (Expression term : terms) {
      Optional<Comparison> comparison = comparison(term).filter(Comparison::isBound);
      if (comparison.isEmpty()) {
        share *= of(term);
        continue;
      }
      Map<Expression, Double> side = comparison.get().isUpper() ? upper : lower;
      side.merge(comparison.get().operand(), of(term), Math::min);
    }
    Set<Expression> bounded = new HashSet<>(lower.keySet());
    bounded.addAll(upper.keySet());
    for (Expression operand : bounded) {
      share *= range(operand, lower.get(operand), upper.get(operand));
    }
    return share;
  }

  private double range(Expression operand, @Nullable Double from, @Nullable Double to) {
    if (from == null || to == null) {
      return from != null ? from : to != null ? to : 1;
    }
    Optional<KnownColumn> known = column(operand);
    if (known.isEmpty() || (from == BOUND && to == BOUND)) {
      return RANGE;
    }
    double share = from + to - 1 + known.get().profile().nullFraction();
    return share > 0 ? share : share < -0.01 ? RANGE : IMPOSSIBLE;
  }

  /// A comparison of a column with something else.
  private record Comparison(ComparisonKind kind, Expression operand, Expression other) {
    boolean isBound() {
      return kind != ComparisonKind.EQ && kind != ComparisonKind.NE;
    }

    boolean isUpper() {
      return kind == ComparisonKind.LT || kind == ComparisonKind.LE;
    }
  }

  private static Optional<Comparison> comparison(Expression expression) {
    if (!(expression instanceof Expression.Call call) || call.arguments().size() != 2) {
      return Optional.empty();
    }
    Expression left = plain(call.arguments().get(0));
    Expression right = plain(call.arguments().get(1));
    return ComparisonKind.of(call.function())
        .flatMap(kind ->
            left instanceof Expression.InputColumn
                ? Optional.of(new Comparison(kind, left, right))
                : right instanceof Expression.InputColumn
                    ? Optional.of(new Comparison(kind.swapped(), right, left))
                    : Optional.empty());
  }

  /// Without casts that change nothing of a text.
  private static Expression plain(Expression expression) {
    return expression instanceof Expression.Cast(Expression operand, var type, var _)
            && !type.array()
            && !operand.type().array()
            && type.base() == BaseType.TEXT
            && operand.type().base() == BaseType.VARCHAR
        ? operand
        : expression;
  }

  private Optional<KnownColumn> column(Expression expression) {
    return plain(expression) instanceof Expression.InputColumn(int index, var _)
        ? columns.apply(index)
        : Optional.empty();
  }

  private double call(Expression.Call call) {
    if (call.arguments().size() != 2) {
      return BOUND;
    }
    Optional<Comparison> comparison = comparison(call);
    if (comparison.isPresent()) {
      return compared(comparison.get());
    }
    return switch (call.function().name()) {
      case "textlike", "bpcharlike", "starts_with", "texticlike", "textregexeq" -> EQUAL;
      case "textnlike", "texticnlike", "textregexne" -> 1 - EQUAL;
      case "jsonb_contains", "jsonb_contained", "arraycontains", "arraycontained", "jsonb_exists" ->
          0.01;
      default -> ComparisonKind.of(call.function()).map(Selectivity::guess).orElse(BOUND);
    };
  }

  private double compared(Comparison comparison) {
    Optional<KnownColumn> left = column(comparison.operand());
    Optional<KnownColumn> right = column(comparison.other());
    if (left.isEmpty() && right.isEmpty()) {
      return guess(comparison.kind());
    }
    if (comparison.other() instanceof Expression.InputColumn) {
      double equal = KnownColumn.join(left.orElse(null), right.orElse(null));
      return switch (comparison.kind()) {
        case EQ -> equal;
        case NE -> 1 - equal;
        default -> BOUND;
      };
    }
    KnownColumn known = left.orElseThrow();
    Optional<Optional<Object>> value = value(comparison.other());
    if (value.isPresent() && value.get().isEmpty()) {
      return 0;
    }
    Optional<Object> constant = value.flatMap(one -> one);
    return switch (comparison.kind()) {
      case EQ -> equal(known, constant);
      case NE -> 1 - equal(known, constant) - known.profile().nullFraction();
      default ->
          constant.filter(known::isComparable).isPresent()
              ? known.beyond(comparison.kind(), constant.get())
              : BOUND;
    };
  }

  private static double equal(KnownColumn known, Optional<Object> constant) {
    return constant.map(known::equalTo).orElseGet(known::equalToSome);
  }

  /// The value of an expression, if it is known; the inner one is empty for NULL.
  private Optional<Optional<Object>> value(Expression expression) {
    return switch (expression) {
      case Expression.Constant(Object value, var _) -> Optional.of(Optional.ofNullable(value));
      case Expression.Parameter(int index, var _) when index < parameters.length ->
          Optional.of(Optional.ofNullable(parameters[index]));
      default -> Optional.empty();
    };
  }

  private double anyAll(Expression.AnyAll any) {
    Optional<ComparisonKind> kind = ComparisonKind.of(any.comparison());
    Optional<KnownColumn> known = column(any.left());
    Optional<@Nullable Object[]> elements = elements(any.array());
    if (!any.all()
        && kind.filter(one -> one == ComparisonKind.EQ).isPresent()
        && known.isPresent()) {
      if (elements.isEmpty()) {
        return Math.min(1, ELEMENTS * known.get().equalToSome());
      }
      double share = 0;
      for (@Nullable Object element : elements.get()) {
        share += element == null ? 0 : known.get().equalTo(element);
      }
      return share;
    }
    double one = kind.map(Selectivity::guess).orElse(TRUTH);
    int count =
        any.array() instanceof Expression.ArrayOf(var listed, var _)
            ? listed.size()
            : elements.map(found -> found.length).orElse(ELEMENTS);
    return any.all() ? Math.pow(one, count) : Math.min(1, one * count);
  }

  private Optional<@Nullable Object[]> elements(Expression array) {
    if (array instanceof Expression.ArrayOf(var listed, var _)) {
      @Nullable Object[] values = new @Nullable Object[listed.size()];
      for (int i = 0; i < values.length; i++) {
        Optional<Optional<Object>> value = value(listed.get(i));
        if (value.isEmpty()) {
          return Optional.empty();
        }
        values[i] = value.get().orElse(null);
      }
      return Optional.of(values);
    }
    return value(array)
        .flatMap(one -> one)
        .filter(ArrayValue.class::isInstance)
        .map(value -> ((ArrayValue) value).elements());
  }

  private static double guess(ComparisonKind kind) {
    return switch (kind) {
      case EQ -> EQUAL;
      case NE -> 1 - EQUAL;
      case LT, LE, GT, GE -> BOUND;
    };
  }
}
