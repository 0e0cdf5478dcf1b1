package quiver.planner.physical;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.plan.DistanceRange;
import quiver.common.type.Layout;
import quiver.common.type.SqlType;
import quiver.common.vector.DistanceMetric;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.ScanRel;

/// Recognises distances between a table's vector column and a value, the bounds a filter puts on
/// them, and the indexes that serve them.
final class Distances {
  private final Expressions expressions;
  private final boolean useIndexes;
  private final IndexMatch match;

  Distances(Expressions expressions, boolean useIndexes) {
    this.expressions = expressions;
    this.useIndexes = useIndexes;
    this.match = new IndexMatch(expressions);
  }

  /// A distance between a key and a value without columns.
  ///
  /// @param key over the scan's columns
  record Distance(DistanceMetric metric, ScanRel scan, RexNode key, RexNode query, RexNode node) {
    /// The `vector(n)` column the key is; -1 when it is something else.
    int column() {
      return isVectorColumn(key, scan.table()) ? ((RexInputRef) key).getIndex() : NO_COLUMN;
    }

    boolean isOfColumn() {
      return column() != NO_COLUMN;
    }
  }

  private static final int NO_COLUMN = -1;

  /// Bounds on a distance, and the conjuncts that say something else.
  record Bounds(DistanceRange range, List<RexNode> rest) {}

  /// A distance to a vector column, or to what an index is about.
  Optional<Distance> of(RexNode node, ScanRel scan) {
    DistanceMetric metric = metric(node);
    if (metric == null) {
      return Optional.empty();
    }
    List<RexNode> operands = ((RexCall) node).getOperands();
    for (int side = 0; side < 2; side++) {
      RexNode query = operands.get(1 - side);
      if (PlanConverter.columnsOf(query).isEmpty() && Rex.isDeterministic(query)) {
        Distance distance = new Distance(metric, scan, operands.get(side), query, node);
        if (distance.isOfColumn() || isIndexed(distance)) {
          return Optional.of(distance);
        }
      }
    }
    return Optional.empty();
  }

  private boolean isIndexed(Distance distance) {
    return LeafExpressions.isLeaf(distance.key()) && !keyed(distance).isEmpty();
  }

  /// The metric of a distance between vectors; null when the expression is something else.
  static @Nullable DistanceMetric metric(RexNode node) {
    if (!(Rex.form(node) instanceof Form.Call(var function, _))
        || function.arguments().size() != 2
        || function.arguments().getFirst().array()) {
      return null;
    }
    return switch (function.name()) {
      case "l2_distance" -> DistanceMetric.L2;
      case "vector_negative_inner_product",
          "halfvec_negative_inner_product",
          "sparsevec_negative_inner_product" ->
          DistanceMetric.INNER_PRODUCT;
      case "cosine_distance" -> DistanceMetric.COSINE;
      case "l1_distance" -> DistanceMetric.L1;
      case "hamming_distance" -> DistanceMetric.HAMMING;
      case "jaccard_distance" -> DistanceMetric.JACCARD;
      default -> null;
    };
  }

  private static boolean isVectorColumn(RexNode node, TableDefinition table) {
    return node instanceof RexInputRef reference
        && reference.getIndex() < table.columns().size()
        && table.columns().get(reference.getIndex()).type().layout() == Layout.VECTOR;
  }

  // All distances are symmetric.
  static boolean isCommuted(RexCall call, Distance distance) {
    if (!(Rex.form(call) instanceof Form.Call(var function, _))
        || !(Rex.form(distance.node()) instanceof Form.Call(var wanted, _))
        || !function.equals(wanted)) {
      return false;
    }
    List<RexNode> operands = call.getOperands();
    List<RexNode> others = ((RexCall) distance.node()).getOperands();
    return operands.equals(others) || operands.equals(others.reversed());
  }

  /// What the conjuncts say about `distance`, if they bound it from above: a search then need not
  /// go farther.
  Bounds bounds(List<RexNode> conjuncts, Distance distance) {
    @Nullable Bound min = null;
    @Nullable Bound max = null;
    List<RexNode> rest = new ArrayList<>();
    for (RexNode conjunct : conjuncts) {
      Bound bound = bound(conjunct, distance);
      if (bound != null && bound.upper() && max == null) {
        max = bound;
      } else if (bound != null && !bound.upper() && min == null) {
        min = bound;
      } else {
        rest.add(conjunct);
      }
    }
    if (max == null) {
      return new Bounds(DistanceRange.ALL, conjuncts);
    }
    return new Bounds(
        new DistanceRange(
            Optional.ofNullable(min).map(bound -> expressions.convert(bound.value())),
            min == null || min.inclusive(),
            Optional.of(expressions.convert(max.value())),
            max.inclusive()),
        rest);
  }

