package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;
import quiver.common.function.FunctionSignature;
import quiver.common.function.OutputColumn;
import quiver.common.type.SqlType;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.WindowRel;

/// What the expressions of one query level contain that is computed by relations of its own:
/// aggregates, window calls, set-returning calls and subqueries. While binding, the expressions
/// hold a [Form.Placeholder] for each.
final class Placeholders {
  /// ORDER BY inside an aggregate or window.
  record Order(RexNode expression, boolean descending, boolean nullsFirst) {}

  /// An aggregate over the rows before grouping.
  record Aggregate(
      FunctionSignature function,
      List<RexNode> arguments,
      boolean distinct,
      List<Order> order,
      @Nullable RexNode filter,
      SqlType type) {}

  /// GROUPING(…): the grouped expressions.
  record Grouping(List<RexNode> arguments) {}

  /// A window call. The operands of its placeholder are its arguments, the filter if there is one,
  /// the partition keys, the order keys.
  record Window(
      FunctionSignature function,
      int argumentCount,
      boolean filtered,
      int partitionCount,
      List<Direction> order,
      WindowRel.Frame frame,
      SqlType type) {}

  /// How a key sorts.
  record Direction(boolean descending, boolean nullsFirst) {}

  /// A set-returning call. The operands of its placeholder are its arguments.
  ///
  /// @param columns of a function that returns several columns
  /// @param field the wanted one of `columns`; empty for all of them as a record, and for a
  ///   function of one column
  record SetCall(
      FunctionSignature function,
      SqlType type,
      List<OutputColumn> columns,
      Optional<Integer> field) {}

  /// What a subquery is used as.
  enum Use {
    SCALAR,
    EXISTS,
    ARRAY,
    ANY,
    ALL
  }

  /// A subquery. The operands of its placeholder are the left sides of ANY and ALL.
  ///
  /// @param rel with [Form.Outer] for columns of enclosing levels
  /// @param comparison the condition for left values and a right row
  /// @param equality whether they are all `=`
  /// @param array the function that collects an array, of ARRAY, and of ANY and ALL over one column
  record Subquery(
      Use use, RelNode rel, Comparison comparison, boolean equality, Optional<ArrayForm> array) {}

  /// Compares left values with the columns of a row.
  @FunctionalInterface
  interface Comparison {
    /// For subqueries that are not compared.
    Comparison NONE =
        (left, right) -> {
          throw new IllegalStateException("nothing is compared");
        };

    RexNode of(List<RexNode> left, List<RexNode> right);
  }

  /// How a subquery becomes an array.
  ///
  /// @param element what its values are converted to first
  /// @param comparison for ANY and ALL, which function compares
  record ArrayForm(
      FunctionSignature collect,
      SqlType element,
      SqlType arrayType,
      Optional<FunctionSignature> comparison) {}

  private final Rex rex;
  private final List<Aggregate> aggregates = new ArrayList<>();
  private final List<Grouping> groupings = new ArrayList<>();
  private final List<Window> windows = new ArrayList<>();
  private final List<SetCall> setCalls = new ArrayList<>();
  private final List<Subquery> subqueries = new ArrayList<>();

  Placeholders(Rex rex) {
    this.rex = rex;
  }

  /// The same with other relations for the subqueries.
  Placeholders withRelations(java.util.function.UnaryOperator<RelNode> change) {
    Placeholders changed = new Placeholders(rex);
    changed.aggregates.addAll(aggregates);
    changed.groupings.addAll(groupings);
    changed.windows.addAll(windows);
    changed.setCalls.addAll(setCalls);
    for (Subquery subquery : subqueries) {
      changed.subqueries.add(
          new Subquery(
              subquery.use(),
              change.apply(subquery.rel()),
              subquery.comparison(),
              subquery.equality(),
              subquery.array()));
    }
    return changed;
  }

  List<Aggregate> aggregates() {
    return aggregates;
  }

  List<Grouping> groupings() {
    return groupings;
  }

  boolean hasWindows() {
    return !windows.isEmpty();
  }

  boolean hasSetCalls() {
    return !setCalls.isEmpty();
  }

  boolean hasSubqueries() {
    return !subqueries.isEmpty();
  }

  Window window(int number) {
    return windows.get(number);
  }

  SetCall setCall(int number) {
    return setCalls.get(number);
  }

  Subquery subquery(int number) {
    return subqueries.get(number);
  }

  RexNode add(Aggregate aggregate) {
    int number = aggregates.indexOf(aggregate);
    if (number < 0) {
      number = aggregates.size();
      aggregates.add(aggregate);
    }
    return make(Form.Placeholder.Kind.AGGREGATE, number, aggregate.type(), List.of());
  }

  RexNode add(Grouping grouping) {
    groupings.add(grouping);
    return make(Form.Placeholder.Kind.GROUPING, groupings.size() - 1, SqlType.INT4, List.of());
  }

  RexNode add(Window window, List<RexNode> operands) {
    int number = windows.indexOf(window);
    if (number < 0) {
      number = windows.size();
      windows.add(window);
    }
    return make(Form.Placeholder.Kind.WINDOW, number, window.type(), operands);
  }

  RexNode add(SetCall call, List<RexNode> operands) {
    int number = setCalls.indexOf(call);
    if (number < 0) {
      number = setCalls.size();
      setCalls.add(call);
    }
    return make(Form.Placeholder.Kind.SET_RETURNING, number, call.type(), operands);
  }

  RexNode add(Subquery subquery, SqlType type, List<RexNode> operands) {
    subqueries.add(subquery);
    return make(Form.Placeholder.Kind.SUBQUERY, subqueries.size() - 1, type, operands);
  }

  /// The columns of one scalar subquery: its placeholder with the column's number as operand.
  List<RexNode> addRow(Subquery subquery, List<SqlType> types) {
    subqueries.add(subquery);
    List<RexNode> columns = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      columns.add(
          make(
              Form.Placeholder.Kind.SUBQUERY,
              subqueries.size() - 1,
              types.get(i),
              List.of(rex.constant((long) i, SqlType.INT4))));
    }
    return columns;
  }

  private RexNode make(
      Form.Placeholder.Kind kind, int number, SqlType type, List<RexNode> operands) {
    return rex.make(new Form.Placeholder(kind, number), type, operands);
  }
}
