package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.SortKey;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.SortRel;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.Query;

/// ORDER BY, LIMIT and OFFSET on top of a query.
final class Limits {
  private final Binding binding;
  private final CommonTables commonTables;

  Limits(Binding binding, CommonTables commonTables) {
    this.binding = binding;
    this.commonTables = commonTables;
  }

  /// @param scope the scope of the query itself, or of the one around it
  RelNode apply(RelNode rel, List<SortKey> keys, Query.Clauses clauses, @Nullable Scope scope) {
    SqlNode limitNode = clauses.limit();
    SqlNode offsetNode = clauses.offset();
    Scope own =
        scope == null
            ? new Scope(binding.newId(), null, List.of(), List.of(), binding.rex())
            : scope;
    Placeholders placeholders = new Placeholders(binding.rex());
    ExpressionBinder expressions =
        new ExpressionBinder(binding, own, commonTables, placeholders, Map.of());
    @Nullable RexNode limit =
        limitNode == null ? null : bound(limitNode, Clause.LIMIT, expressions);
    @Nullable RexNode offset =
        offsetNode == null ? null : bound(offsetNode, Clause.OFFSET, expressions);
    if (clauses.withTies() && keys.isEmpty()) {
      throw new QuiverException(
          SqlState.SYNTAX_ERROR, "WITH TIES cannot be specified without ORDER BY clause");
    }
    if (keys.isEmpty() && limit == null && offset == null) {
      return rel;
    }
    if (!placeholders.hasSubqueries()) {
      return new SortRel(rel, keys, limit, offset, clauses.withTies());
    }
    List<RexNode> bounds = new ArrayList<>();
    if (limit != null) {
      bounds.add(limit);
    }
    if (offset != null) {
      bounds.add(offset);
    }
    return new ValuesBefore(binding, placeholders, own.id())
        .around(
            bounds,
            values ->
                new SortRel(
                    rel,
                    keys,
                    limit == null ? null : values.getFirst(),
                    offset == null ? null : values.getLast(),
                    clauses.withTies()));
  }

  private @Nullable RexNode bound(SqlNode node, Clause clause, ExpressionBinder expressions) {
    RexNode value = expressions.bind(node, clause);
    binding.trace().expression(node, value, expressions.scope(), expressions.placeholders());
    if (Variables.readsColumns(value)) {
      throw new QuiverException(
              SqlState.INVALID_COLUMN_REFERENCE,
              "argument of %s must not contain variables",
              clause.phrase())
          .at(Positions.of(node));
    }
    RexNode converted =
        binding
            .coercions()
            .tryCoerce(value, SqlType.INT8, CastContext.ASSIGNMENT)
            .orElseThrow(() ->
                new QuiverException(
                        SqlState.DATATYPE_MISMATCH,
                        "argument of %s must be type %s, not type %s",
                        clause.phrase(),
                        SqlType.INT8.sqlName(),
                        Rex.type(value).sqlName())
                    .at(Positions.of(node)));
    Form.Constant constant = Rex.constantOf(value);
    if (constant == null) {
      return converted;
    }
    if (constant.value() == null) {
      return null;
    }
    if (constant.value() instanceof Long number) {
      return binding.rex().constant(number, SqlType.INT8);
    }
    return converted;
  }
}
