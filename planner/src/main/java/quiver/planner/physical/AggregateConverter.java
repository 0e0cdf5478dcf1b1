package quiver.planner.physical;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.util.ImmutableBitSet;
import quiver.common.function.DistributedAggregates;
import quiver.common.plan.AggregateCall;
import quiver.common.plan.JoinKind;
import quiver.common.plan.PlanNode;
import quiver.common.plan.PlanNode.AggregatePhase;
import quiver.common.plan.SortKey;
import quiver.common.type.SqlType;
import quiver.planner.calcite.OpaqueAggregate;
import quiver.planner.calcite.TypeFactory;

/// Aggregates: in two phases when every call has partial states, in one in the front end otherwise.
final class AggregateConverter {
  private final PlanConverter converter;
  private final OrderedScans orderedScans;

  AggregateConverter(PlanConverter converter, OrderedScans orderedScans) {
    this.converter = converter;
    this.orderedScans = orderedScans;
  }

  Step convert(Aggregate aggregate, ImmutableBitSet required) {
    List<Integer> keys = aggregate.getGroupSet().asList();
    ImmutableBitSet needed = aggregate.getGroupSet();
    List<Integer> wanted = new ArrayList<>();
    boolean many = aggregate.getGroupSets().size() > 1;
    int callCount = aggregate.getAggCallList().size() - (many ? 1 : 0);
    for (int i = 0; i < callCount; i++) {
      if (required.get(keys.size() + i)) {
        wanted.add(i);
        var call = aggregate.getAggCallList().get(i);
        needed = needed.union(ImmutableBitSet.of(call.getArgList()));
        for (RelFieldCollation key : call.getCollation().getFieldCollations()) {
          needed = needed.set(key.getFieldIndex());
        }
      }
    }
    Step input = converter.convert(aggregate.getInput(), needed);
    Optional<Step> extremes = extremes(aggregate, wanted, input);
    if (extremes.isPresent()) {
      return extremes.get();
    }
    boolean twoPhases =
        input.leaf() && !many && wanted.stream().allMatch(i -> isDistributable(aggregate, i));
    Step source = twoPhases ? input : converter.gathered(input, needed);
    List<AggregateCall> calls = new ArrayList<>();
    for (int i : wanted) {
      calls.add(call(aggregate.getAggCallList().get(i), source.columns()));
    }
    List<SqlType> keyTypes = new ArrayList<>();
    List<SqlType> rowTypes = TypeFactory.sqlTypes(aggregate.getRowType());
    for (int i = 0; i < keys.size(); i++) {
      keyTypes.add(rowTypes.get(i));
    }
    List<SqlType> outputTypes = new ArrayList<>(keyTypes);
    calls.forEach(call -> outputTypes.add(call.type()));
    if (many) {
      outputTypes.add(SqlType.INT8);
    }
    List<List<Integer>> sets = sets(aggregate, keys);
    List<Integer> inputKeys = keys.stream().map(source.columns()::get).toList();
    PlanNode plan =
        twoPhases
            ? inTwoPhases(source, inputKeys, sets, calls, keyTypes, outputTypes)
            : new PlanNode.Aggregate(
                source.plan(), AggregatePhase.SINGLE, inputKeys, sets, calls, outputTypes);
    ColumnMap columns = ColumnMap.empty(aggregate.getRowType().getFieldCount());
    for (int i = 0; i < keys.size(); i++) {
      columns.put(i, i);
    }
    for (int i = 0; i < wanted.size(); i++) {
      columns.put(keys.size() + wanted.get(i), keys.size() + i);
    }
    if (many) {
      columns.put(keys.size() + callCount, keys.size() + wanted.size());
    }
    return new Step(plan, columns, false);
  }