  private record Bound(boolean upper, boolean inclusive, RexNode value) {}

  private static @Nullable Bound bound(RexNode conjunct, Distance distance) {
    if (!(Rex.form(conjunct) instanceof Form.Call(var function, var symbol))
        || function.arguments().size() != 2
        || !function.arguments().stream().allMatch(type -> type.sameTypeAs(SqlType.FLOAT8))
        || !(conjunct instanceof RexCall call)) {
      return null;
    }
    for (int side = 0; side < 2; side++) {
      RexNode value = call.getOperands().get(1 - side);
      if (isSame(call.getOperands().get(side), distance)
          && PlanConverter.columnsOf(value).isEmpty()
          && Rex.isDeterministic(value)
          && LeafExpressions.isLeaf(value)) {
        boolean first = side == 0;
        return switch (symbol) {
          case "<" -> new Bound(first, false, value);
          case "<=" -> new Bound(first, true, value);
          case ">" -> new Bound(!first, false, value);
          case ">=" -> new Bound(!first, true, value);
          default -> null;
        };
      }
    }
    return null;
  }

  /// Whether the expression is the distance, either operand first.
  static boolean isSame(RexNode node, Distance distance) {
    return node.equals(distance.node())
        || (node instanceof RexCall call && isCommuted(call, distance));
  }

  /// The first distance that a conjunct compares with a value.
  Optional<Distance> compared(List<RexNode> conjuncts, ScanRel scan) {
    for (RexNode conjunct : conjuncts) {
      if (Rex.form(conjunct) instanceof Form.Call && conjunct instanceof RexCall call) {
        for (RexNode operand : call.getOperands()) {
          Optional<Distance> distance = of(operand, scan);
          Bound bound = distance.map(found -> bound(conjunct, found)).orElse(null);
          if (bound != null && bound.upper()) {
            return distance;
          }
        }
      }
    }
    return Optional.empty();
  }

  /// The index to use: a partial one, which is smaller, before the others.
  ///
  /// @param conjuncts the filter of the query
  Optional<IndexDefinition> index(Distance distance, List<RexNode> conjuncts) {
    return useIndexes
        ? keyed(distance).stream()
            .filter(index -> index.state() == IndexDefinition.State.VALID)
            .filter(index -> match.covers(index, conjuncts, distance.scan()))
            .min(Comparator.comparing(index -> index.predicate().isEmpty()))
        : Optional.empty();
  }

  /// Vector indexes about the key, for the metric.
  private List<IndexDefinition> keyed(Distance distance) {
    return distance.scan().table().indexes().stream()
        .filter(IndexDefinition::isVector)
        .filter(index -> index.metric().equals(Optional.of(distance.metric())))
        .filter(index -> match.isKey(index.keys().getFirst(), distance.key(), distance.scan()))
        .toList();
  }

  /// Why this index, or none, for EXPLAIN.
  String reason(Distance distance, Optional<IndexDefinition> index) {
    if (index.isPresent()) {
      return "index " + index.get().name();
    }
    if (!useIndexes) {
      return "exact: enable_indexscan is off";
    }
    List<IndexDefinition> keyed = keyed(distance);
    if (!keyed.isEmpty()) {
      String name = keyed.getFirst().name();
      return keyed.getFirst().state() == IndexDefinition.State.VALID
          ? "exact: the filter does not imply the condition of index " + name
          : "exact: index " + name + " is being built";
    }
    Optional<IndexDefinition> other =
        distance.scan().table().indexes().stream()
            .filter(IndexDefinition::isVector)
            .filter(each -> match.isKey(each.keys().getFirst(), distance.key(), distance.scan()))
            .findFirst();
    return other
        .map(found ->
            "exact: index "
                + found.name()
                + " is for "
                + found.metric().orElseThrow().operator()
                + ", not "
                + distance.metric().operator())
        .orElseGet(() -> "exact: no vector index on column " + columnName(distance));
  }

  private static String columnName(Distance distance) {
    return distance.scan().table().columns().get(distance.column()).name();
  }
}
