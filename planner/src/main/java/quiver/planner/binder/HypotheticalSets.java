package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.function.FunctionSignature;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;
import quiver.planner.parser.node.Expression;
import quiver.planner.parser.node.OrderItem;
import quiver.planner.parser.node.Positions;

/// `rank(v) WITHIN GROUP (ORDER BY x)` and its kin: which place the row `v` would have. They count
/// the rows before it.
final class HypotheticalSets {
  static final Set<String> FUNCTIONS = Set.of("rank", "dense_rank", "percent_rank", "cume_dist");

  private final Binding binding;
  private final ExpressionBinder expressions;
  private final Placeholders placeholders;
  private final Rex rex;
  private final Operators operators;

  HypotheticalSets(Binding binding, ExpressionBinder expressions, Placeholders placeholders) {
    this.binding = binding;
    this.expressions = expressions;
    this.placeholders = placeholders;
    this.rex = binding.rex();
    this.operators = new Operators(binding);
  }

  private RexNode argument(SqlNode node, Clause clause) {
    RexNode bound = expressions.bind(node, clause);
    if (Calls.contains(bound, Form.Placeholder.Kind.AGGREGATE)) {
      throw new QuiverException(
              SqlState.GROUPING_ERROR, "aggregate function calls cannot be nested")
          .at(Positions.of(node));
    }
    return bound;
  }

  RexNode bind(Expression.Function e, String name, Clause clause) {
    if (!clause.allowsAggregates()) {
      throw new QuiverException(
          SqlState.GROUPING_ERROR, "aggregate functions are not allowed in %s", clause.phrase());
    }
    if (e.arguments().size() != e.orderBy().size()) {
      throw new QuiverException(SqlState.UNDEFINED_FUNCTION, "function %s(…) does not exist", name)
          .withHint(
              String.format(
                  java.util.Locale.ROOT,
                  "To use the hypothetical-set aggregate %s, the number of hypothetical direct"
                      + " arguments (here %d) must match the number of ordering columns (here %d).",
                  name,
                  e.arguments().size(),
                  e.orderBy().size()));
    }
    List<RexNode> keys = new ArrayList<>();
    List<RexNode> lesser = new ArrayList<>();
    List<RexNode> equal = new ArrayList<>();
    for (int i = 0; i < e.orderBy().size(); i++) {
      OrderItem item = e.orderBy().get(i);
      List<RexNode> both =
          binding
              .coercions()
              .toCommonType(
                  List.of(
                      argument(item.expression(), clause),
                      argument(e.arguments().get(i).value(), clause)),
                  "WITHIN GROUP");
      RexNode key = both.get(0);
      RexNode value = both.get(1);
      Orderings.require(binding, Rex.type(key), Positions.of(item.expression()));
      keys.add(key);
      lesser.add(before(key, value, item));
      equal.add(rex.not(operators.distinct(key, value)));
    }
    RexNode before = lesser.getLast();
    for (int i = lesser.size() - 2; i >= 0; i--) {
      before = rex.or(List.of(lesser.get(i), rex.and(List.of(equal.get(i), before))));
    }
    SqlNode filterNode = e.filter();
    RexNode filter =
        filterNode == null ? null : expressions.bindCondition(filterNode, Clause.FILTER, "FILTER");
    RexNode one = rex.constant(1L, SqlType.INT8);
    return switch (name) {
      case "rank" -> operators.binary("+", count(before, filter), one);
      case "dense_rank" -> operators.binary("+", countDistinct(keys, before, filter), one);
      case "percent_rank" -> {
        RexNode all = count(null, filter);
        RexNode share = operators.binary("/", real(count(before, filter)), real(all));
        RexNode none = operators.binary("=", all, rex.constant(0L, SqlType.INT8));
        yield rex.make(
            new Form.Case(),
            SqlType.FLOAT8,
            List.of(none, rex.constant(0.0, SqlType.FLOAT8), share));
      }
      default -> {
        List<RexNode> same = new ArrayList<>(equal);
        RexNode upTo = rex.or(List.of(before, rex.and(same)));
        yield operators.binary(
            "/",
            real(operators.binary("+", count(upTo, filter), one)),
            real(operators.binary("+", count(null, filter), one)));
      }
    };
  }

  /// Whether a row's key sorts before the value; never NULL.
  private RexNode before(RexNode key, RexNode value, OrderItem item) {
    return rex.make(
        new Form.Case(),
        SqlType.BOOL,
        List.of(
            rex.and(List.of(rex.isMissing(key), rex.isMissing(value))),
            rex.truth(false),
            rex.isMissing(key),
            rex.truth(item.nullsFirst()),
            rex.isMissing(value),
            rex.truth(!item.nullsFirst()),
            operators.binary(item.descending() ? ">" : "<", key, value)));
  }

  private RexNode real(RexNode node) {
    return binding.coercions().coerce(node, SqlType.FLOAT8, CastContext.EXPLICIT);
  }

  private RexNode count(@Nullable RexNode condition, @Nullable RexNode filter) {
    FunctionSignature count = binding.resolver().function("count", List.of()).function();
    return placeholders.add(
        new Placeholders.Aggregate(
            count, List.of(), false, List.of(), both(condition, filter), SqlType.INT8));
  }

  private RexNode countDistinct(List<RexNode> keys, RexNode before, @Nullable RexNode filter) {
    FunctionSignature count =
        binding.resolver().function("count", List.of(SqlType.INT8)).function();
    // A row is never NULL, whatever its fields are.
    RexNode row = rex.make(new Form.RowOf(List.of()), SqlType.of(BaseType.RECORD), keys);
    return placeholders.add(
        new Placeholders.Aggregate(
            count, List.of(row), true, List.of(), both(before, filter), SqlType.INT8));
  }

  private @Nullable RexNode both(@Nullable RexNode condition, @Nullable RexNode filter) {
    if (condition == null) {
      return filter;
    }
    return filter == null ? condition : rex.and(List.of(filter, condition));
  }
}
