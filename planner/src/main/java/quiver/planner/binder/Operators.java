package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.function.FunctionSignature;
import quiver.common.function.ResolvedOperator;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;

/// Operators and what SQL builds from them: row comparison, IN, ANY, ALL, NULLIF, GREATEST.
final class Operators {
  private final Binding binding;
  private final Rex rex;

  Operators(Binding binding) {
    this.binding = binding;
    this.rex = binding.rex();
  }

  RexNode prefix(String symbol, RexNode operand) {
    ResolvedOperator operator =
        binding.resolver().operator(symbol, Optional.empty(), Rex.type(operand));
    return rex.call(
        operator.function(),
        symbol,
        operator.result(),
        List.of(implicit(operand, operator.operandTypes().getFirst())));
  }

  RexNode binary(String symbol, RexNode left, RexNode right) {
    ResolvedOperator operator = resolve(symbol, left, right);
    return rex.call(
        operator.function(),
        symbol,
        operator.result(),
        List.of(
            implicit(left, operator.operandTypes().get(0)),
            implicit(right, operator.operandTypes().get(1))));
  }

  private ResolvedOperator resolve(String symbol, RexNode left, RexNode right) {
    return binding.resolver().operator(symbol, Optional.of(Rex.type(left)), Rex.type(right));
  }

  private RexNode implicit(RexNode node, SqlType type) {
    return binding.coercions().coerce(node, type, CastContext.IMPLICIT);
  }