  /// `min` and `max` of all rows, each from one end of an index: one row for each, side by side.
  private Optional<Step> extremes(Aggregate aggregate, List<Integer> wanted, Step input) {
    if (!aggregate.getGroupSet().isEmpty() || wanted.isEmpty() || !input.leaf()) {
      return Optional.empty();
    }
    Optional<PlanNode> all = Optional.empty();
    ColumnMap columns = ColumnMap.empty(aggregate.getRowType().getFieldCount());
    for (int i = 0; i < wanted.size(); i++) {
      var call = aggregate.getAggCallList().get(wanted.get(i));
      Optional<PlanNode> rows = extreme(call, aggregate, input);
      if (rows.isEmpty()) {
        return Optional.empty();
      }
      List<AggregateCall> calls = List.of(call(call, input.columns()));
      PlanNode one =
          inTwoPhases(
              new Step(rows.get(), input.columns(), true),
              List.of(),
              List.of(List.of()),
              calls,
              List.of(),
              List.of(calls.getFirst().type()));
      all =
          all.<PlanNode>map(before ->
                  new PlanNode.NestedLoopJoin(JoinKind.INNER, before, one, Optional.empty()))
              .or(() -> Optional.of(one));
      columns.put(wanted.get(i), i);
    }
    return Optional.of(new Step(all.orElseThrow(), columns, false));
  }

  private Optional<PlanNode> extreme(
      org.apache.calcite.rel.core.AggregateCall call, Aggregate aggregate, Step input) {
    OpaqueAggregate function = (OpaqueAggregate) call.getAggregation();
    String name = function.function().name();
    boolean plain =
        (name.equals("min") || name.equals("max"))
            && !function.filtered()
            && call.getArgList().size() == 1
            && call.getCollation().getFieldCollations().isEmpty();
    return plain
        ? orderedScans.extreme(
            input.plan(),
            aggregate.getInput(),
            input.columns().get(call.getArgList().getFirst()),
            name.equals("max"))
        : Optional.empty();
  }

  private static List<List<Integer>> sets(Aggregate aggregate, List<Integer> keys) {
    List<List<Integer>> sets = new ArrayList<>();
    for (ImmutableBitSet set : aggregate.getGroupSets()) {
      sets.add(set.asList().stream().map(keys::indexOf).toList());
    }
    return sets;
  }

  private static PlanNode inTwoPhases(
      Step input,
      List<Integer> keys,
      List<List<Integer>> sets,
      List<AggregateCall> calls,
      List<SqlType> keyTypes,
      List<SqlType> outputTypes) {
    List<SqlType> stateTypes = new ArrayList<>(keyTypes);
    calls.forEach(_ -> stateTypes.add(PlanNode.STATE_TYPE));
    PlanNode partial =
        new PlanNode.Aggregate(input.plan(), AggregatePhase.PARTIAL, keys, sets, calls, stateTypes);
    List<Integer> finalKeys = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      finalKeys.add(i);
    }
    List<AggregateCall> finalCalls = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      AggregateCall call = calls.get(i);
      finalCalls.add(
          new AggregateCall(
              call.function(),
              List.of(keys.size() + i),
              false,
              Optional.empty(),
              List.of(),
              call.type()));
    }
    return new PlanNode.Aggregate(
        new PlanNode.Gather(partial, List.of()),
        AggregatePhase.FINAL,
        finalKeys,
        sets,
        finalCalls,
        outputTypes);
  }

  private static boolean isDistributable(Aggregate aggregate, int index) {
    var call = aggregate.getAggCallList().get(index);
    return !call.isDistinct()
        && call.getCollation().getFieldCollations().isEmpty()
        && DistributedAggregates.isDistributable(
            ((OpaqueAggregate) call.getAggregation()).function());
  }

  private static AggregateCall call(
      org.apache.calcite.rel.core.AggregateCall call, ColumnMap columns) {
    OpaqueAggregate function = (OpaqueAggregate) call.getAggregation();
    List<Integer> arguments = new ArrayList<>(call.getArgList());
    Optional<Integer> filter =
        function.filtered() ? Optional.of(columns.get(arguments.removeLast())) : Optional.empty();
    List<SortKey> order = new ArrayList<>();
    for (RelFieldCollation key : call.getCollation().getFieldCollations()) {
      order.add(
          new SortKey(
              columns.get(key.getFieldIndex()),
              key.getDirection().isDescending(),
              key.nullDirection == RelFieldCollation.NullDirection.FIRST));
    }
    return new AggregateCall(
        function.function(),
        arguments.stream().map(columns::get).toList(),
        call.isDistinct(),
        filter,
        order,
        TypeFactory.sqlType(call.getType()));
  }
}
