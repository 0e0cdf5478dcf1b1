package quiver.planner.physical;

import java.util.List;
import java.util.Optional;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;
import quiver.common.expression.Expression;
import quiver.common.function.FunctionResolver;
import quiver.common.plan.PlanNode;
import quiver.common.plan.SortKey;
import quiver.common.type.SqlType;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.SortRel;

/// ORDER BY, LIMIT and OFFSET: sorted and cut next to the rows, merged in the front end; a vector
/// search where the order is a distance.
final class SortConverter {
  private final PlanConverter converter;
  private final Expressions expressions;
  private final FunctionResolver resolver;
  private final VectorSearchRule vectorSearch;

  SortConverter(
      PlanConverter converter,
      Expressions expressions,
      FunctionResolver resolver,
      Rex rex,
      boolean useIndexes) {
    this.converter = converter;
    this.expressions = expressions;
    this.resolver = resolver;
    this.vectorSearch = new VectorSearchRule(converter, expressions, rex, useIndexes);
  }

  Step convert(SortRel sort, ImmutableBitSet required) {
    Optional<Expression> limit = bound(sort.limit());
    Optional<Expression> offset = bound(sort.offset());
    Optional<Expression> count =
        isNegative(limit) || isNegative(offset)
            ? Optional.empty()
            : limit.map(value -> countWith(value, offset));
    if (count.isPresent() && !sort.withTies()) {
      Optional<Step> search = vectorSearch.apply(sort, count.get(), required);
      if (search.isPresent()) {
        return limited(search.get(), limit, offset, List.of());
      }
    }
    ImmutableBitSet needed = required.union(PlanConverter.columnsOfKeys(sort.keys()));
    Step input = converter.convert(sort.getInput(), needed);
    List<SortKey> keys = PlanConverter.mapped(sort.keys(), input.columns());
    Optional<Expression> top = sort.withTies() ? Optional.empty() : count;
    PlanNode sorted =
        sort.keys().isEmpty()
            ? input.leaf() && top.isPresent()
                ? new PlanNode.Limit(input.plan(), top, Optional.empty(), List.of())
                : input.plan()
            : new PlanNode.Sort(input.plan(), keys, top);
    Step step = new Step(sorted, input.columns(), input.leaf());
    Step gathered = converter.gathered(step, needed, sort.keys());
    if (!sort.isBounded()) {
      return gathered;
    }
    List<Integer> ties =
        sort.withTies()
            ? PlanConverter.mapped(sort.keys(), gathered.columns()).stream()
                .map(SortKey::column)
                .toList()
            : List.of();
    return limited(gathered, limit, offset, ties);
  }

  private static Step limited(
      Step step, Optional<Expression> limit, Optional<Expression> offset, List<Integer> ties) {
    return new Step(new PlanNode.Limit(step.plan(), limit, offset, ties), step.columns(), false);
  }

  // Refused at execution, by the Limit.
  private static boolean isNegative(Optional<Expression> bound) {
    return bound.isPresent()
        && bound.get() instanceof Expression.Constant(Object value, _)
        && value instanceof Long number
        && number < 0;
  }

  private Optional<Expression> bound(@Nullable RexNode node) {
    return node == null ? Optional.empty() : Optional.of(expressions.convert(node));
  }

  /// LIMIT plus OFFSET; a missing or NULL OFFSET is 0.
  private Expression countWith(Expression limit, Optional<Expression> offset) {
    if (offset.isEmpty()) {
      return limit;
    }
    if (limit instanceof Expression.Constant(Object left, _)
        && left instanceof Long limitRows
        && offset.get() instanceof Expression.Constant(Object right, _)
        && right instanceof Long offsetRows) {
      long sum = limitRows + offsetRows;
      return new Expression.Constant(sum < 0 ? Long.MAX_VALUE : sum, SqlType.INT8);
    }
    var plus =
        resolver
            .registry()
            .operator("+", Optional.of(SqlType.INT8), SqlType.INT8)
            .orElseThrow()
            .function();
    Expression rows =
        new Expression.Coalesce(
            List.of(offset.get(), new Expression.Constant(0L, SqlType.INT8)), SqlType.INT8);
    return new Expression.Call(plus, List.of(limit, rows), SqlType.INT8);
  }
}
