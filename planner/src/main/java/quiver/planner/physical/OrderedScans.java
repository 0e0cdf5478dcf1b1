package quiver.planner.physical;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Project;
import quiver.common.catalog.TableDefinition;
import quiver.common.expression.Expression;
import quiver.common.plan.PlanNode;
import quiver.common.plan.SortKey;
import quiver.common.type.SqlType;
import quiver.planner.calcite.ScanRel;

/// Lets scans below a sort that keeps few rows read an index in order.
final class OrderedScans {
  private final IndexUse use;

  OrderedScans(IndexUse use) {
    this.use = use;
  }

  /// The plan, its scan reading an index in this order if there is one.
  ///
  /// @param source what the plan was made from
  /// @param keys over the plan's output
  PlanNode ordered(PlanNode plan, RelNode source, List<SortKey> keys, Expression limit) {
    Optional<Place> place = place(plan, source);
    if (place.isEmpty() || keys.isEmpty()) {
      return plan;
    }
    List<IndexSelection.Wanted> wanted = new ArrayList<>();
    for (SortKey key : keys) {
      wanted.add(
          new IndexSelection.Wanted(value(plan, key.column()), key.descending(), key.nullsFirst()));
    }
    return ordered(plan, place.get(), place.get().scan().filter(), wanted, limit).orElse(plan);
  }

  /// The plan giving at least the row with the least or greatest value of a column of its output;
  /// empty when no index knows.
  Optional<PlanNode> extreme(PlanNode plan, RelNode source, int column, boolean greatest) {
    Optional<Place> place = place(plan, source);
    if (place.isEmpty()) {
      return Optional.empty();
    }
    Expression value = value(plan, column);
    List<Expression> terms = new ArrayList<>();
    place.get().scan().filter().ifPresent(filter -> terms.addAll(IndexSelection.conjuncts(filter)));
    terms.add(new Expression.Not(new Expression.IsNull(value)));
    Expression filter = terms.size() == 1 ? terms.getFirst() : new Expression.And(terms);
    return ordered(
        plan,
        place.get(),
        Optional.of(filter),
        List.of(new IndexSelection.Wanted(value, greatest, greatest)),
        new Expression.Constant(1L, SqlType.INT8));
  }

  /// A scan that an index may put in order.
  private record Place(PlanNode.TableScan scan, TableDefinition table) {}

  private Optional<Place> place(PlanNode plan, RelNode source) {
    PlanNode below = plan instanceof PlanNode.Project project ? project.input() : plan;
    return use.indexes() && below instanceof PlanNode.TableScan scan && scan.keyEquals().isEmpty()
        ? relation(source)
            .filter(relation -> relation.table().id() == scan.tableId())
            .map(relation -> new Place(scan, relation.table()))
        : Optional.empty();
  }

  /// A column of the plan's output over the scan's.
  private static Expression value(PlanNode plan, int column) {
    return plan instanceof PlanNode.Project project
        ? project.expressions().get(column)
        : new Expression.InputColumn(column, plan.outputTypes().get(column));
  }

  private static Optional<PlanNode> ordered(
      PlanNode plan,
      Place place,
      Optional<Expression> filter,
      List<IndexSelection.Wanted> wanted,
      Expression limit) {
    return new IndexSelection(place.table(), place.scan().ordinals())
        .order(wanted, limit, filter)
        .map(order -> place.scan().inOrder(order, filter))
        .map(scan ->
            plan instanceof PlanNode.Project project
                ? new PlanNode.Project(scan, project.expressions())
                : scan);
  }

  private static Optional<ScanRel> relation(RelNode source) {
    return switch (source) {
      case ScanRel scan -> Optional.of(scan);
      case Filter filter -> relation(filter.getInput());
      case Project project -> relation(project.getInput());
      default -> Optional.empty();
    };
  }
}
