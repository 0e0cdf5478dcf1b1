package quiver.planner.parser;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.planner.parser.node.BitConstant;
import quiver.planner.parser.node.Expression;
import quiver.planner.parser.node.ExpressionNode;
import quiver.planner.parser.node.FromItem;
import quiver.planner.parser.node.GroupingElement;
import quiver.planner.parser.node.NumericConstant;
import quiver.planner.parser.node.OrderItem;
import quiver.planner.parser.node.Over;
import quiver.planner.parser.node.Query;
import quiver.planner.parser.node.SelectItem;
import quiver.planner.parser.node.TypeName;
import quiver.planner.parser.node.WindowSpecification;

/// Writes trees as nested lists, so that a test says in one line what a text was parsed to.
final class Shape {
  private Shape() {}

  static String of(@Nullable SqlNode node) {
    return switch (node) {
      case null -> "-";
      case NumericConstant number -> number.text();
      case BitConstant bits -> "b'" + bits.bits() + "'";
      case SqlIdentifier name -> of(name);
      case SqlDynamicParam parameter -> "$" + (parameter.getIndex() + 1);
      case SqlLiteral literal ->
          switch (literal.getTypeName()) {
            case CHAR -> "'" + literal.toValue() + "'";
            case NULL -> "null";
            default -> String.valueOf(literal.toValue()).toLowerCase(Locale.ROOT);
          };
      case ExpressionNode e -> of(e.value());
      default -> throw new AssertionError("unexpected node " + node.getClass());
    };
  }

  static String of(SqlIdentifier name) {
    List<String> parts = new ArrayList<>();
    for (String part : name.names) {
      parts.add(part.isEmpty() ? "*" : part);
    }
    return String.join(".", parts);
  }

  private static String of(Expression expression) {
    return switch (expression) {
      case Expression.Operator e ->
          list(
              (e.schema() == null ? "" : e.schema() + ".") + e.symbol(),
              e.left() == null ? "" : of(e.left()),
              of(e.right()));
      case Expression.Logical e ->
          list(e.connective().name().toLowerCase(Locale.ROOT), all(e.operands()));
      case Expression.Is e ->
          list("is" + not(e.negated()), e.truth().name().toLowerCase(Locale.ROOT), of(e.operand()));
      case Expression.DistinctFrom e ->
          list("is" + not(e.negated()) + "-distinct", of(e.left()), of(e.right()));
      case Expression.Between e ->
          list(
              "between" + not(e.negated()) + (e.symmetric() ? "-symmetric" : ""),
              of(e.operand()),
              of(e.low()),
              of(e.high()));
      case Expression.InList e ->
          list("in" + not(e.negated()), of(e.operand()), list(all(e.values())));
      case Expression.InQuery e -> list("in" + not(e.negated()), of(e.operand()), of(e.query()));
      case Expression.QuantifiedArray e ->
          list(e.symbol() + (e.all() ? "-all" : "-any"), of(e.left()), of(e.array()));
      case Expression.QuantifiedQuery e ->
          list(e.symbol() + (e.all() ? "-all" : "-any"), of(e.left()), of(e.query()));
      case Expression.Exists e -> list("exists", of(e.query()));
      case Expression.ScalarQuery e -> list("scalar", of(e.query()));
      case Expression.ArrayQuery e -> list("array", of(e.query()));
      case Expression.ArrayElements e -> list("array", all(e.elements()));
      case Expression.Row e -> list("row", all(e.fields()));
      case Expression.Case e -> {
        List<String> parts = new ArrayList<>();
        for (Expression.When when : e.branches()) {
          parts.add(of(when.condition()) + "=>" + of(when.result()));
        }
        yield list("case", of(e.operand()), String.join(" ", parts), of(e.otherwise()));
      }
      case Expression.Function e -> function(e);
      case Expression.Special e ->
          list(e.form().name().toLowerCase(Locale.ROOT), all(e.arguments()));
      case Expression.Keyword e ->
          list(e.keyword().name(), e.precision() == null ? "" : e.precision().toString());
      case Expression.Cast e -> list("::" + of(e.type()), of(e.operand()));
      case Expression.Collate e -> list("collate", of(e.operand()), of(e.collation()));
      case Expression.Subscript e -> list("[]", of(e.operand()), of(e.index()));
      case Expression.Slice e -> list("[:]", of(e.operand()), of(e.lower()), of(e.upper()));
      case Expression.Field e -> list("." + e.field(), of(e.operand()));
      case Expression.AllFields e -> list(".*", of(e.operand()));
      case Expression.Default _ -> "default";
      case Expression.CurrentOf e -> list("current-of", e.cursor());
    };
  }

