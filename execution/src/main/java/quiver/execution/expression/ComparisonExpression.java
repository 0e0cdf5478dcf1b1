package quiver.execution.expression;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.ObjectColumn;
import quiver.common.function.FunctionSignature;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.DatumOrder;

/// `left operator right` for numbers, dates, times and texts without a call per row.
final class ComparisonExpression extends CompiledExpression {
  /// How rows are compared.
  private enum Rule {
    LONG,
    DOUBLE,
    TEXT
  }

  private final Rule rule;
  private final Comparison operator;
  private final CompiledExpression left;
  private final CompiledExpression right;

  private ComparisonExpression(
      Rule rule, Comparison operator, CompiledExpression left, CompiledExpression right) {
    super(SqlType.BOOL);
    this.rule = rule;
    this.operator = operator;
    this.left = left;
    this.right = right;
  }

  /// A fast form of `function(left, right)` if there is one.
  static Optional<CompiledExpression> of(
      FunctionSignature function, CompiledExpression left, CompiledExpression right) {
    Optional<Comparison> operator = Comparison.of(function);
    Optional<Rule> rule = ruleOf(left.type(), right.type());
    if (operator.isEmpty() || rule.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        left.isRowIndependent()
            ? new ComparisonExpression(rule.get(), operator.get().swapped(), right, left)
            : new ComparisonExpression(rule.get(), operator.get(), left, right));
  }

  private static Optional<Rule> ruleOf(SqlType left, SqlType right) {
    if (left.array() || right.array() || left.layout() != right.layout()) {
      return Optional.empty();
    }
    return switch (left.layout()) {
      case LONG ->
          left.base() == right.base() || (isInteger(left.base()) && isInteger(right.base()))
              ? Optional.of(Rule.LONG)
              : Optional.empty();
      case DOUBLE -> Optional.of(Rule.DOUBLE);
      case OBJECT ->
          isText(left.base()) && isText(right.base()) ? Optional.of(Rule.TEXT) : Optional.empty();
      case VECTOR -> Optional.empty();
    };
  }

  private static boolean isInteger(BaseType type) {
    return type == BaseType.INT2 || type == BaseType.INT4 || type == BaseType.INT8;
  }

  private static boolean isText(BaseType type) {
    return type == BaseType.TEXT || type == BaseType.VARCHAR || type == BaseType.NAME;
  }

  @Override
  public Column evaluate(InputRows rows, EvaluationScope scope) {
    int rowCount = rows.rowCount();
    Column a = left.evaluate(rows, scope);
    long[] values = new long[rowCount];
    if (right.isRowIndependent()) {
      Object constant = rowCount == 0 ? null : right.value(scope);
      if (constant == null) {
        return new LongColumn(SqlType.BOOL, rowCount, values, Nulls.all(rowCount));
      }
      compareConstant(a, constant, rowCount, values);
      return new LongColumn(SqlType.BOOL, rowCount, values, firstRows(a.nulls(), rowCount));
    }
    Column b = right.evaluate(rows, scope);
    Nulls nulls = NullWords.union(a.nulls(), b.nulls(), rowCount);
    compareColumns(a, b, nulls, rowCount, values);
    return new LongColumn(SqlType.BOOL, rowCount, values, nulls);
  }

  private static Nulls firstRows(Nulls nulls, int rowCount) {
    return rowCount == 0 ? Nulls.NONE : nulls;
  }

  private void compareConstant(Column a, Object constant, int rowCount, long[] values) {
    switch (rule) {
      case LONG -> {
        long[] column = ((LongColumn) a).values();
        long b = constant instanceof Boolean truth ? (truth ? 1 : 0) : (Long) constant;
        for (int row = 0; row < rowCount; row++) {
          values[row] = operator.bit(Long.compare(column[row], b));
        }
      }
      case DOUBLE -> {
        double[] column = ((DoubleColumn) a).values();
        double b = (Double) constant;
        for (int row = 0; row < rowCount; row++) {
          values[row] = operator.bit(DatumOrder.compareDoubles(column[row], b));
        }
      }
      case TEXT -> {
        @Nullable Object[] column = ((ObjectColumn) a).values();
        compareTexts(column, (String) constant, rowCount, values);
      }
    }
  }

  /// Values that come from a dictionary are one object each: two of them are remembered, by their
  /// identity, so that runs and the usual few values are compared once.
  @SuppressWarnings("ReferenceEquality")
  private void compareTexts(
      @Nullable Object[] column, String constant, int rowCount, long[] values) {
    Object latest = null;
    Object earlier = null;
    long latestResult = 0;
    long earlierResult = 0;
    for (int row = 0; row < rowCount; row++) {
      Object value = column[row];
      if (value != latest) {
        Object swapped = earlier;
        long swappedResult = earlierResult;
        earlier = latest;
        earlierResult = latestResult;
        latest = value;
        latestResult =
            value == swapped
                ? swappedResult
                : value instanceof String text && acceptsText(text, constant) ? 1 : 0;
      }
      values[row] = latestResult;
    }
  }

  private void compareColumns(Column a, Column b, Nulls nulls, int rowCount, long[] values) {
    switch (rule) {
      case LONG -> {
        long[] x = ((LongColumn) a).values();
        long[] y = ((LongColumn) b).values();
        for (int row = 0; row < rowCount; row++) {
          values[row] = operator.bit(Long.compare(x[row], y[row]));
        }
      }
      case DOUBLE -> {
        double[] x = ((DoubleColumn) a).values();
        double[] y = ((DoubleColumn) b).values();
        for (int row = 0; row < rowCount; row++) {
          values[row] = operator.bit(DatumOrder.compareDoubles(x[row], y[row]));
        }
      }
      case TEXT -> {
        @Nullable Object[] x = ((ObjectColumn) a).values();
        @Nullable Object[] y = ((ObjectColumn) b).values();
        for (int row = 0; row < rowCount; row++) {
          if (!nulls.isNull(row) && x[row] instanceof String s && y[row] instanceof String t) {
            values[row] = acceptsText(s, t) ? 1 : 0;
          }
        }
      }
    }
  }

  private boolean acceptsText(String a, String b) {
    return switch (operator) {
      case EQ -> a.equals(b);
      case NE -> !a.equals(b);
      case LT, LE, GT, GE -> operator.accepts(DatumOrder.compareText(a, b));
    };
  }
}
