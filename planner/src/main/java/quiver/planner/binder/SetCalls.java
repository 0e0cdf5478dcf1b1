package quiver.planner.binder;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.function.OutputColumn;
import quiver.common.plan.JoinKind;
import quiver.common.plan.RelationAlias;
import quiver.common.type.SqlType;
import quiver.planner.calcite.ApplyRel;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.FunctionScanRel;
import quiver.planner.calcite.ProjectSetRel;
import quiver.planner.calcite.Relations;
import quiver.planner.calcite.Rex;

/// Computes the set-returning calls of a select list.
final class SetCalls {
  private final Binding binding;
  private final Placeholders placeholders;
  private final Rex rex;

  SetCalls(Binding binding, Placeholders placeholders) {
    this.binding = binding;
    this.placeholders = placeholders;
    this.rex = binding.rex();
  }

  /// A relation with the calls' results as extra columns, and expressions over it.
  record Planned(RelNode rel, List<RexNode> expressions) {}

  /// Works from the innermost calls outwards: calls at one level run in lock step.
  Planned plan(RelNode rel, List<RexNode> expressions) {
    RelNode current = rel;
    List<RexNode> nodes = expressions;
    while (nodes.stream().anyMatch(SetCalls::hasSet)) {
      Map<RexNode, RexNode> level = innermost(nodes);
      boolean columns =
          level.keySet().stream().anyMatch(call -> !setCall(call).columns().isEmpty());
      current = columns ? lateral(current, level) : together(current, level);
      nodes = nodes.stream().map(node -> node.accept(replacing(level))).toList();
    }
    return new Planned(current, nodes);
  }

  private static boolean hasSet(RexNode node) {
    return Calls.contains(node, Form.Placeholder.Kind.SET_RETURNING);
  }

  private static boolean isSet(Form form) {
    return form instanceof Form.Placeholder(var kind, _)
        && kind == Form.Placeholder.Kind.SET_RETURNING;
  }

  private Placeholders.SetCall setCall(RexNode call) {
    return placeholders.setCall(
        ((Form.Placeholder) java.util.Objects.requireNonNull(Rex.form(call))).number());
  }

  /// The calls without calls inside; values are filled in later.
  private Map<RexNode, RexNode> innermost(List<RexNode> nodes) {
    Map<RexNode, RexNode> calls = new LinkedHashMap<>();
    for (RexNode node : nodes) {
      node.accept(
          new Relations.FormShuttle() {
            @Override
            protected RexNode replace(RexCall call, Form form) {
              if (isSet(form) && call.getOperands().stream().noneMatch(SetCalls::hasSet)) {
                calls.put(call, call);
              }
              return call;
            }
          });
    }
    return calls;
  }

  /// Puts values in the place of calls.
  static RexShuttle replacing(Map<RexNode, RexNode> calls) {
    return new RexShuttle() {
      @Override
      public RexNode visitCall(RexCall call) {
        RexNode replacement = calls.get(call);
        return replacement == null ? super.visitCall(call) : replacement;
      }
    };
  }

  private RelNode together(RelNode rel, Map<RexNode, RexNode> calls) {
    List<RexNode> items = new ArrayList<>(binding.columns(rel));
    for (Map.Entry<RexNode, RexNode> entry : calls.entrySet()) {
      RexCall call = (RexCall) entry.getKey();
      entry.setValue(rex.column(items.size(), Rex.type(call)));
      items.add(rex.call(setCall(call).function(), "", Rex.type(call), call.getOperands()));
    }
    return new ProjectSetRel(rel, items);
  }

  /// A function of several columns runs as a LATERAL item.
  private RelNode lateral(RelNode rel, Map<RexNode, RexNode> calls) {
    List<RexCall> distinct = new ArrayList<>();
    for (RexNode node : calls.keySet()) {
      RexCall call = (RexCall) node;
      boolean known = distinct.stream().anyMatch(other -> isSameCall(other, call));
      if (!known) {
        distinct.add(call);
      }
    }
    if (distinct.size() > 1) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "several set-returning functions in a select list, one of them with several columns, are"
              + " not supported");
    }
    int id = binding.newId();
    int width = rel.getRowType().getFieldCount();
    RexCall call = distinct.getFirst();
    Placeholders.SetCall set = setCall(call);
    List<RexNode> arguments = new ArrayList<>();
    for (RexNode operand : call.getOperands()) {
      arguments.add(outward(operand, id));
    }
    List<SqlType> types = set.columns().stream().map(OutputColumn::type).toList();
    RexNode function =
        rex.call(set.function(), "", SqlType.of(quiver.common.type.BaseType.RECORD), arguments);
    RelNode scan =
        new FunctionScanRel(binding.cluster(), List.of(function), false, types, RelationAlias.NONE);
    calls.replaceAll((node, _) ->
        setCall(node)
            .field()
            .map(field -> rex.column(width + field, Rex.type(node)))
            .orElseGet(() -> row(width, types)));
    return new ApplyRel(id, JoinKind.INNER, rel, scan, rex.truth(true));
  }

  /// All columns of the function as one record.
  private RexNode row(int from, List<SqlType> types) {
    List<RexNode> fields = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      fields.add(rex.column(from + i, types.get(i)));
    }
    return rex.make(
        new Form.RowOf(List.of()), SqlType.of(quiver.common.type.BaseType.RECORD), fields);
  }

  private boolean isSameCall(RexCall left, RexCall right) {
    return setCall(left).function().equals(setCall(right).function())
        && left.getOperands().equals(right.getOperands());
  }

  private RexNode outward(RexNode node, int id) {
    return node.accept(
        new RexShuttle() {
          @Override
          public RexNode visitInputRef(RexInputRef reference) {
            return rex.make(
                new Form.Outer(id, reference.getIndex()), Rex.type(reference), List.of());
          }
        });
  }
}
