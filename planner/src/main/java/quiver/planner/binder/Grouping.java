package quiver.planner.binder;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.util.ImmutableBitSet;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.function.FunctionKind;
import quiver.common.function.FunctionSignature;
import quiver.common.function.Volatility;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.ValuesRel;

/// GROUP BY and the aggregates of one query level: expressions over the rows before grouping become
/// expressions over groups.
final class Grouping {
  /// Marks the GROUPING() bits among the calls of an aggregate.
  static final FunctionSignature BITS =
      new FunctionSignature(
          0,
          "grouping",
          List.of(),
          SqlType.INT8,
          FunctionKind.AGGREGATE,
          Volatility.IMMUTABLE,
          false,
          false,
          0);

  private final Binding binding;
  private final Placeholders placeholders;
  private final Scope scope;
  private final Rex rex;
  private final Aggregation.Columns input = new Aggregation.Columns();
  private final List<List<Integer>> sets;
  private final List<Integer> repetitions;
  private final int declaredKeyCount;
  private int keyCount;

  /// @param keys the grouped expressions
  /// @param sets positions in `keys`, one list per grouping set
  /// @param distinctSets whether a set that is given twice counts once
  Grouping(
      Binding binding,
      Placeholders placeholders,
      Scope scope,
      List<RexNode> keys,
      List<List<Integer>> sets,
      boolean distinctSets) {
    this.binding = binding;
    this.placeholders = placeholders;
    this.scope = scope;
    this.rex = binding.rex();
    List<Integer> keyColumns = new ArrayList<>();
    for (RexNode key : keys) {
      keyColumns.add(input.add(key));
    }
    List<List<Integer>> allSets =
        sets.stream()
            .map(set -> set.stream().map(keyColumns::get).distinct().sorted().toList())
            .toList();
    List<List<Integer>> differentSets = allSets.stream().distinct().toList();
    this.sets = differentSets;
    this.repetitions =
        distinctSets || differentSets.size() == allSets.size()
            ? List.of()
            : differentSets.stream().map(set -> Collections.frequency(allSets, set)).toList();
    this.declaredKeyCount = input.size();
    this.keyCount = input.size();
  }

  /// Adds the columns that follow from a grouped primary key, so that they can be used; to be
  /// called for every expression before [#build].
  void prepare(RexNode expression) {
    if (sets.size() != 1) {
      return;
    }
    new RexShuttle() {
      @Override
      public RexNode visitInputRef(RexInputRef reference) {
        if (input.indexOf(reference) < 0 && isDetermined(reference)) {
          input.add(reference);
          keyCount = input.size();
        }
        return reference;
      }

      @Override
      public RexNode visitCall(RexCall call) {
        return input.indexOf(call) >= 0 ? call : super.visitCall(call);
      }
    }.apply(expression);
  }

  private boolean isDetermined(RexInputRef reference) {
    for (Namespace namespace : scope.namespaces()) {
      TableDefinition table = namespace.table();
      boolean owns =
          namespace.columns().stream().anyMatch(column -> column.expression().equals(reference));
      if (owns && table != null && table.primaryKey().isPresent() && table.isKeyUniqueAtOnce()) {
        return table.keyOrdinals().stream()
            .allMatch(ordinal -> {
              int column = input.indexOf(namespace.columns().get(ordinal).expression());
              return column >= 0 && column < declaredKeyCount;
            });
      }
    }
    return false;
  }

  /// The grouped relation over `rel`, in which the aggregates' own subqueries are already attached.
  ///
  /// @param aggregates with arguments over `rel`
  RelNode build(RelNode rel, List<Placeholders.Aggregate> aggregates) {
    List<AggregateCall> calls = new ArrayList<>();
    for (Placeholders.Aggregate aggregate : aggregates) {
      calls.add(call(aggregate));
    }
    boolean many = sets.size() > 1;
    if (many) {
      calls.add(
          Aggregation.call(
              binding, BITS, false, false, List.of(), RelCollations.EMPTY, SqlType.INT8));
    }
    List<ImmutableBitSet> groupSets = new ArrayList<>();
    if (many) {
      sets.forEach(set -> groupSets.add(ImmutableBitSet.of(set)));
    }
    List<ImmutableBitSet> sorted = groupSets.stream().sorted(ImmutableBitSet.ORDERING).toList();
    ImmutableBitSet keys =
        many ? ImmutableBitSet.union(groupSets) : ImmutableBitSet.range(keyCount);
    RelNode groups =
        LogicalAggregate.create(projected(rel), List.of(), keys, many ? sorted : null, calls);
    return repetitions.isEmpty() ? groups : repeated(groups);
  }

  /// The groups of a set that is given several times come as often: the groups are computed once
  /// and joined with numbers by the bits of their set.
  private RelNode repeated(RelNode groups) {
    int bitsColumn = groups.getRowType().getFieldCount() - 1;
    RexNode bits = sets.size() > 1 ? binding.column(groups, bitsColumn) : null;
    List<List<RexNode>> rows = new ArrayList<>();
    for (int i = 0; i < sets.size(); i++) {
      for (int times = 0; times < repetitions.get(i); times++) {
        rows.add(List.of(rex.constant(bitsOf(sets.get(i)), SqlType.INT8)));
      }
    }
    RelNode numbers = new ValuesRel(binding.cluster(), rows, List.of(SqlType.INT8));
    int width = groups.getRowType().getFieldCount();
    RexNode condition =
        bits == null
            ? rex.truth(true)
            : new Operators(binding).binary("=", bits, rex.column(width, SqlType.INT8));
    RelNode joined =
        LogicalJoin.create(groups, numbers, List.of(), condition, Set.of(), JoinRelType.INNER);
    return binding.project(joined, binding.columns(joined).subList(0, width));
  }

