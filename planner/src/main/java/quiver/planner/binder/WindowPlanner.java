package quiver.planner.binder;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import quiver.common.plan.AggregateCall;
import quiver.common.plan.SortKey;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Relations;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.WindowRel;

/// Computes the window calls of a select list: one [WindowRel] for each distinct window.
final class WindowPlanner {
  private final Binding binding;
  private final Placeholders placeholders;

  WindowPlanner(Binding binding, Placeholders placeholders) {
    this.binding = binding;
    this.placeholders = placeholders;
  }

  /// A relation with the calls' results as extra columns, and expressions over it.
  record Planned(RelNode rel, List<RexNode> expressions) {}

  private record Shape(List<Integer> partition, List<SortKey> order, WindowRel.Frame frame) {}

  /// Attaches the subqueries inside the operands of window calls.
  Subqueries.Attached attachOperands(
      RelNode rel,
      List<RexNode> expressions,
      Subqueries subqueries,
      IntUnaryOperator outerColumns) {
    RelNode[] current = {rel};
    List<RexNode> replaced = new ArrayList<>();
    for (RexNode expression : expressions) {
      replaced.add(
          expression.accept(
              new Relations.FormShuttle() {
                @Override
                protected RexNode replace(RexCall call, Form form) {
                  if (!isWindow(form)) {
                    return call;
                  }
                  Subqueries.Attached attached =
                      subqueries.attach(current[0], call.getOperands(), outerColumns, _ -> true);
                  current[0] = attached.rel();
                  return binding.rex().make(form, Rex.type(call), attached.expressions());
                }
              }));
    }
    return new Subqueries.Attached(current[0], replaced);
  }

  private static boolean isWindow(Form form) {
    return form instanceof Form.Placeholder(var kind, _) && kind == Form.Placeholder.Kind.WINDOW;
  }

  Planned plan(RelNode rel, List<RexNode> expressions) {
    Aggregation.Columns columns = new Aggregation.Columns();
    binding.columns(rel).forEach(columns::add);
    // The distinct calls by window, in the order they are met.
    Map<Shape, List<RexNode>> calls = new LinkedHashMap<>();
    Map<RexNode, AggregateCall> results = new LinkedHashMap<>();
    Relations.FormShuttle collector =
        new Relations.FormShuttle() {
          @Override
          protected RexNode replace(RexCall call, Form form) {
            if (isWindow(form) && !results.containsKey(call)) {
              Placeholders.Window window = placeholders.window(((Form.Placeholder) form).number());
              calls.computeIfAbsent(shape(window, call, columns), _ -> new ArrayList<>()).add(call);
              results.put(call, aggregate(window, call, columns));
            }
            return call;
          }
        };
    expressions.forEach(expression -> expression.accept(collector));
    RelNode result = binding.project(rel, columns.expressions());
    Map<RexNode, RexNode> references = new LinkedHashMap<>();
    for (Map.Entry<Shape, List<RexNode>> entry : calls.entrySet()) {
      int width = result.getRowType().getFieldCount();
      List<AggregateCall> aggregates = new ArrayList<>();
      for (RexNode call : entry.getValue()) {
        references.put(call, binding.rex().column(width + aggregates.size(), Rex.type(call)));
        aggregates.add(java.util.Objects.requireNonNull(results.get(call)));
      }
      Shape shape = entry.getKey();
      result = new WindowRel(result, shape.partition(), shape.order(), shape.frame(), aggregates);
    }
    List<RexNode> replaced = new ArrayList<>();
    for (RexNode expression : expressions) {
      replaced.add(expression.accept(replacing(columns, references)));
    }
    return new Planned(result, replaced);
  }

  /// Window calls become columns, and so does what was computed for them.
  private static RexShuttle replacing(
      Aggregation.Columns columns, Map<RexNode, RexNode> references) {
    return new RexShuttle() {
      @Override
      public RexNode visitCall(RexCall call) {
        RexNode reference = references.get(call);
        if (reference != null) {
          return reference;
        }
        int computed = Rex.isDeterministic(call) ? columns.indexOf(call) : -1;
        return computed < 0 ? super.visitCall(call) : columns.reference(computed);
      }
    };
  }

  private static Shape shape(
      Placeholders.Window window, RexCall call, Aggregation.Columns columns) {
    int next = window.argumentCount() + (window.filtered() ? 1 : 0);
    List<Integer> partition = new ArrayList<>();
    for (int i = 0; i < window.partitionCount(); i++) {
      partition.add(columns.add(call.getOperands().get(next++)));
    }
    List<SortKey> order = new ArrayList<>();
    for (Placeholders.Direction direction : window.order()) {
      int column = columns.add(call.getOperands().get(next++));
      order.add(new SortKey(column, direction.descending(), direction.nullsFirst()));
    }
    return new Shape(partition, order, window.frame());
  }

  private static AggregateCall aggregate(
      Placeholders.Window window, RexCall call, Aggregation.Columns columns) {
    List<Integer> arguments = new ArrayList<>();
    for (int i = 0; i < window.argumentCount(); i++) {
      arguments.add(columns.add(call.getOperands().get(i)));
    }
    Optional<Integer> filter =
        window.filtered()
            ? Optional.of(columns.add(call.getOperands().get(window.argumentCount())))
            : Optional.empty();
    return new AggregateCall(window.function(), arguments, false, filter, List.of(), window.type());
  }
}
