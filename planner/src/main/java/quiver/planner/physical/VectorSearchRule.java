package quiver.planner.physical;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.expression.Expression;
import quiver.common.plan.PlanNode;
import quiver.common.plan.SortKey;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.vector.DistanceMetric;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.ScanRel;
import quiver.planner.calcite.SortRel;

/// `ORDER BY distance LIMIT k` over one stored table, with or without a filter, is a search for the
/// nearest vectors: the distance may be written as an operator or a function, either operand first,
/// through an alias or an ordinal. The search's own distance replaces every other computation of
/// it.
///
/// Further sort keys make it a plain sort: rows at the same distance as the last one would be
/// missed.
final class VectorSearchRule {
  private final PlanConverter converter;
  private final Expressions expressions;
  private final Rex rex;
  private final boolean useIndexes;

  VectorSearchRule(PlanConverter converter, Expressions expressions, Rex rex, boolean useIndexes) {
    this.converter = converter;
    this.expressions = expressions;
    this.rex = rex;
    this.useIndexes = useIndexes;
  }

  /// The table under a sort, and what stands between as expressions over the table's columns.
  private record Source(ScanRel scan, List<RexNode> conjuncts, List<RexNode> outputs) {}

  /// A distance between a column and a value without columns.
  private record Distance(DistanceMetric metric, int column, RexNode query, RexNode node) {}

  /// The search in place of a sort; empty when the sort is not one.
  ///
  /// @param limit LIMIT plus OFFSET
  Optional<Step> apply(SortRel sort, Expression limit, ImmutableBitSet required) {
    if (sort.keys().size() != 1) {
      return Optional.empty();
    }
    SortKey key = sort.keys().getFirst();
    if (key.descending() || key.nullsFirst()) {
      return Optional.empty();
    }
    Optional<Source> source = source(sort.getInput());
    Optional<Distance> distance =
        source.flatMap(found -> distance(found.outputs().get(key.column()), found.scan()));
    if (distance.isEmpty()
        || !source.get().conjuncts().stream().allMatch(LeafExpressions::isLeaf)
        || !LeafExpressions.isLeaf(distance.get().query())) {
      return Optional.empty();
    }
    return Optional.of(search(source.get(), distance.get(), limit, required));
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

  private static Optional<Distance> distance(RexNode node, ScanRel scan) {
    if (!(Rex.form(node) instanceof Form.Call(var function, _))
        || function.arguments().size() != 2
        || !function.arguments().getFirst().sameTypeAs(SqlType.VECTOR)) {
      return Optional.empty();
    }
    @Nullable DistanceMetric metric =
        switch (function.name()) {
          case "l2_distance" -> DistanceMetric.L2;
          case "vector_negative_inner_product" -> DistanceMetric.INNER_PRODUCT;
          case "cosine_distance" -> DistanceMetric.COSINE;
          case "l1_distance" -> DistanceMetric.L1;
          default -> null;
        };
    if (metric == null) {
      return Optional.empty();
    }
    List<RexNode> operands = ((RexCall) node).getOperands();
    for (int side = 0; side < 2; side++) {
      RexNode query = operands.get(1 - side);
      if (isVectorColumn(operands.get(side), scan.table())
          && PlanConverter.columnsOf(query).isEmpty()
          && Rex.isDeterministic(query)) {
        int column = ((RexInputRef) operands.get(side)).getIndex();
        return Optional.of(new Distance(metric, column, query, node));
      }
    }
    return Optional.empty();
  }

  private static boolean isVectorColumn(RexNode node, TableDefinition table) {
    return node instanceof RexInputRef reference
        && reference.getIndex() < table.columns().size()
        && table.columns().get(reference.getIndex()).type().base() == BaseType.VECTOR
        && !table.columns().get(reference.getIndex()).type().array();
  }

  private Step search(
      Source source, Distance distance, Expression limit, ImmutableBitSet required) {
    ScanRel scan = source.scan();
    int tableWidth = scan.getRowType().getFieldCount();
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
    ImmutableBitSet needed =
        read.clear(tableWidth).union(PlanConverter.columnsOf(source.conjuncts()));
    ScanConverter scans = new ScanConverter(expressions);
    ScanConverter.Shape shape = scans.shape(scan, needed);
    TableDefinition table = scan.table();
    Optional<IndexDefinition> index = index(table, distance);
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
            limit,
            scans.filter(source.conjuncts(), shape.columns()),
            reason(table, distance, index));
    ColumnMap columns = shape.columns().followedBy(ColumnMap.identity(1), shape.width());
    Step found = new Step(search, columns, true);
    Step gathered =
        converter.gathered(
            found, read.set(tableWidth), List.of(new SortKey(tableWidth, false, false)));
    return converter.projected(gathered, outputs, required, read);
  }

  private RexNode reusing(RexNode node, Distance distance, int tableWidth) {
    return node.accept(
        new RexShuttle() {
          @Override
          public RexNode visitCall(RexCall call) {
            return call.equals(distance.node()) || isCommuted(call, distance)
                ? rex.column(tableWidth, SqlType.FLOAT8)
                : super.visitCall(call);
          }
        });
  }

  // All distances are symmetric.
  private static boolean isCommuted(RexCall call, Distance distance) {
    if (!(Rex.form(call) instanceof Form.Call(var function, _))
        || !(Rex.form(distance.node()) instanceof Form.Call(var wanted, _))
        || !function.equals(wanted)) {
      return false;
    }
    List<RexNode> operands = call.getOperands();
    List<RexNode> others = ((RexCall) distance.node()).getOperands();
    return operands.equals(others) || operands.equals(others.reversed());
  }

  private Optional<IndexDefinition> index(TableDefinition table, Distance distance) {
    return useIndexes
        ? candidates(table, distance).stream()
            .filter(index -> index.state() == IndexDefinition.State.VALID)
            .findFirst()
        : Optional.empty();
  }

  private static List<IndexDefinition> candidates(TableDefinition table, Distance distance) {
    int columnId = table.columns().get(distance.column()).id();
    return table.indexes().stream()
        .filter(IndexDefinition::isVector)
        .filter(index -> index.keyColumnIds().equals(List.of(columnId)))
        .filter(index -> index.metric().equals(Optional.of(distance.metric())))
        .toList();
  }

  private String reason(TableDefinition table, Distance distance, Optional<IndexDefinition> index) {
    if (index.isPresent()) {
      return "index " + index.get().name();
    }
    String column = table.columns().get(distance.column()).name();
    if (!useIndexes) {
      return "exact: enable_indexscan is off";
    }
    if (!candidates(table, distance).isEmpty()) {
      return "exact: index " + candidates(table, distance).getFirst().name() + " is being built";
    }
    int columnId = table.columns().get(distance.column()).id();
    Optional<IndexDefinition> other =
        table.indexes().stream()
            .filter(IndexDefinition::isVector)
            .filter(candidate -> candidate.keyColumnIds().equals(List.of(columnId)))
            .findFirst();
    return other
        .map(found ->
            "exact: index "
                + found.name()
                + " is for "
                + found.metric().orElseThrow().operator()
                + ", not "
                + distance.metric().operator())
        .orElse("exact: no vector index on column " + column);
  }
}
