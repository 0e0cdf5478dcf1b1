package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.util.ImmutableBitSet;
import quiver.common.function.FunctionSignature;
import quiver.common.type.SqlType;
import quiver.planner.calcite.OpaqueAggregate;
import quiver.planner.calcite.Rex;

/// Builds Calcite's aggregates.
final class Aggregation {
  private Aggregation() {}

  /// One aggregate over all rows.
  static RelNode global(
      Binding binding,
      RelNode input,
      FunctionSignature function,
      List<Integer> arguments,
      SqlType type) {
    return LogicalAggregate.create(
        input,
        List.of(),
        ImmutableBitSet.of(),
        null,
        List.of(call(binding, function, false, false, arguments, RelCollations.EMPTY, type)));
  }

  /// The same aggregate over several columns of all rows.
  static RelNode globals(
      Binding binding,
      RelNode input,
      FunctionSignature function,
      List<List<Integer>> arguments,
      SqlType type) {
    return LogicalAggregate.create(
        input,
        List.of(),
        ImmutableBitSet.of(),
        null,
        arguments.stream()
            .map(of -> call(binding, function, false, false, of, RelCollations.EMPTY, type))
            .toList());
  }

  /// How many rows there are, and in how many of them the first column is not NULL.
  static RelNode counts(Binding binding, RelNode input) {
    FunctionSignature rows = binding.resolver().function("count", List.of()).function();
    FunctionSignature values =
        binding.resolver().function("count", List.of(SqlType.INT8)).function();
    return LogicalAggregate.create(
        input,
        List.of(),
        ImmutableBitSet.of(),
        null,
        List.of(
            call(binding, rows, false, false, List.of(), RelCollations.EMPTY, SqlType.INT8),
            call(binding, values, false, false, List.of(0), RelCollations.EMPTY, SqlType.INT8)));
  }

  /// The distinct rows.
  static RelNode distinct(RelNode input) {
    return LogicalAggregate.create(
        input,
        List.of(),
        ImmutableBitSet.range(input.getRowType().getFieldCount()),
        null,
        List.of());
  }

  static AggregateCall call(
      Binding binding,
      FunctionSignature function,
      boolean filtered,
      boolean distinct,
      List<Integer> arguments,
      RelCollation order,
      SqlType type) {
    var relType = binding.rex().types().of(type);
    return AggregateCall.create(
        new OpaqueAggregate(function, filtered, relType),
        distinct,
        false,
        false,
        List.of(),
        arguments,
        -1,
        null,
        order,
        relType,
        "a");
  }

  static RelFieldCollation collation(int column, boolean descending, boolean nullsFirst) {
    return new RelFieldCollation(
        column,
        descending ? RelFieldCollation.Direction.DESCENDING : RelFieldCollation.Direction.ASCENDING,
        nullsFirst ? RelFieldCollation.NullDirection.FIRST : RelFieldCollation.NullDirection.LAST);
  }

  /// Collects expressions as columns, equal ones once.
  static final class Columns {
    private final List<RexNode> expressions = new ArrayList<>();

    int add(RexNode expression) {
      int index = expressions.indexOf(expression);
      if (index < 0) {
        index = expressions.size();
        expressions.add(expression);
      }
      return index;
    }

    int indexOf(RexNode expression) {
      return expressions.indexOf(expression);
    }

    int size() {
      return expressions.size();
    }

    List<RexNode> expressions() {
      return expressions;
    }

    RexNode reference(int index) {
      return new RexInputRef(index, expressions.get(index).getType());
    }

    SqlType type(int index) {
      return Rex.type(expressions.get(index));
    }
  }
}