  private static String function(Expression.Function e) {
    List<String> arguments = new ArrayList<>();
    for (Expression.Argument argument : e.arguments()) {
      arguments.add((argument.name() == null ? "" : argument.name() + "=>") + of(argument.value()));
    }
    return list(
        of(e.name()),
        e.star() ? "*" : "",
        e.distinct() ? "distinct" : "",
        e.variadic() ? "variadic" : "",
        String.join(" ", arguments),
        order(e.withinGroup() ? "within-group" : "order", e.orderBy()),
        e.filter() == null ? "" : list("filter", of(e.filter())),
        switch (e.over()) {
          case null -> "";
          case Over.Named(var name) -> list("over", of(name));
          case Over.Inline(var window) -> list("over", of(window));
        });
  }

  private static String of(WindowSpecification window) {
    WindowSpecification.Frame frame = window.frame();
    return list(
        window.base() == null ? "" : of(window.base()),
        window.partitionBy().isEmpty() ? "" : list("partition", all(window.partitionBy())),
        order("order", window.orderBy()),
        frame == null
            ? ""
            : list(
                frame.mode().name().toLowerCase(Locale.ROOT),
                bound(frame.start()),
                bound(frame.end()),
                frame.exclusion() == WindowSpecification.Exclusion.NO_OTHERS
                    ? ""
                    : "exclude-" + frame.exclusion().name().toLowerCase(Locale.ROOT)));
  }

  private static String bound(WindowSpecification.Bound bound) {
    String kind = bound.kind().name().toLowerCase(Locale.ROOT);
    return bound.offset() == null ? kind : list(kind, of(bound.offset()));
  }

  static String of(TypeName type) {
    return (type.schema() == null ? "" : type.schema() + ".")
        + type.name()
        + (type.modifiers().isEmpty() ? "" : "(" + all(type.modifiers()) + ")")
        + "[]".repeat(type.arrayDimensions());
  }

  static String of(Query query) {
    String body =
        switch (query) {
          case Query.Select q -> select(q);
          case Query.Values q -> {
            List<String> rows = new ArrayList<>();
            q.rows().forEach(row -> rows.add(list(all(row))));
            yield "values " + String.join(" ", rows);
          }
          case Query.SetOperation q ->
              q.operator().name().toLowerCase(Locale.ROOT)
                  + (q.all() ? "-all" : "")
                  + " "
                  + of(q.left())
                  + " "
                  + of(q.right());
        };
    Query.Clauses clauses = query.clauses();
    List<String> locks = new ArrayList<>();
    for (Query.Locking lock : clauses.locking()) {
      List<String> names = new ArrayList<>();
      lock.tables().forEach(name -> names.add(of(name)));
      locks.add(list("for", lock.strength() + "", String.join(" ", names), lock.whenLocked() + ""));
    }
    Query.With with = clauses.with();
    List<String> tables = new ArrayList<>();
    if (with != null) {
      with.tables().forEach(table -> tables.add(of(table.name())));
    }
    return list(
        with == null
            ? ""
            : list(with.recursive() ? "with-recursive" : "with", String.join(" ", tables)),
        body,
        order("order", clauses.orderBy()),
        clauses.limit() == null ? "" : list("limit", of(clauses.limit())),
        clauses.withTies() ? "with-ties" : "",
        clauses.offset() == null ? "" : list("offset", of(clauses.offset())),
        String.join(" ", locks));
  }

