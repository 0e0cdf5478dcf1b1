package quiver.planner.calcite;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.jspecify.annotations.Nullable;
import quiver.common.function.FunctionRegistry;
import quiver.common.function.FunctionSignature;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;

/// Makes and takes apart expressions. One per statement, used by one thread.
public final class Rex {
  private final TypeFactory types;
  private final RexBuilder builder;

  public Rex(TypeFactory types) {
    this.types = types;
    this.builder = new RexBuilder(types);
  }

  public RexBuilder builder() {
    return builder;
  }

  public TypeFactory types() {
    return types;
  }

  /// The PostgreSQL type of an expression.
  public static SqlType type(RexNode node) {
    return TypeFactory.sqlType(node.getType());
  }

  /// The form of an opaque call, or null.
  public static @Nullable Form form(RexNode node) {
    return node instanceof RexCall call && call.getOperator() instanceof OpaqueOperator operator
        ? operator.form()
        : null;
  }

  /// An opaque call of `form`.
  public RexNode make(Form form, SqlType type, List<? extends RexNode> operands) {
    return builder.makeCall(types.of(type), new OpaqueOperator(form), List.copyOf(operands));
  }

  public RexNode constant(@Nullable Object value, SqlType type) {
    if (type.equals(SqlType.BOOL)) {
      return value == null
          ? builder.makeNullLiteral(types.of(type))
          : builder.makeLiteral((Boolean) value);
    }
    return make(new Form.Constant(value, type), type, List.of());
  }

  /// Whether the node is a constant, and which.
  public static Form.@Nullable Constant constantOf(RexNode node) {
    if (node instanceof RexLiteral literal) {
      return new Form.Constant(
          literal.isNull() ? null : literal.getValueAs(Boolean.class), SqlType.BOOL);
    }
    return form(node) instanceof Form.Constant constant ? constant : null;
  }

  public RexNode column(int index, SqlType type) {
    return builder.makeInputRef(types.of(type), index);
  }

  public RexNode call(
      FunctionSignature function, String symbol, SqlType type, List<? extends RexNode> arguments) {
    return make(new Form.Call(function, symbol), type, arguments);
  }

  public RexNode cast(RexNode operand, SqlType type, CastContext context) {
    return make(new Form.Cast(context), type, List.of(operand));
  }

  public RexNode coalesce(SqlType type, List<RexNode> operands) {
    return make(new Form.Coalesce(), type, operands);
  }

  public RexNode truth(boolean value) {
    return builder.makeLiteral(value);
  }

  public RexNode and(List<? extends RexNode> terms) {
    return switch (terms.size()) {
      case 0 -> truth(true);
      case 1 -> terms.getFirst();
      default ->
          builder.makeCall(types.of(SqlType.BOOL), SqlStdOperatorTable.AND, List.copyOf(terms));
    };
  }

  public RexNode or(List<? extends RexNode> terms) {
    return terms.size() == 1
        ? terms.getFirst()
        : builder.makeCall(types.of(SqlType.BOOL), SqlStdOperatorTable.OR, List.copyOf(terms));
  }

  public RexNode not(RexNode operand) {
    return builder.makeCall(types.of(SqlType.BOOL), SqlStdOperatorTable.NOT, List.of(operand));
  }

  public RexNode isNull(RexNode operand) {
    return builder.makeCall(types.of(SqlType.BOOL), SqlStdOperatorTable.IS_NULL, List.of(operand));
  }

  /// Whether there is no value: a record of NULLs is one, though `IS NULL` finds it to be none.
  public RexNode isMissing(RexNode operand) {
    SqlType type = type(operand);
    if (type.base() != BaseType.RECORD || type.array()) {
      return isNull(operand);
    }
    FunctionSignature present =
        FunctionRegistry.standard().function("record_present(record)").orElseThrow();
    RexNode test = call(present, "", SqlType.BOOL, List.of(operand));
    return not(coalesce(SqlType.BOOL, List.of(test, truth(false))));
  }

  /// The terms of a conjunction, nested ones flattened.
  public static List<RexNode> conjuncts(RexNode condition) {
    List<RexNode> terms = new ArrayList<>();
    collect(condition, terms);
    return terms;
  }

  private static void collect(RexNode condition, List<RexNode> into) {
    if (condition.getKind() == SqlKind.AND) {
      ((RexCall) condition).getOperands().forEach(operand -> collect(operand, into));
    } else if (!condition.isAlwaysTrue()) {
      into.add(condition);
    }
  }

  /// Whether the expression, evaluated again, gives the same.
  public static boolean isDeterministic(RexNode node) {
    return RexUtil.isDeterministic(node);
  }

  /// Column references moved by `mapping`.
  public static RexNode remap(RexNode node, IntUnaryOperator mapping) {
    return node.accept(
        new RexShuttle() {
          @Override
          public RexNode visitInputRef(RexInputRef reference) {
            int index = mapping.applyAsInt(reference.getIndex());
            return index == reference.getIndex()
                ? reference
                : new RexInputRef(index, reference.getType());
          }
        });
  }
}
