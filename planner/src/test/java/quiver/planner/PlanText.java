package quiver.planner;

import java.util.List;
import java.util.stream.Collectors;
import quiver.common.expression.Expression;
import quiver.common.plan.AggregateCall;
import quiver.common.plan.PlanNode;
import quiver.common.plan.RowValues;
import quiver.common.plan.SortKey;
import quiver.common.plan.StatementPlan;

/// Plans as short text, one operator a line, for tests.
final class PlanText {
  private final StringBuilder text = new StringBuilder();

  private PlanText() {}

  static String of(PlanNode plan) {
    PlanText printer = new PlanText();
    printer.print(plan, 0);
    return printer.text.toString();
  }

  static String of(StatementPlan plan) {
    return switch (plan) {
      case StatementPlan.Query query -> of(query.root());
      case StatementPlan.Insert insert ->
          "Insert"
              + insert.checks().stream()
                  .map(c -> " check " + c.name() + " " + condition(c.condition()))
                  .collect(Collectors.joining())
              + insert.onConflict().map(c -> " " + of(c)).orElse("")
              + returning(insert.returning())
              + "\n"
              + of(insert.source());
      case StatementPlan.Update update ->
          "Update"
              + (update.keyChanges() ? " keys" : "")
              + update.checks().stream()
                  .map(c -> " check " + c.name() + " " + condition(c.condition()))
                  .collect(Collectors.joining())
              + returning(update.returning())
              + "\n"
              + of(update.source());
      case StatementPlan.Delete delete ->
          "Delete" + returning(delete.returning()) + "\n" + of(delete.source());
      case StatementPlan.Ddl ddl -> ddl.tag() + " " + ddl.command() + "\n";
      case StatementPlan.AlterTable alter -> "AlterTable " + alter.command().after().name();
      case StatementPlan.CreateTableAs create ->
          create.command() + "\n" + of(create.query().root());
      case StatementPlan.Explain explain ->
          "Explain " + explain.options() + "\n" + of(explain.statement());
      case StatementPlan.CopyIn copy ->
          "CopyIn "
              + copy.columns()
              + copy.where().map(w -> " where " + of(w)).orElse("")
              + "\n"
              + of(copy.insert());
      case StatementPlan.CopyOut copy -> "CopyOut\n" + of(copy.source());
      case StatementPlan.Modifying modifying ->
          modifying.steps().stream()
                  .map(step -> "With " + of(step.statement()))
                  .collect(Collectors.joining())
              + of(modifying.body());
      case StatementPlan.Merge merge ->
          "Merge\n"
              + of(merge.rows())
              + merge.clauses().stream().map(PlanText::of).collect(Collectors.joining());
      case StatementPlan.Session session -> session.command() + "\n";
    };
  }

  private static String of(StatementPlan.OnConflict conflict) {
    return switch (conflict) {
      case StatementPlan.OnConflict.DoNothing _ -> "do nothing";
      case StatementPlan.OnConflict.DoUpdate(_, var row, var condition, _, _) ->
          "do update " + of(row) + condition.map(c -> " where " + of(c)).orElse("");
    };
  }

  private static String condition(RowValues values) {
    return values instanceof RowValues.Columns(var expressions)
        ? of(expressions.getFirst())
        : of(values);
  }

  private static String returning(RowValues values) {
    return values.isNone() ? "" : " returning " + of(values);
  }

  private static String of(RowValues values) {
    return switch (values) {
      case RowValues.Columns(var expressions) -> list(expressions);
      case RowValues.Plan(_, var plan) -> "{\n" + of(plan) + "}";
    };
  }

  private void print(PlanNode node, int depth) {
    text.append("  ".repeat(depth)).append(line(node)).append('\n');
    for (PlanNode child : children(node)) {
      print(child, depth + 1);
    }
  }

