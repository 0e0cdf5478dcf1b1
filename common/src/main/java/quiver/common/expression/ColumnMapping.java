package quiver.common.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import quiver.common.expression.Expression.SubscriptBound;

/// The same expression over other input columns.
public final class ColumnMapping {
  private final IntUnaryOperator mapping;

  private ColumnMapping(IntUnaryOperator mapping) {
    this.mapping = mapping;
  }

  /// Replaces every input column by the one at `mapping` of its index.
  public static Expression map(Expression expression, IntUnaryOperator mapping) {
    return new ColumnMapping(mapping).map(expression);
  }

  private Expression map(Expression expression) {
    return switch (expression) {
      case Expression.InputColumn(int index, var type) ->
          new Expression.InputColumn(mapping.applyAsInt(index), type);
      case Expression.Constant _, Expression.Parameter _, Expression.OuterColumn _ -> expression;
      case Expression.Call(var function, var arguments, var type) ->
          new Expression.Call(function, all(arguments), type);
      case Expression.VariadicCall(var function, var arguments, var type) ->
          new Expression.VariadicCall(function, all(arguments), type);
      case Expression.And(var terms) -> new Expression.And(all(terms));
      case Expression.Or(var terms) -> new Expression.Or(all(terms));
      case Expression.Not(var operand) -> new Expression.Not(map(operand));
      case Expression.IsNull(var operand) -> new Expression.IsNull(map(operand));
      case Expression.IsDistinct(var equality, var left, var right) ->
          new Expression.IsDistinct(equality, map(left), map(right));
      case Expression.Case(var branches, var otherwise, var type) ->
          new Expression.Case(
              branches.stream()
                  .map(one -> new Expression.Branch(map(one.condition()), map(one.result())))
                  .toList(),
              map(otherwise),
              type);
      case Expression.Coalesce(var operands, var type) ->
          new Expression.Coalesce(all(operands), type);
      case Expression.Cast(var operand, var type, var context) ->
          new Expression.Cast(map(operand), type, context);
      case Expression.AnyAll(var comparison, boolean all, var left, var array) ->
          new Expression.AnyAll(comparison, all, map(left), map(array));
      case Expression.ArrayOf(var elements, var type) ->
          new Expression.ArrayOf(all(elements), type);
      case Expression.Subscript(var array, var bounds, var type) ->
          new Expression.Subscript(map(array), bounds.stream().map(this::bound).toList(), type);
      case Expression.RowOf(var fields, var names, var type) ->
          new Expression.RowOf(all(fields), names, type);
    };
  }

  private SubscriptBound bound(SubscriptBound bound) {
    return switch (bound) {
      case SubscriptBound.At(var index) -> new SubscriptBound.At(map(index));
      case SubscriptBound.Slice(var from, var to) ->
          new SubscriptBound.Slice(optional(from), optional(to));
    };
  }

  private Optional<Expression> optional(Optional<Expression> expression) {
    return expression.map(this::map);
  }

  private List<Expression> all(List<Expression> expressions) {
    List<Expression> mapped = new ArrayList<>(expressions.size());
    expressions.forEach(one -> mapped.add(map(one)));
    return mapped;
  }
}
