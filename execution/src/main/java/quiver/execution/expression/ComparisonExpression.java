package quiver.execution.expression;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  /// A comparison by its operator, as the set of signs of `compare(left, right)` it accepts: bit 0
  /// for less, bit 1 for equal, bit 2 for greater.
  enum Operator {
    EQ(0b010),
    NE(0b101),
    LT(0b001),
    LE(0b011),
    GT(0b100),
    GE(0b110);

    private final int signs;

    Operator(int signs) {
      this.signs = signs;
    }

    boolean accepts(int sign) {
      return (signs >>> (Integer.signum(sign) + 1) & 1) != 0;
    }

    /// The operator with its operands exchanged.
    Operator swapped() {
      return switch (this) {
        case EQ, NE -> this;
        case LT -> GT;
        case LE -> GE;
        case GT -> LT;
        case GE -> LE;
      };
    }
  }

  private static final Pattern NAME =
      Pattern.compile(
          "(int[248]{1,2}|oid|bool|date_|time_|timestamp_|timestamptz_|float[48]{1,2}|text_?|name)"
              + "(eq|ne|lt|le|gt|ge)");

  private final Rule rule;
  private final Operator operator;
  private final CompiledExpression left;
  private final CompiledExpression right;

  private ComparisonExpression(
      Rule rule, Operator operator, CompiledExpression left, CompiledExpression right) {
    super(SqlType.BOOL);
    this.rule = rule;
    this.operator = operator;
    this.left = left;
    this.right = right;
  }

  /// The comparison a function of the registry stands for; empty if it is none of PostgreSQL's
  /// comparison functions.
  static Optional<Operator> operatorOf(FunctionSignature function) {
    if (function.arguments().size() != 2
        || function.result().base() != BaseType.BOOL
        || function.result().array()) {
      return Optional.empty();
    }
    Matcher matcher = NAME.matcher(function.name());
    return matcher.matches()
        ? Optional.of(Operator.valueOf(matcher.group(2).toUpperCase(Locale.ROOT)))
        : Optional.empty();
  }

  /// A fast form of `function(left, right)` if there is one.
  static Optional<CompiledExpression> of(
      FunctionSignature function, CompiledExpression left, CompiledExpression right) {
    Optional<Operator> operator = operatorOf(function);
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

  Operator operator() {
    return operator;
  }

  CompiledExpression left() {
    return left;
  }

  CompiledExpression right() {
    return right;
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
    int signs = operator.signs;
    switch (rule) {
      case LONG -> {
        long[] column = ((LongColumn) a).values();
        long b = constant instanceof Boolean truth ? (truth ? 1 : 0) : (Long) constant;
        for (int row = 0; row < rowCount; row++) {
          values[row] = signs >>> (Long.compare(column[row], b) + 1) & 1;
        }
      }
      case DOUBLE -> {
        double[] column = ((DoubleColumn) a).values();
        double b = (Double) constant;
        for (int row = 0; row < rowCount; row++) {
          values[row] = signs >>> (DatumOrder.compareDoubles(column[row], b) + 1) & 1;
        }
      }
      case TEXT -> {
        @Nullable Object[] column = ((ObjectColumn) a).values();
        String b = (String) constant;
        for (int row = 0; row < rowCount; row++) {
          if (column[row] instanceof String text) {
            values[row] = acceptsText(text, b) ? 1 : 0;
          }
        }
      }
    }
  }

  private void compareColumns(Column a, Column b, Nulls nulls, int rowCount, long[] values) {
    int signs = operator.signs;
    switch (rule) {
      case LONG -> {
        long[] x = ((LongColumn) a).values();
        long[] y = ((LongColumn) b).values();
        for (int row = 0; row < rowCount; row++) {
          values[row] = signs >>> (Long.compare(x[row], y[row]) + 1) & 1;
        }
      }
      case DOUBLE -> {
        double[] x = ((DoubleColumn) a).values();
        double[] y = ((DoubleColumn) b).values();
        for (int row = 0; row < rowCount; row++) {
          values[row] = signs >>> (DatumOrder.compareDoubles(x[row], y[row]) + 1) & 1;
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