  private static List<PlanNode> children(PlanNode node) {
    return switch (node) {
      case PlanNode.Gather n -> List.of(n.fragment());
      case PlanNode.Filter n -> List.of(n.input());
      case PlanNode.Project n -> List.of(n.input());
      case PlanNode.ProjectSet n -> List.of(n.input());
      case PlanNode.HashJoin n -> List.of(n.left(), n.right());
      case PlanNode.NestedLoopJoin n -> List.of(n.left(), n.right());
      case PlanNode.Apply n -> List.of(n.left(), n.right());
      case PlanNode.Aggregate n -> List.of(n.input());
      case PlanNode.Window n -> List.of(n.input());
      case PlanNode.Sort n -> List.of(n.input());
      case PlanNode.Limit n -> List.of(n.input());
      case PlanNode.DistinctOn n -> List.of(n.input());
      case PlanNode.SetOperation n -> n.inputs();
      case PlanNode.SingleRow n -> List.of(n.input());
      case PlanNode.LockRows n -> List.of(n.input());
      case PlanNode.Shared n -> List.of(n.definition(), n.body());
      case PlanNode.RecursiveUnion n -> List.of(n.base(), n.step());
      case PlanNode.TableScan _,
          PlanNode.VectorSearch _,
          PlanNode.SystemScan _,
          PlanNode.Values _,
          PlanNode.TableFunction _,
          PlanNode.SharedScan _ ->
          List.of();
    };
  }

  private static String line(PlanNode node) {
    return switch (node) {
      case PlanNode.TableScan n ->
          "Scan t"
              + n.tableId()
              + n.ordinals()
              + (n.withAddress() ? " address" : "")
              + (n.keyEquals().isEmpty() ? "" : " key " + list(n.keyEquals()))
              + n.filter().map(f -> " where " + of(f)).orElse("");
      case PlanNode.VectorSearch n ->
          "VectorSearch t"
              + n.tableId()
              + n.ordinals()
              + (n.withAddress() ? " address" : "")
              + " "
              + n.vectorOrdinal()
              + n.metric().operator()
              + of(n.query())
              + n.range()
                  .max()
                  .map(m -> (n.range().maxInclusive() ? " <= " : " < ") + of(m))
                  .orElse("")
              + n.range()
                  .min()
                  .map(m -> (n.range().minInclusive() ? " >= " : " > ") + of(m))
                  .orElse("")
              + n.limit().map(l -> " limit " + of(l)).orElse("")
              + n.filter().map(f -> " where " + of(f)).orElse("")
              + " ("
              + n.reason()
              + ")";
      case PlanNode.Gather n -> "Gather" + keys(n.order());
      case PlanNode.SystemScan n -> "System " + n.schema() + "." + n.relation() + n.ordinals();
      case PlanNode.Values n ->
          "Values " + n.rows().stream().map(PlanText::list).collect(Collectors.joining(" "));
      case PlanNode.TableFunction n ->
          "Function "
              + n.calls().stream().map(PlanText::of).toList()
              + (n.ordinality() ? " ordinality" : "");
      case PlanNode.Filter n -> "Filter " + of(n.condition());
      case PlanNode.Project n -> "Project " + list(n.expressions());
      case PlanNode.ProjectSet n -> "ProjectSet " + list(n.items());
      case PlanNode.HashJoin n ->
          "HashJoin "
              + n.kind()
              + " "
              + n.leftKeys()
              + "="
              + n.rightKeys()
              + n.residual().map(r -> " and " + of(r)).orElse("");
      case PlanNode.NestedLoopJoin n ->
          "LoopJoin " + n.kind() + n.condition().map(c -> " on " + of(c)).orElse("");
      case PlanNode.Apply n ->
          "Apply " + n.kind() + n.condition().map(c -> " on " + of(c)).orElse("");
      case PlanNode.Aggregate n ->
          "Aggregate "
              + n.phase()
              + " "
              + n.keys()
              + (n.groupingSets().size() == 1 ? "" : " sets " + n.groupingSets())
              + n.calls().stream().map(PlanText::call).collect(Collectors.joining());
      case PlanNode.Window n ->
          "Window "
              + n.partitionKeys()
              + keys(n.order())
              + n.calls().stream().map(PlanText::call).collect(Collectors.joining());
      case PlanNode.Sort n ->
          "Sort"
              + keys(n.keys())
              + n.limit().map(l -> " limit " + of(l)).orElse("")
              + n.reason().map(r -> " (" + r + ")").orElse("");
      case PlanNode.Limit n ->
          "Limit"
              + n.limit().map(l -> " " + of(l)).orElse("")
              + n.offset().map(o -> " offset " + of(o)).orElse("")
              + (n.tiesOn().isEmpty() ? "" : " ties " + n.tiesOn());
      case PlanNode.DistinctOn n -> "DistinctOn " + n.keys();
      case PlanNode.SetOperation n -> n.kind() + (n.all() ? " ALL" : "");
      case PlanNode.SingleRow _ -> "SingleRow";
      case PlanNode.LockRows n -> "LockRows " + n.locks();
      case PlanNode.Shared _ -> "Shared";
      case PlanNode.RecursiveUnion n -> "RecursiveUnion" + (n.distinct() ? " distinct" : "");
      case PlanNode.SharedScan _ -> "SharedScan";
    };
  }

