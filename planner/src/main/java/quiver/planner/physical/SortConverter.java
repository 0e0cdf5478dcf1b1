package quiver.planner.physical;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rex.RexInputRef;
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
  private final OrderedScans orderedScans;

  SortConverter(
      PlanConverter converter,
      Expressions expressions,
      FunctionResolver resolver,
      Rex rex,
      IndexUse use,
      OrderedScans orderedScans) {
    this.converter = converter;
    this.expressions = expressions;
    this.resolver = resolver;
    this.vectorSearch = new VectorSearchRule(converter, expressions, rex, use);
    this.orderedScans = orderedScans;
  }

  Step convert(SortRel sort, ImmutableBitSet required) {
    Optional<Expression> limit = bound(sort.limit());
    Optional<Expression> offset = bound(sort.offset());
    Optional<Expression> count =
        isNegative(limit) || isNegative(offset)
            ? Optional.empty()
            : limit.map(value -> countWith(value, offset));
    Optional<String> reason = Optional.empty();
    if (!isNegative(limit) && !isNegative(offset)) {
      VectorSearchRule.Outcome outcome = vectorSearch.apply(sort, count, required);
      if (outcome.step().isPresent()) {
        return sort.isBounded()
            ? limited(outcome.step().get(), limit, offset, List.of())
            : outcome.step().get();
      }
      reason = outcome.reason();
    }
    if (count.isPresent()
        && !sort.withTies()
        && !sort.keys().isEmpty()
        && sort.getInput() instanceof Project project
        && isWorthDeferring(project, sort)) {
      Step top = top(sort, project, count.get(), required, reason);
      return limited(top, limit, offset, List.of());
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
            : new PlanNode.Sort(
                top.isEmpty()
                    ? input.plan()
                    : orderedScans.ordered(input.plan(), sort.getInput(), keys, top.get()),
                keys,
                top,
                reason);
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

  /// Whether expressions of the select list can wait until few rows are left.
  private static boolean isWorthDeferring(Project project, SortRel sort) {
    ImmutableBitSet keys = PlanConverter.columnsOfKeys(sort.keys());
    boolean computes = false;
    for (int i = 0; i < project.getProjects().size(); i++) {
      RexNode node = project.getProjects().get(i);
      if (!Rex.isDeterministic(node)) {
        return false;
      }
      computes |= !keys.get(i) && !(node instanceof RexInputRef);
    }
    return computes;
  }

  /// Sorts the projection's input by the computed keys, cuts it, and projects what is left.
  private Step top(
      SortRel sort,
      Project project,
      Expression count,
      ImmutableBitSet required,
      Optional<String> reason) {
    RelNode source = project.getInput();
    int width = source.getRowType().getFieldCount();
    List<RexNode> extended = new ArrayList<>();
    source
        .getRowType()
        .getFieldList()
        .forEach(field -> extended.add(new RexInputRef(field.getIndex(), field.getType())));
    List<SortKey> keys = new ArrayList<>();
    for (SortKey key : sort.keys()) {
      RexNode node = project.getProjects().get(key.column());
      int column = extended.indexOf(node);
      if (column < 0) {
        column = extended.size();
        extended.add(node);
      }
      keys.add(new SortKey(column, key.descending(), key.nullsFirst()));
    }
    // What is computed to sort by is not computed again.
    List<RexNode> outputs = new ArrayList<>();
    List<RexNode> wanted = new ArrayList<>();
    for (int i = 0; i < project.getProjects().size(); i++) {
      RexNode node = project.getProjects().get(i);
      int known = extended.indexOf(node);
      outputs.add(known < 0 ? node : new RexInputRef(known, node.getType()));
      if (required.get(i)) {
        wanted.add(outputs.get(i));
      }
    }
    ImmutableBitSet read = PlanConverter.columnsOf(wanted);
    ImmutableBitSet needed = read.union(PlanConverter.columnsOfKeys(keys));
    List<RexNode> computed = new ArrayList<>();
    for (int column : needed) {
      computed.add(extended.get(column));
    }
    ImmutableBitSet inputColumns = PlanConverter.columnsOf(computed);
    Step input = converter.convert(source, inputColumns);
    Step keyed =
        extended.size() == width
            ? input
            : converter.projected(input, extended, needed, inputColumns);
    List<SortKey> order = PlanConverter.mapped(keys, keyed.columns());
    Step sorted =
        new Step(
            new PlanNode.Sort(
                orderedScans.ordered(keyed.plan(), source, order, count),
                order,
                Optional.of(count),
                reason),
            keyed.columns(),
            keyed.leaf());
    Step gathered = converter.gathered(sorted, needed, keys);
    return converter.projected(gathered, outputs, required, read);
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
