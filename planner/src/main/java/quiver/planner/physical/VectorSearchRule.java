package quiver.planner.physical;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.util.ImmutableBitSet;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.expression.Expression;
import quiver.common.plan.PlanNode;
import quiver.common.plan.SortKey;
import quiver.common.type.SqlType;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.ScanRel;
import quiver.planner.calcite.SortRel;
import quiver.planner.physical.Distances.Distance;

/// `ORDER BY distance LIMIT k` over one stored table, with or without a filter, is a search for the
/// nearest vectors: the distance may be written as an operator or a function, either operand first,
/// through an alias or an ordinal. The search's own distance replaces every other computation of
/// it.
///
/// Further sort keys make it a plain sort: rows at the same distance as the last one would be
/// missed. A filter that bounds a distance from above is a search as well, when an index serves it.
final class VectorSearchRule {
  private final PlanConverter converter;
  private final Expressions expressions;
  private final Rex rex;
  private final IndexUse use;
  private final Distances distances;

  VectorSearchRule(PlanConverter converter, Expressions expressions, Rex rex, IndexUse use) {
    this.converter = converter;
    this.expressions = expressions;
    this.rex = rex;
    this.use = use;
    this.distances = new Distances(expressions, use.indexes());
  }

  /// The table under a sort, and what stands between as expressions over the table's columns.
  private record Source(ScanRel scan, List<RexNode> conjuncts, List<RexNode> outputs) {}

  /// What becomes of a sort.
  ///
  /// @param step the search in place of it; empty: it is a sort
  /// @param reason why it is a sort, where an index serves the distance it sorts by
  record Outcome(Optional<Step> step, Optional<String> reason) {
    private static final Outcome NOTHING = new Outcome(Optional.empty(), Optional.empty());
  }

  /// @param limit LIMIT plus OFFSET; empty: all rows
  Outcome apply(SortRel sort, Optional<Expression> limit, ImmutableBitSet required) {
    if (sort.keys().isEmpty()) {
      return Outcome.NOTHING;
    }
    SortKey key = sort.keys().getFirst();
    Optional<Source> source = source(sort.getInput());
    Optional<Distance> distance =
        source.flatMap(found -> distances.of(found.outputs().get(key.column()), found.scan()));
    if (distance.isEmpty()) {
      return isOverJoin(sort)
          ? new Outcome(Optional.empty(), Optional.of("exact: the order is over a join"))
          : Outcome.NOTHING;
    }
    Optional<IndexDefinition> index = distances.index(distance.get(), source.get().conjuncts());
    Optional<String> obstacle = obstacle(sort, limit, source.get(), distance.get());
    if (obstacle.isPresent()) {
      return new Outcome(
          Optional.empty(), index.flatMap(found -> obstacle).map(why -> "exact: " + why));
    }
    // Without a limit a sort of all rows is as good, unless an index gives the first rows sooner.
    return limit.isEmpty() && index.isEmpty()
        ? Outcome.NOTHING
        : new Outcome(
            Optional.of(search(source.get(), distance.get(), limit, required)), Optional.empty());
  }

  /// Whether rows of a join are sorted by a distance.
  private static boolean isOverJoin(SortRel sort) {
    RelNode below = sort.getInput();
    if (!(below instanceof Project project)
        || Distances.metric(project.getProjects().get(sort.keys().getFirst().column())) == null) {
      return false;
    }
    below = project.getInput();
    while (below instanceof Filter filter) {
      below = filter.getInput();
    }
    return below instanceof Join;
  }

  /// Why the sort cannot be a search.
  private Optional<String> obstacle(
      SortRel sort, Optional<Expression> limit, Source source, Distance distance) {
    SortKey key = sort.keys().getFirst();
    if (key.descending()) {
      return Optional.of("an index gives the nearest rows first, not the farthest");
    }
    if (key.nullsFirst()) {
      return Optional.of("an index gives rows without a vector last");
    }
    if (sort.keys().size() > 1) {
      return Optional.of("an index orders by the distance alone");
    }
    if (sort.withTies()) {
      return Optional.of("an index search does not end with ties");
    }
    boolean bounded = distances.bounds(source.conjuncts(), distance).range().isBounded();
    if (limit.isEmpty() && !bounded && !use.streams()) {
      return Optional.of("no LIMIT, and hnsw.iterative_scan is off");
    }
    if (!source.conjuncts().stream().allMatch(LeafExpressions::isLeaf)) {
      return Optional.of("the filter cannot be computed next to the rows");
    }
    return LeafExpressions.isLeaf(distance.query())
        ? Optional.empty()
        : Optional.of("the query vector cannot be computed next to the rows");
  }