  private static String call(AggregateCall call) {
    return " "
        + call.function().name()
        + "("
        + (call.distinct() ? "distinct " : "")
        + call.arguments().stream().map(a -> "#" + a).collect(Collectors.joining(","))
        + keys(call.order())
        + ")"
        + call.filter().map(f -> " filter #" + f).orElse("");
  }

  private static String keys(List<SortKey> keys) {
    return keys.isEmpty()
        ? ""
        : " by "
            + keys.stream()
                .map(key ->
                    "#"
                        + key.column()
                        + (key.descending() ? " desc" : "")
                        + (key.nullsFirst() != key.descending()
                            ? key.nullsFirst() ? " nulls first" : " nulls last"
                            : ""))
                .collect(Collectors.joining(","));
  }

  private static String list(List<Expression> expressions) {
    return expressions.stream().map(PlanText::of).collect(Collectors.joining(", ", "[", "]"));
  }

  static String of(Expression expression) {
    return switch (expression) {
      case Expression.InputColumn e -> "#" + e.index();
      case Expression.Constant e ->
          (e.value() instanceof float[] floats
              ? java.util.Arrays.toString(floats)
              : e.value() instanceof String s ? "'" + s + "'" : String.valueOf(e.value()));
      case Expression.Parameter e -> "$" + (e.index() + 1);
      case Expression.OuterColumn e -> "outer#" + e.index();
      case Expression.Call e -> e.function().name() + args(e.arguments());
      case Expression.VariadicCall e -> e.function().name() + " variadic" + args(e.arguments());
      case Expression.And e ->
          e.terms().stream().map(PlanText::of).collect(Collectors.joining(" and ", "(", ")"));
      case Expression.Or e ->
          e.terms().stream().map(PlanText::of).collect(Collectors.joining(" or ", "(", ")"));
      case Expression.Not e -> "not " + of(e.operand());
      case Expression.IsNull e -> of(e.operand()) + " is null";
      case Expression.IsDistinct e -> of(e.left()) + " is distinct from " + of(e.right());
      case Expression.Case e ->
          "case"
              + e.branches().stream()
                  .map(b -> " when " + of(b.condition()) + " then " + of(b.result()))
                  .collect(Collectors.joining())
              + " else "
              + of(e.otherwise())
              + " end";
      case Expression.Coalesce e -> "coalesce" + args(e.operands());
      case Expression.Cast e ->
          of(e.operand())
              + "::"
              + e.type().typeName()
              + (e.type().modifier() < 0 ? "" : "(" + e.type().modifier() + ")");
      case Expression.AnyAll e ->
          of(e.left())
              + " "
              + e.comparison().name()
              + (e.all() ? " all " : " any ")
              + of(e.array());
      case Expression.ArrayOf e -> "array" + list(e.elements());
      case Expression.Subscript e -> of(e.array()) + e.bounds();
      case Expression.RowOf e -> "row" + args(e.fields());
    };
  }

  private static String args(List<Expression> arguments) {
    return arguments.stream().map(PlanText::of).collect(Collectors.joining(",", "(", ")"));
  }
}