  static void checkSameLength(List<RexNode> left, List<RexNode> right) {
    if (left.size() != right.size()) {
      throw new QuiverException(
          SqlState.SYNTAX_ERROR, "unequal number of entries in row expressions");
    }
    if (left.isEmpty()) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED, "cannot compare rows of zero length");
    }
  }

  /// `(a, b) symbol (c, d)`: = and <> field by field, the others by the first difference.
  RexNode rows(String symbol, List<RexNode> left, List<RexNode> right) {
    checkSameLength(left, right);
    return switch (symbol) {
      case "=" -> rex.and(pairwise(symbol, left, right));
      case "<>" -> rex.or(pairwise(symbol, left, right));
      case "<", "<=", ">", ">=" -> lexicographic(symbol, left, right);
      default ->
          throw new QuiverException(
                  SqlState.FEATURE_NOT_SUPPORTED,
                  "could not determine interpretation of row comparison operator %s",
                  symbol)
              .withHint(
                  "Row comparison operators must be associated with btree operator families.");
    };
  }

  private List<RexNode> pairwise(String symbol, List<RexNode> left, List<RexNode> right) {
    List<RexNode> tests = new ArrayList<>();
    for (int i = 0; i < left.size(); i++) {
      tests.add(binary(symbol, left.get(i), right.get(i)));
    }
    return tests;
  }

  private RexNode lexicographic(String symbol, List<RexNode> left, List<RexNode> right) {
    int last = left.size() - 1;
    RexNode result = binary(symbol, left.get(last), right.get(last));
    String strict = symbol.substring(0, 1);
    for (int i = last - 1; i >= 0; i--) {
      result =
          rex.or(
              List.of(
                  binary(strict, left.get(i), right.get(i)),
                  rex.and(List.of(binary("=", left.get(i), right.get(i)), result))));
    }
    return result;
  }

  RexNode distinct(RexNode left, RexNode right) {
    ResolvedOperator operator = resolve("=", left, right);
    return rex.make(
        new Form.IsDistinct(operator.function()),
        SqlType.BOOL,
        List.of(
            implicit(left, operator.operandTypes().get(0)),
            implicit(right, operator.operandTypes().get(1))));
  }

  RexNode nullIf(RexNode left, RexNode right) {
    ResolvedOperator operator = resolve("=", left, right);
    RexNode value = implicit(left, operator.operandTypes().get(0));
    RexNode equal =
        rex.call(
            operator.function(),
            "=",
            SqlType.BOOL,
            List.of(value, implicit(right, operator.operandTypes().get(1))));
    SqlType type = Rex.type(value);
    return rex.make(new Form.Case(), type, List.of(equal, rex.constant(null, type), value));
  }

  /// GREATEST and LEAST over values of one type: the first value that no other one beats; NULLs do
  /// not take part.
  RexNode extreme(List<RexNode> values, String symbol) {
    if (values.size() == 1) {
      return values.getFirst();
    }
    SqlType type = Rex.type(values.getFirst());
    List<RexNode> operands = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      List<RexNode> tests = new ArrayList<>();
      tests.add(rex.not(rex.isMissing(values.get(i))));
      for (int j = 0; j < values.size(); j++) {
        if (i != j) {
          tests.add(
              rex.or(
                  List.of(
                      rex.isMissing(values.get(j)), binary(symbol, values.get(i), values.get(j)))));
        }
      }
      operands.add(rex.and(tests));
      operands.add(values.get(i));
    }
    operands.add(rex.constant(null, type));
    return rex.make(new Form.Case(), type, operands);
  }

  /// `operand [NOT] IN (values)`: one test against an array where the types allow it.
  RexNode inList(RexNode operand, List<RexNode> values, boolean negated) {
    String symbol = negated ? "<>" : "=";
    List<RexNode> tests = new ArrayList<>();
    List<RexNode> constants = new ArrayList<>();
    for (RexNode value : values) {
      if (value instanceof RexInputRef) {
        tests.add(binary(symbol, operand, value));
      } else {
        constants.add(value);
      }
    }
    Optional<SqlType> common =
        constants.size() < 2 ? Optional.empty() : commonElement(operand, constants);
    if (common.isPresent()) {
      SqlType element = common.get();
      List<RexNode> elements = new ArrayList<>();
      for (RexNode value : constants) {
        elements.add(implicit(value, element));
      }
      RexNode array = rex.make(new Form.ArrayOf(), ExpressionBinder.arrayOf(element), elements);
      tests.add(quantified(symbol, negated, operand, array));
    } else {
      constants.forEach(value -> tests.add(binary(symbol, operand, value)));
    }
    return negated ? rex.and(tests) : rex.or(tests);
  }

  private Optional<SqlType> commonElement(RexNode operand, List<RexNode> values) {
    List<SqlType> types = new ArrayList<>();
    types.add(Rex.type(operand));
    values.forEach(value -> types.add(Rex.type(value)));
    try {
      SqlType common = binding.resolver().commonType(types, "IN").withoutModifier();
      return common.array() || common.base().arrayOid() == 0
          ? Optional.empty()
          : Optional.of(common);
    } catch (QuiverException e) {
      if (e.state().kind() != SqlState.Kind.USER) {
        throw e;
      }
      // PostgreSQL compares one by one then, and that may fail with a better message.
      return Optional.empty();
    }
  }

  /// `left symbol ANY|ALL (array)`.
  RexNode quantified(String symbol, boolean all, RexNode left, RexNode array) {
    SqlType arrayType = Rex.type(array);
    RexNode elementSample;
    if (Coercions.isUnknown(arrayType)) {
      elementSample = rex.constant(null, SqlType.UNKNOWN);
    } else if (arrayType.array()) {
      elementSample = rex.column(0, arrayType.element().withoutModifier());
    } else if (arrayType.base() == quiver.common.type.BaseType.INT2VECTOR) {
      elementSample = rex.column(0, SqlType.INT2);
    } else if (arrayType.base() == quiver.common.type.BaseType.OIDVECTOR) {
      elementSample = rex.column(0, SqlType.OID);
    } else {
      throw new QuiverException(
          SqlState.WRONG_OBJECT_TYPE, "op ANY/ALL (array) requires array on right side");
    }
    ResolvedOperator operator = resolve(symbol, left, elementSample);
    if (!operator.result().sameTypeAs(SqlType.BOOL)) {
      throw new QuiverException(
          SqlState.WRONG_OBJECT_TYPE, "op ANY/ALL (array) requires operator to yield boolean");
    }
    SqlType elementType = operator.operandTypes().get(1);
    return rex.make(
        new Form.AnyAll(operator.function(), all),
        SqlType.BOOL,
        List.of(
            implicit(left, operator.operandTypes().get(0)),
            implicit(array, ExpressionBinder.arrayOf(elementType))));
  }

  /// `left symbol ANY|ALL (query)`. `<> ALL` is NOT `= ANY`, which joins can do.
  RexNode quantifiedQuery(
      String symbol,
      boolean all,
      List<RexNode> left,
      BoundQuery query,
      Placeholders placeholders,
      BiFunction<SqlType, Optional<FunctionSignature>, Placeholders.ArrayForm> arrayForm) {
    if (symbol.equals("<>") && all) {
      return rex.not(quantifiedQuery("=", false, left, query, placeholders, arrayForm));
    }
    List<RexNode> operands = new ArrayList<>();
    Optional<Placeholders.ArrayForm> array = Optional.empty();
    for (int i = 0; i < left.size(); i++) {
      SqlType rightType = query.columns().get(i).type();
      ResolvedOperator operator = resolve(symbol, left.get(i), rex.column(0, rightType));
      if (!operator.result().sameTypeAs(SqlType.BOOL)) {
        throw new QuiverException(
            SqlState.DATATYPE_MISMATCH,
            "row comparison operator must yield type boolean, not type %s",
            operator.result().sqlName());
      }
      SqlType wanted = operator.operandTypes().get(1);
      operands.add(implicit(left.get(i), operator.operandTypes().get(0)));
      SqlType element = wanted.isPseudo() ? rightType : wanted;
      if (left.size() == 1 && !element.array() && element.base().arrayOid() != 0) {
        array = Optional.of(arrayForm.apply(element, Optional.of(operator.function())));
      }
    }
    return placeholders.add(
        new Placeholders.Subquery(
            all ? Placeholders.Use.ALL : Placeholders.Use.ANY,
            query.rel(),
            (leftValues, rightValues) ->
                leftValues.size() == 1
                    ? binary(symbol, leftValues.getFirst(), rightValues.getFirst())
                    : rows(symbol, leftValues, rightValues),
            symbol.equals("="),
            array),
        SqlType.BOOL,
        operands);
  }
}