  private static String select(Query.Select q) {
    List<String> parts = new ArrayList<>();
    parts.add("select");
    if (q.distinct()) {
      parts.add(q.distinctOn().isEmpty() ? "distinct" : list("distinct-on", all(q.distinctOn())));
    }
    for (SelectItem item : q.items()) {
      SqlIdentifier alias = item.alias();
      parts.add(of(item.expression()) + (alias == null ? "" : " as " + of(alias)));
    }
    if (!q.from().isEmpty()) {
      List<String> items = new ArrayList<>();
      q.from().forEach(item -> items.add(of(item)));
      parts.add(list("from", String.join(" ", items)));
    }
    if (q.where() != null) {
      parts.add(list("where", of(q.where())));
    }
    if (!q.groupBy().isEmpty()) {
      List<String> elements = new ArrayList<>();
      q.groupBy().forEach(element -> elements.add(of(element)));
      parts.add(list("group", q.groupByDistinct() ? "distinct" : "", String.join(" ", elements)));
    }
    if (q.having() != null) {
      parts.add(list("having", of(q.having())));
    }
    for (WindowSpecification.Named window : q.windows()) {
      parts.add(list("window", of(window.name()), of(window.window())));
    }
    return String.join(" ", parts);
  }

  private static String of(GroupingElement element) {
    return switch (element) {
      case GroupingElement.Plain e -> of(e.expression());
      case GroupingElement.Empty _ -> "()";
      case GroupingElement.Rollup e -> list("rollup", all(e.expressions()));
      case GroupingElement.Cube e -> list("cube", all(e.expressions()));
      case GroupingElement.Sets e -> {
        List<String> elements = new ArrayList<>();
        e.elements().forEach(inner -> elements.add(of(inner)));
        yield list("sets", String.join(" ", elements));
      }
    };
  }

  static String of(FromItem item) {
    return switch (item) {
      case FromItem.Table t ->
          of(t.name())
              + alias(t.alias())
              + (t.sample() == null
                  ? ""
                  : " " + list("sample", of(t.sample().method()), all(t.sample().arguments())));
      case FromItem.Subquery q ->
          (q.lateral() ? "lateral " : "") + of(q.query()) + alias(q.alias());
      case FromItem.Functions f -> {
        List<String> calls = new ArrayList<>();
        for (FromItem.FunctionItem function : f.functions()) {
          calls.add(of(function.call()) + definitions(function.definitions()));
        }
        yield (f.lateral() ? "lateral " : "")
            + (f.rowsFrom() ? list("rows", String.join(" ", calls)) : String.join(" ", calls))
            + (f.ordinality() ? " ordinality" : "")
            + alias(f.alias());
      }
      case FromItem.Join j -> {
        List<String> using = new ArrayList<>();
        j.using().forEach(name -> using.add(of(name)));
        yield list(
                (j.natural() ? "natural-" : "") + j.kind().name().toLowerCase(Locale.ROOT),
                of(j.left()),
                of(j.right()),
                j.on() == null ? "" : list("on", of(j.on())),
                using.isEmpty() ? "" : list("using", String.join(" ", using)))
            + alias(j.alias());
      }
    };
  }

  private static String alias(FromItem.@Nullable Alias alias) {
    if (alias == null) {
      return "";
    }
    List<String> columns = new ArrayList<>();
    alias.columns().forEach(name -> columns.add(of(name)));
    return " as "
        + (alias.name() == null ? "" : of(alias.name()))
        + (columns.isEmpty() ? "" : list(String.join(" ", columns)))
        + definitions(alias.definitions());
  }

  private static String definitions(List<FromItem.ColumnDefinition> definitions) {
    List<String> parts = new ArrayList<>();
    definitions.forEach(d -> parts.add(of(d.name()) + ":" + of(d.type())));
    return parts.isEmpty() ? "" : list(String.join(" ", parts));
  }

  private static String order(String word, List<OrderItem> items) {
    List<String> parts = new ArrayList<>();
    for (OrderItem item : items) {
      parts.add(
          of(item.expression())
              + (item.descending() ? " desc" : "")
              + (item.nulls() == OrderItem.Nulls.DEFAULT
                  ? ""
                  : " nulls-" + item.nulls().name().toLowerCase(Locale.ROOT)));
    }
    return parts.isEmpty() ? "" : list(word, String.join(" ", parts));
  }

  private static String not(boolean negated) {
    return negated ? "-not" : "";
  }

  static String all(List<? extends SqlNode> nodes) {
    List<String> parts = new ArrayList<>();
    nodes.forEach(node -> parts.add(of(node)));
    return String.join(" ", parts);
  }

  private static String list(String... parts) {
    List<String> present = new ArrayList<>();
    for (String part : parts) {
      if (!part.isEmpty()) {
        present.add(part);
      }
    }
    return "(" + String.join(" ", present) + ")";
  }
}