  /// GROUPING() of all keys for one set.
  private long bitsOf(List<Integer> set) {
    long bits = 0;
    for (int key = 0; key < keyCount; key++) {
      bits = bits << 1 | (set.contains(key) ? 0 : 1);
    }
    return bits;
  }

  private RelNode projected(RelNode rel) {
    return binding.project(rel, input.expressions());
  }

  private AggregateCall call(Placeholders.Aggregate aggregate) {
    List<Integer> arguments = new ArrayList<>();
    aggregate.arguments().forEach(argument -> arguments.add(input.add(argument)));
    RexNode filter = aggregate.filter();
    if (filter != null) {
      arguments.add(input.add(filter));
    }
    List<RelFieldCollation> order = new ArrayList<>();
    List<Integer> ordered = new ArrayList<>();
    for (Placeholders.Order key : aggregate.order()) {
      int column = input.add(key.expression());
      if (!ordered.contains(column)) {
        ordered.add(column);
        order.add(Aggregation.collation(column, key.descending(), key.nullsFirst()));
      }
    }
    RelCollation collation = order.isEmpty() ? RelCollations.EMPTY : RelCollations.of(order);
    return Aggregation.call(
        binding,
        aggregate.function(),
        filter != null,
        aggregate.distinct(),
        arguments,
        collation,
        aggregate.type());
  }

  /// An expression over groups.
  ///
  /// @throws QuiverException `42803` for a column that is not grouped
  RexNode overGroups(RexNode expression) {
    return expression.accept(
        new RexShuttle() {
          @Override
          public RexNode visitInputRef(RexInputRef reference) {
            return key(reference).orElseThrow(() -> ungrouped(reference));
          }

          @Override
          public RexNode visitCall(RexCall call) {
            Optional<RexNode> key = key(call);
            if (key.isPresent()) {
              return key.get();
            }
            return switch (Rex.form(call)) {
              case Form.Placeholder(var kind, int number)
                  when kind == Form.Placeholder.Kind.AGGREGATE ->
                  rex.column(keyCount + number, Rex.type(call));
              case Form.Placeholder(var kind, int number)
                  when kind == Form.Placeholder.Kind.GROUPING ->
                  bits(placeholders.groupings().get(number));
              case null, default -> super.visitCall(call);
            };
          }
        });
  }

  private Optional<RexNode> key(RexNode node) {
    int index = input.indexOf(node);
    return index >= 0 && index < keyCount ? Optional.of(input.reference(index)) : Optional.empty();
  }

  /// Where a column of the scope is in the groups' row.
  int outerColumn(int index) {
    for (int i = 0; i < keyCount; i++) {
      if (input.expressions().get(i) instanceof RexInputRef reference
          && reference.getIndex() == index) {
        return i;
      }
    }
    throw new QuiverException(
        SqlState.GROUPING_ERROR,
        "subquery uses ungrouped column \"%s\" from outer query",
        columnName(index));
  }

  private QuiverException ungrouped(RexInputRef reference) {
    QuiverException error =
        new QuiverException(
            SqlState.GROUPING_ERROR,
            "column \"%s\" must appear in the GROUP BY clause or be used in an aggregate function",
            columnName(reference.getIndex()));
    return error.at(binding.positionOf(reference));
  }

  private String columnName(int index) {
    for (Namespace namespace : scope.namespaces()) {
      for (Namespace.Column column : namespace.columns()) {
        if (column.expression() instanceof RexInputRef reference && reference.getIndex() == index) {
          return namespace.name() + "." + column.name();
        }
      }
    }
    return "?column?";
  }

  /// GROUPING(…): one bit per argument, the last one lowest, set when it is not in the set.
  private RexNode bits(Placeholders.Grouping grouping) {
    int width = keyCount;
    int bitsColumn = keyCount + placeholders.aggregates().size();
    RexNode result = rex.constant(0L, SqlType.INT8);
    Operators operators = new Operators(binding);
    for (int i = 0; i < grouping.arguments().size(); i++) {
      int key = input.indexOf(grouping.arguments().get(i));
      if (key < 0 || key >= declaredKeyCount) {
        throw new QuiverException(
            SqlState.GROUPING_ERROR,
            "arguments to GROUPING must be grouping expressions of the associated query level");
      }
      if (sets.size() > 1) {
        RexNode shifted =
            operators.binary(
                ">>",
                rex.column(bitsColumn, SqlType.INT8),
                rex.constant((long) (width - 1 - key), SqlType.INT4));
        RexNode bit = operators.binary("&", shifted, rex.constant(1L, SqlType.INT8));
        RexNode weight = rex.constant(1L << (grouping.arguments().size() - 1 - i), SqlType.INT8);
        result = operators.binary("+", result, operators.binary("*", bit, weight));
      }
    }
    return binding.coercions().coerce(result, SqlType.INT4, CastContext.EXPLICIT);
  }
}