  /// The search in place of a filter that bounds a distance, when an index serves it.
  ///
  /// @param conjuncts over the scan's columns, all computable next to the rows
  /// @param required columns of the scan; with the row address the rows are to be changed, and none
  ///   may be missed: no search then
  Optional<Step> within(ScanRel scan, List<RexNode> conjuncts, ImmutableBitSet required) {
    if (required.length() > scan.table().columns().size()) {
      return Optional.empty();
    }
    Optional<Distance> distance =
        distances
            .compared(conjuncts, scan)
            .filter(found -> distances.index(found, conjuncts).isPresent());
    return distance.map(
        found -> found(new Source(scan, conjuncts, List.of()), found, Optional.empty(), required));
  }

  private static Optional<Source> source(RelNode rel) {
    return switch (rel) {
      case ScanRel scan -> {
        List<RexNode> columns = new ArrayList<>();
        for (var field : scan.getRowType().getFieldList()) {
          columns.add(new RexInputRef(field.getIndex(), field.getType()));
        }
        yield Optional.of(new Source(scan, List.of(), columns));
      }
      case Filter filter ->
          source(filter.getInput())
              .map(input -> {
                List<RexNode> conjuncts = new ArrayList<>(input.conjuncts());
                conjuncts.addAll(
                    Rex.conjuncts(substituted(filter.getCondition(), input.outputs())));
                return new Source(input.scan(), conjuncts, input.outputs());
              });
      case Project project ->
          project.getProjects().stream().allMatch(Rex::isDeterministic)
              ? source(project.getInput())
                  .map(input ->
                      new Source(
                          input.scan(),
                          input.conjuncts(),
                          project.getProjects().stream()
                              .map(node -> substituted(node, input.outputs()))
                              .toList()))
              : Optional.empty();
      // A sort without a limit inside decides nothing when the outer one sorts again.
      case SortRel sort when !sort.isBounded() -> source(sort.getInput());
      default -> Optional.empty();
    };
  }

  private static RexNode substituted(RexNode node, List<RexNode> outputs) {
    return node.accept(
        new RexShuttle() {
          @Override
          public RexNode visitInputRef(RexInputRef reference) {
            return outputs.get(reference.getIndex());
          }
        });
  }

  private Step search(
      Source source, Distance distance, Optional<Expression> limit, ImmutableBitSet required) {
    int tableWidth = source.scan().getRowType().getFieldCount();
    // Over the table's columns, then the distance.
    List<RexNode> outputs = new ArrayList<>();
    for (RexNode output : source.outputs()) {
      outputs.add(reusing(output, distance, tableWidth));
    }
    List<RexNode> wanted = new ArrayList<>();
    for (int column : required) {
      wanted.add(outputs.get(column));
    }
    ImmutableBitSet read = PlanConverter.columnsOf(wanted);
    Step found = found(source, distance, limit, read.clear(tableWidth));
    Step gathered =
        converter.gathered(
            found, read.set(tableWidth), List.of(new SortKey(tableWidth, false, false)));
    return converter.projected(gathered, outputs, required, read);
  }

  /// The search itself: the table's columns of `read`, then the distance.
  private Step found(
      Source source, Distance distance, Optional<Expression> limit, ImmutableBitSet read) {
    ScanRel scan = source.scan();
    TableDefinition table = scan.table();
    Distances.Bounds bounds = distances.bounds(source.conjuncts(), distance);
    ScanConverter scans = new ScanConverter(expressions);
    ScanConverter.Shape shape =
        scans.shape(
            scan,
            read.union(PlanConverter.columnsOf(bounds.rest()))
                .union(
                    distance.isOfColumn()
                        ? ImmutableBitSet.of()
                        : PlanConverter.columnsOf(distance.key())));
    Optional<IndexDefinition> index = distances.index(distance, source.conjuncts());
    PlanNode search =
        new PlanNode.VectorSearch(
            table.id(),
            table.version(),
            shape.ordinals(),
            shape.types(),
            shape.address(),
            distance.column(),
            distance.metric(),
            index.map(IndexDefinition::fileId),
            expressions.convert(distance.query()),
            distance.isOfColumn()
                ? Optional.empty()
                : Optional.of(expressions.convert(distance.node(), shape.columns())),
            limit,
            bounds.range(),
            scans.filter(bounds.rest(), shape.columns()),
            distances.reason(distance, index),
            scans.asOf(scan),
            scan.alias());
    ColumnMap columns = shape.columns().followedBy(ColumnMap.identity(1), shape.width());
    return new Step(search, columns, true);
  }

  private RexNode reusing(RexNode node, Distance distance, int tableWidth) {
    return node.accept(
        new RexShuttle() {
          @Override
          public RexNode visitCall(RexCall call) {
            return Distances.isSame(call, distance)
                ? rex.column(tableWidth, SqlType.FLOAT8)
                : super.visitCall(call);
          }
        });
  }
}
