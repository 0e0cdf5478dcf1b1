package quiver.planner.physical;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;
import quiver.common.expression.Expression;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.common.value.RecordValue;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;

/// Expressions of the algebra as expressions of the plan.
public final class Expressions {
  private final List<SqlType> parameterTypes;
  private final Map<Integer, ColumnMap> outerColumns = new HashMap<>();
  private boolean literalsMatter;

  public Expressions(List<SqlType> parameterTypes) {
    this.parameterTypes = List.copyOf(parameterTypes);
  }

  /// Notes that the plan could have been a better one, had it known the values of parameters: an
  /// index is about one value.
  void noteLiterals() {
    literalsMatter |= !parameterTypes.isEmpty();
  }

  /// Whether a statement with literals should be planned with them.
  public boolean literalsMatter() {
    return literalsMatter;
  }

  /// Makes the columns of an apply's left side known to its right side.
  void bindOuter(int applyId, ColumnMap columns) {
    outerColumns.put(applyId, columns);
  }

  /// A row; one of a composite type that is known here is a constant.
  private static Expression rowOf(List<Expression> fields, List<String> names, SqlType type) {
    boolean isKnown =
        type.isComposite()
            && fields.stream().allMatch(field -> field instanceof Expression.Constant);
    if (!isKnown) {
      return new Expression.RowOf(fields, names, type);
    }
    List<SqlType> types = fields.stream().map(Expression::type).toList();
    @Nullable Object[] values =
        fields.stream().map(field -> ((Expression.Constant) field).value()).toArray();
    return new Expression.Constant(new RecordValue(names, types, values).as(type), type);
  }

  /// An expression without input columns.
  public Expression convert(RexNode node) {
    return convert(node, ColumnMap.empty(0));
  }

  /// An expression over rows of the given number of columns.
  public Expression convertOver(RexNode node, int columnCount) {
    return convert(node, ColumnMap.identity(columnCount));
  }

  Expression convert(RexNode node, ColumnMap columns) {
    return switch (node) {
      case RexInputRef reference ->
          new Expression.InputColumn(columns.get(reference.getIndex()), Rex.type(reference));
      case RexLiteral literal ->
          new Expression.Constant(
              literal.isNull() ? null : literal.getValueAs(Boolean.class), SqlType.BOOL);
      case RexCall call -> call(call, columns);
      default -> throw new IllegalStateException("unexpected expression " + node);
    };
  }

  List<Expression> convertAll(List<? extends RexNode> nodes, ColumnMap columns) {
    List<Expression> converted = new ArrayList<>(nodes.size());
    for (RexNode node : nodes) {
      converted.add(convert(node, columns));
    }
    return converted;
  }

  private Expression call(RexCall call, ColumnMap columns) {
    List<RexNode> operands = call.getOperands();
    Form form = Rex.form(call);
    if (form != null) {
      return opaque(call, form, columns);
    }
    return switch (call.getKind()) {
      case AND -> new Expression.And(convertAll(operands, columns));
      case OR -> new Expression.Or(convertAll(operands, columns));
      case NOT -> new Expression.Not(convert(operands.getFirst(), columns));
      case IS_NULL -> new Expression.IsNull(convert(operands.getFirst(), columns));
      case IS_NOT_NULL ->
          new Expression.Not(new Expression.IsNull(convert(operands.getFirst(), columns)));
      case CAST -> convert(operands.getFirst(), columns);
      default -> throw new IllegalStateException("unexpected expression " + call);
    };
  }

  private Expression opaque(RexCall call, Form form, ColumnMap columns) {
    SqlType type = Rex.type(call);
    List<Expression> operands = convertAll(call.getOperands(), columns);
    return switch (form) {
      case Form.Constant(Object value, SqlType constantType) ->
          new Expression.Constant(value, constantType);
      case Form.Parameter(int index) -> new Expression.Parameter(index, parameterTypes.get(index));
      case Form.Outer(int scope, int index) ->
          new Expression.OuterColumn(
              scope,
              Objects.requireNonNull(outerColumns.get(scope), "apply of an outer column")
                  .get(index),
              type);
      case Form.Call(var function, _) -> new Expression.Call(function, operands, type);
      case Form.VariadicCall(var function) -> new Expression.VariadicCall(function, operands, type);
      case Form.IsDistinct(var equality) ->
          new Expression.IsDistinct(equality, operands.get(0), operands.get(1));
      case Form.Case _ -> caseOf(operands, type);
      case Form.Coalesce _ -> new Expression.Coalesce(operands, type);
      case Form.Cast(var context) ->
          ConstantCasts.fold(operands.getFirst(), type)
              .orElseGet(() -> new Expression.Cast(operands.getFirst(), type, context));
      case Form.AnyAll(var comparison, boolean all) ->
          new Expression.AnyAll(comparison, all, operands.get(0), operands.get(1));
      case Form.ArrayOf _ -> arrayOf(operands, type);
      case Form.Subscript(var bounds) -> subscript(bounds, operands, type);
      case Form.RowOf(var names) -> rowOf(operands, names, type);
      case Form.Placeholder(var kind, _) ->
          throw new IllegalStateException("a placeholder was left: " + kind);
    };
  }

  private static Expression caseOf(List<Expression> operands, SqlType type) {
    List<Expression.Branch> branches = new ArrayList<>();
    for (int i = 0; i + 1 < operands.size(); i += 2) {
      branches.add(new Expression.Branch(operands.get(i), operands.get(i + 1)));
    }
    return new Expression.Case(branches, operands.getLast(), type);
  }

  /// An array of constants is a constant: IN lists.
  private static Expression arrayOf(List<Expression> elements, SqlType type) {
    List<@Nullable Object> values = new ArrayList<>();
    for (Expression element : elements) {
      if (!(element instanceof Expression.Constant(Object value, SqlType elementType))
          || elementType.array()
          || elementType.base() != type.base()) {
        return new Expression.ArrayOf(elements, type);
      }
      values.add(value);
    }
    return new Expression.Constant(
        values.isEmpty() ? ArrayValue.empty(type.base()) : ArrayValue.of(type.base(), values),
        type);
  }

  private static Expression subscript(
      List<Form.Bound> bounds, List<Expression> operands, SqlType type) {
    List<Expression.SubscriptBound> converted = new ArrayList<>();
    int next = 1;
    for (Form.Bound bound : bounds) {
      converted.add(
          switch (bound) {
            case AT -> new Expression.SubscriptBound.At(operands.get(next));
            case SLICE_ALL ->
                new Expression.SubscriptBound.Slice(Optional.empty(), Optional.empty());
            case SLICE_FROM ->
                new Expression.SubscriptBound.Slice(
                    Optional.of(operands.get(next)), Optional.empty());
            case SLICE_TO ->
                new Expression.SubscriptBound.Slice(
                    Optional.empty(), Optional.of(operands.get(next)));
            case SLICE_FROM_TO ->
                new Expression.SubscriptBound.Slice(
                    Optional.of(operands.get(next)), Optional.of(operands.get(next + 1)));
          });
      next +=
          switch (bound) {
            case AT, SLICE_FROM, SLICE_TO -> 1;
            case SLICE_ALL -> 0;
            case SLICE_FROM_TO -> 2;
          };
    }
    return new Expression.Subscript(operands.getFirst(), converted, type);
  }
}
