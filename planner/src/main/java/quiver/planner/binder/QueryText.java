package quiver.planner.binder;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.DefinitionText;
import quiver.common.catalog.ViewDefinition.Use;
import quiver.common.catalog.ViewText;
import quiver.planner.parser.node.Expression;
import quiver.planner.parser.node.ExpressionNode;
import quiver.planner.parser.node.FromItem;
import quiver.planner.parser.node.GroupingElement;
import quiver.planner.parser.node.NumericConstant;
import quiver.planner.parser.node.OrderItem;
import quiver.planner.parser.node.Query;
import quiver.planner.parser.node.Statement;

/// The text of a bound query as a view keeps it ([ViewText]), laid out as PostgreSQL's
/// `pg_get_viewdef` does. Reading it back gives the same query.
///
/// Source: the layout of PostgreSQL 15's answers.
final class QueryText {
  /// What a level of nesting is worth, and what clauses are moved in by.
  private static final int LEVEL = 8;

  private static final int VARIABLE = 4;

  private final QueryTrace trace;
  private final Binding binding;
  private final Set<Use> uses = new LinkedHashSet<>();
  private final StringBuilder out = new StringBuilder();
  private int indent;

  QueryText(QueryTrace trace, Binding binding) {
    this.trace = trace;
    this.binding = binding;
  }

  /// What the queries read so far.
  List<Use> uses() {
    return List.copyOf(uses);
  }

  /// The template of a view.
  String template(Query query) {
    query(query, 0, Labels.OF_VIEW);
    return out.toString();
  }

  /// Whose names the output columns have.
  enum Labels {
    OF_VIEW,
    OWN,
    NONE
  }

  QueryTrace trace() {
    return trace;
  }

  Binding binding() {
    return binding;
  }

  void use(long relationId, int columnId) {
    uses.add(new Use(relationId, columnId));
  }

  int indentation() {
    return indent;
  }

  /// A query inside an expression.
  String nested(Query query) {
    return inner(() -> query(query, indent, Labels.NONE));
  }

  /// What `write` writes, in place of writing it.
  private String inner(Runnable write) {
    int start = out.length();
    write.run();
    String text = out.substring(start);
    out.setLength(start);
    return text;
  }

  private String expression(QueryTrace.Bound bound) {
    return expression(bound, false);
  }

  private String expression(QueryTrace.Bound bound, boolean topmost) {
    ViewExpressions expressions = new ViewExpressions(this, bound.scope(), bound.placeholders());
    return topmost ? expressions.text(bound.expression()) : expressions.print(bound.expression());
  }

  // ---- layout

  /// CASE begins a line of its own.
  private void strip() {
    while (!out.isEmpty() && Character.isWhitespace(out.charAt(out.length() - 1))) {
      out.setLength(out.length() - 1);
    }
  }

  private void line(String text, int before, int after, int plus) {
    while (!out.isEmpty() && out.charAt(out.length() - 1) == ' ') {
      out.setLength(out.length() - 1);
    }
    out.append('\n');
    indent += before;
    out.repeat(' ', Math.max(indent, 0) + plus).append(text);
    indent += after;
  }

  private void clause(String text, int plus) {
    line(text, -LEVEL, LEVEL, plus);
  }

  // ---- queries

  private void query(Query query, int startIndent, Labels labels) {
    int outside = indent;
    indent = startIndent;
    with(query.clauses().with());
    switch (query) {
      case Query.Select select -> select(select, labels);
      case Query.Values values -> {
        indent += LEVEL;
        out.append(' ');
        values(values);
      }
      case Query.SetOperation operation -> setOperation(operation, labels);
    }
    tail(query);
    indent = outside;
  }

  private void with(Query.@Nullable With with) {
    if (with == null) {
      return;
    }
    indent += LEVEL;
    out.append(' ').append(with.recursive() ? "WITH RECURSIVE " : "WITH ");
    for (int i = 0; i < with.tables().size(); i++) {
      Query.CommonTable table = with.tables().get(i);
      if (!(table.statement() instanceof Statement.SelectStatement(Query inner))) {
        throw new quiver.common.error.QuiverException(
            quiver.common.error.SqlState.FEATURE_NOT_SUPPORTED,
            "views must not contain data-modifying statements in WITH");
      }
      if (table.isTracked()) {
        throw DefinitionBinder.unsupported("SEARCH or CYCLE in a view is");
      }
      out.append(i == 0 ? "" : ", ").append(quoted(table.name().getSimple()));
      columnList(table.columns());
      out.append(" AS ");
      switch (table.materialization()) {
        case MATERIALIZED -> out.append("MATERIALIZED ");
        case NOT_MATERIALIZED -> out.append("NOT MATERIALIZED ");
        case DEFAULT -> {}
      }
      out.append('(');
      line("", 0, 0, 0);
      query(inner, indent, Labels.OWN);
      line("", 0, 0, 0);
      out.append(')');
    }
    indent -= LEVEL;
    line("", 0, 0, 0);
  }

  private void columnList(List<SqlIdentifier> columns) {
    if (!columns.isEmpty()) {
      out.append('(').append(names(columns.stream().map(SqlIdentifier::getSimple).toList()));
      out.append(')');
    }
  }

  private static String names(List<String> names) {
    return String.join(", ", names.stream().map(QueryText::quoted).toList());
  }

  private static String quoted(String name) {
    if (!ViewText.isPlain(name)) {
      throw DefinitionBinder.unsupported("a control character in a name of a view is");
    }
    return DefinitionText.identifier(name);
  }

  private void values(Query.Values values) {
    out.append("VALUES ");
    for (int r = 0; r < values.rows().size(); r++) {
      out.append(r == 0 ? "(" : ", (");
      List<SqlNode> row = values.rows().get(r);
      for (int i = 0; i < row.size(); i++) {
        out.append(i == 0 ? "" : ",")
            .append(ViewText.expression(expression(trace.expression(row.get(i)))));
      }
      out.append(')');
    }
  }

  // ---- SELECT

  private void select(Query.Select select, Labels labels) {
    QueryTrace.Level level = trace.level(select);
    if (!select.clauses().locking().isEmpty()) {
      throw DefinitionBinder.unsupported("FOR UPDATE or FOR SHARE in a view is");
    }
    indent += LEVEL;
    out.append(" SELECT");
    if (!level.distinctOn().isEmpty()) {
      out.append(" DISTINCT ON (");
      for (int i = 0; i < level.distinctOn().size(); i++) {
        out.append(i == 0 ? "" : ", ").append(key(level, level.distinctOn().get(i)));
      }
      out.append(')');
    } else if (select.distinct()) {
      out.append(" DISTINCT");
    }
    targets(level, labels);
    from(select.from());
    if (level.where() != null) {
      clause(" WHERE ", 1);
      out.append(condition(bound(level, level.where())));
    }
    if (!select.groupBy().isEmpty()) {
      clause(" GROUP BY ", 1);
      out.append(select.groupByDistinct() ? "DISTINCT " : "");
      for (int i = 0; i < select.groupBy().size(); i++) {
        out.append(i == 0 ? "" : ", ").append(grouping(select.groupBy().get(i)));
      }
    }
    if (level.having() != null) {
      clause(" HAVING ", 0);
      out.append(condition(bound(level, level.having())));
    }
  }

  private static QueryTrace.Bound bound(
      QueryTrace.Level level, org.apache.calcite.rex.RexNode expression) {
    return new QueryTrace.Bound(expression, level.scope(), level.placeholders());
  }

  private String condition(QueryTrace.Bound bound) {
    return ViewText.expression(expression(bound));
  }

  private void targets(QueryTrace.Level level, Labels labels) {
    String separator = " ";
    for (int i = 0; i < level.labels().size(); i++) {
      String label = level.labels().get(i);
      out.append(separator);
      if (i > 0) {
        line("", -LEVEL, LEVEL, VARIABLE);
      }
      QueryTrace.Bound target = bound(level, level.targets().get(i));
      String text = expression(target);
      String natural =
          ViewExpressions.isColumn(target.expression())
              ? new ViewExpressions(this, target.scope(), target.placeholders())
                  .columnName(target.expression())
              : labels == Labels.NONE ? quoted("?column?") : "";
      if (text.startsWith("\n")) {
        strip();
      }
      out.append(ViewText.expression(text));
      out.append(
          labels == Labels.OF_VIEW
              ? ViewText.outputLabel(i + 1, natural)
              : ViewText.label(label, natural));
      separator = ", ";
    }
  }

  // ---- GROUP BY, ORDER BY

  private String grouping(GroupingElement element) {
    return switch (element) {
      case GroupingElement.Plain(SqlNode expression) -> groupKey(expression);
      case GroupingElement.Empty _ -> "()";
      case GroupingElement.Rollup(List<SqlNode> parts) -> "ROLLUP(" + groupKeys(parts) + ")";
      case GroupingElement.Cube(List<SqlNode> parts) -> "CUBE(" + groupKeys(parts) + ")";
      case GroupingElement.Sets(List<GroupingElement> parts) ->
          "GROUPING SETS ("
              + String.join(", ", parts.stream().map(part -> setOf(part)).toList())
              + ")";
    };
  }

  private String setOf(GroupingElement part) {
    String text = grouping(part);
    return part instanceof GroupingElement.Plain && !text.startsWith("(") ? "(" + text + ")" : text;
  }

  private String groupKeys(List<SqlNode> nodes) {
    return String.join(", ", nodes.stream().map(this::groupKey).toList());
  }

  private String groupKey(SqlNode node) {
    if (node instanceof ExpressionNode row
        && row.value() instanceof Expression.Row(List<SqlNode> fields)) {
      return "(" + groupKeys(fields) + ")";
    }
    return key(trace.expression(node));
  }

  private String key(QueryTrace.Level level, int target) {
    QueryTrace.Bound bound = bound(level, level.targets().get(target));
    return quiver.planner.calcite.Rex.constantOf(bound.expression()) != null
        ? String.valueOf(target + 1)
        : key(bound);
  }

  /// A key to group or sort by: columns as they are, everything else in parentheses.
  private String key(QueryTrace.Bound bound) {
    String text = expression(bound);
    if (ViewExpressions.isColumn(bound.expression())) {
      return text;
    }
    boolean enclosed = text.startsWith("(") && end(text) == text.length() - 1;
    return "(" + ViewText.expression(enclosed ? text.substring(1, text.length() - 1) : text) + ")";
  }

  /// Where the parenthesis at the beginning is closed.
  private static int end(String text) {
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\'') {
        i = text.indexOf('\'', i + 1);
      }
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    return -1;
  }

  static String direction(boolean descending, boolean nullsFirst) {
    if (descending) {
      return nullsFirst ? " DESC" : " DESC NULLS LAST";
    }
    return nullsFirst ? " NULLS FIRST" : "";
  }

  /// ORDER BY, OFFSET and LIMIT.
  private void tail(Query query) {
    Query.Clauses clauses = query.clauses();
    if (!clauses.orderBy().isEmpty()) {
      clause(" ORDER BY ", 1);
      if (query instanceof Query.Select select) {
        QueryTrace.Level level = trace.level(select);
        for (int i = 0; i < level.order().size(); i++) {
          QueryTrace.SortItem item = level.order().get(i);
          out.append(i == 0 ? "" : ", ")
              .append(key(level, item.target()))
              .append(direction(item.descending(), item.nullsFirst()));
        }
      } else {
        outputOrder(clauses.orderBy());
      }
    }
    SqlNode offset = clauses.offset();
    if (offset != null) {
      clause(" OFFSET ", 0);
      out.append(ViewText.expression(expression(trace.expression(offset))));
    }
    SqlNode limit = clauses.limit();
    if (limit != null) {
      String count = ViewText.expression(expression(trace.expression(limit)));
      if (clauses.withTies()) {
        clause(" FETCH FIRST ", 0);
        out.append('(').append(count).append(") ROWS WITH TIES");
      } else {
        clause(" LIMIT ", 0);
        out.append(count);
      }
    }
  }

  /// Keys of VALUES and set operations: names or numbers of output columns.
  private void outputOrder(List<OrderItem> items) {
    for (int i = 0; i < items.size(); i++) {
      OrderItem item = items.get(i);
      out.append(i == 0 ? "" : ", ")
          .append(
              item.expression() instanceof NumericConstant number
                  ? number.text()
                  : quoted(((SqlIdentifier) item.expression()).getSimple()))
          .append(direction(item.descending(), item.nullsFirst()));
    }
  }

  // ---- set operations

  private void setOperation(Query.SetOperation operation, Labels labels) {
    boolean left =
        operation.left() instanceof Query.SetOperation inner
            && isBare(inner)
            && (inner.operator() != operation.operator() || inner.all() != operation.all());
    if (left) {
      out.append('(');
      line("", LEVEL, 0, 0);
    }
    operand(operation.left(), labels);
    line(left ? ") " : "", left ? -LEVEL : 0, 0, 0);
    out.append(operation.operator().name()).append(operation.all() ? " ALL" : "").append(' ');
    boolean right = operation.right() instanceof Query.SetOperation inner && isBare(inner);
    out.append(right ? "(" : "");
    line("", right ? LEVEL : 0, 0, 0);
    operand(operation.right(), labels);
    if (right) {
      indent -= LEVEL;
      line(")", 0, 0, 0);
    }
  }

  private static boolean isBare(Query query) {
    return query.clauses().equals(Query.Clauses.NONE);
  }

  private void operand(Query query, Labels labels) {
    if (query instanceof Query.SetOperation operation && isBare(query)) {
      setOperation(operation, labels);
      return;
    }
    boolean enclosed = !isBare(query);
    out.append(enclosed ? "(" : "");
    query(query, indent, labels);
    out.append(enclosed ? ")" : "");
  }

  // ---- FROM

  private void from(List<FromItem> items) {
    for (int i = 0; i < items.size(); i++) {
      if (i == 0) {
        clause(" FROM ", 2);
      } else {
        out.append(", ");
        line("", -LEVEL, LEVEL, VARIABLE);
      }
      item(items.get(i));
    }
  }

  private void item(FromItem item) {
    switch (item) {
      case FromItem.Table table -> table(table);
      case FromItem.Subquery subquery -> {
        out.append(subquery.lateral() ? "LATERAL (" : "(");
        query(subquery.query(), indent, Labels.OWN);
        out.append(')');
        alias(subquery.alias());
      }
      case FromItem.Functions functions -> functions(functions);
      case FromItem.Join join -> {
        FromItem.Alias alias = join.alias();
        if (alias == null) {
          join(join);
        } else {
          aliasedJoin(join, alias);
        }
      }
    }
  }

  private void table(FromItem.Table table) {
    if (table.sample() != null) {
      throw DefinitionBinder.unsupported("TABLESAMPLE in a view is");
    }
    Long relation = trace.relation(table);
    if (relation == null) {
      List<String> names = table.name().names;
      boolean system = names.size() > 1 && !names.get(names.size() - 2).equals("pg_catalog");
      out.append(system ? quoted(names.get(names.size() - 2)) + "." : "");
      out.append(quoted(names.getLast()));
    } else {
      use(relation, 0);
      out.append(ViewText.relation(relation));
    }
    FromItem.Alias alias = table.alias();
    String name = null;
    if (alias != null && alias.name() != null) {
      name = alias.name().getSimple();
      out.append(' ').append(quoted(name));
    }
    columnsOf(table, relation, name);
  }

  private void columnsOf(FromItem.Table table, @Nullable Long relation, @Nullable String name) {
    FromItem.Alias alias = table.alias();
    Map<Integer, String> joined = Map.of();
    if (relation != null) {
      String item = name == null ? table.name().names.getLast() : name;
      joined = trace.joinedByName(new QueryTrace.Item(item, relation));
      joined.keySet().forEach(column -> use(relation, column));
    }
    if (alias != null && !alias.columns().isEmpty()) {
      List<String> columns = columns(table, relation, alias, joined);
      out.append('(').append(String.join(", ", columns)).append(')');
    } else if (relation != null && !joined.isEmpty()) {
      joined.values().forEach(QueryText::quoted);
      out.append(ViewText.columnsIfRenamed(relation, name == null, joined));
    }
  }

  /// All columns of a table, the first ones as the alias calls them.
  private List<String> columns(
      FromItem.Table table,
      @Nullable Long relation,
      FromItem.Alias alias,
      Map<Integer, String> joined) {
    List<String> texts = new ArrayList<>();
    List<QueryTrace.Column> columns = trace.columnsOf(table);
    for (int i = 0; i < columns.size(); i++) {
      QueryTrace.Column column = columns.get(i);
      texts.add(
          i < alias.columns().size()
                  || relation == null
                  || column.id() == 0
                  || joined.containsKey(column.id())
              ? quoted(column.name())
              : ViewText.column(relation, column.id()));
    }
    return texts;
  }

  private void alias(FromItem.@Nullable Alias alias) {
    if (alias != null && alias.name() != null) {
      out.append(' ').append(quoted(alias.name().getSimple()));
      columnList(alias.columns());
    }
  }

  private void functions(FromItem.Functions item) {
    List<FromItem.FunctionItem> functions = item.functions();
    if (functions.stream().anyMatch(function -> !function.definitions().isEmpty())
        || (item.alias() != null && !item.alias().definitions().isEmpty())) {
      throw DefinitionBinder.unsupported("a column definition list in a view is");
    }
    List<QueryTrace.Bound> calls = trace.calls(item);
    boolean several = item.rowsFrom() || calls.size() > 1;
    out.append(item.lateral() ? "LATERAL " : "").append(several ? "ROWS FROM(" : "");
    for (int i = 0; i < calls.size(); i++) {
      out.append(i == 0 ? "" : ", ").append(ViewText.expression(expression(calls.get(i))));
    }
    out.append(several ? ")" : "").append(item.ordinality() ? " WITH ORDINALITY" : "");
    FromItem.Alias alias = item.alias();
    List<String> columns = trace.columns(item);
    String name =
        alias != null && alias.name() != null
            ? alias.name().getSimple()
            : OutputNames.of(functions.getFirst().call());
    out.append(' ').append(quoted(name));
    if (!columns.isEmpty()) {
      out.append('(').append(names(columns)).append(')');
    }
  }

  private void join(FromItem.Join join) {
    List<String> using = using(join);
    out.append(ViewText.unlessPretty("("));
    item(join.left());
    String kind =
        switch (join.kind()) {
          case CROSS -> "CROSS JOIN ";
          case INNER -> using.isEmpty() && join.on() == null ? "CROSS JOIN " : "JOIN ";
          case LEFT -> "LEFT JOIN ";
          case RIGHT -> "RIGHT JOIN ";
          case FULL -> "FULL JOIN ";
        };
    line(" " + kind, -LEVEL, LEVEL, VARIABLE);
    boolean nested = join.right() instanceof FromItem.Join right && right.alias() == null;
    // The pretty form needs these parentheses too.
    if (nested) {
      int start = out.length();
      item(join.right());
      String inner = out.substring(start);
      out.setLength(start);
      out.append('(').append(withoutOptional(inner)).append(')');
    } else {
      item(join.right());
    }
    if (!using.isEmpty()) {
      out.append(" USING (").append(names(using)).append(')');
      if (join.usingAlias() != null) {
        out.append(" AS ").append(quoted(join.usingAlias().getSimple()));
      }
    }
    SqlNode on = join.on();
    if (on != null) {
      out.append(" ON ").append(ViewText.expression("(" + expression(trace.expression(on)) + ")"));
    }
    out.append(ViewText.unlessPretty(")"));
  }

  /// A join with an alias stands as a query, since its columns are those of the day the view was
  /// made, whatever columns its tables get later.
  private void aliasedJoin(FromItem.Join join, FromItem.Alias alias) {
    List<QueryTrace.Bound> values = trace.calls(join);
    List<String> names = trace.columns(join);
    int outside = indent;
    out.append("( SELECT ");
    indent += LEVEL;
    for (int i = 0; i < names.size(); i++) {
      out.append(i == 0 ? "" : ", ");
      if (i > 0) {
        line("", -LEVEL, LEVEL, VARIABLE);
      }
      out.append(ViewText.expression(expression(values.get(i))));
      out.append(" AS ").append(quoted(names.get(i)));
    }
    clause(" FROM ", 2);
    join(join);
    indent = outside;
    out.append(") ").append(quoted(java.util.Objects.requireNonNull(alias.name()).getSimple()));
  }

  /// The columns that are joined by name.
  private List<String> using(FromItem.Join join) {
    if (!join.natural()) {
      return join.using().stream().map(SqlIdentifier::getSimple).toList();
    }
    List<String> right = trace.columns(join.right());
    List<String> shared = trace.columns(join.left()).stream().filter(right::contains).toList();
    if (shared.isEmpty()
        && join.kind() != FromItem.JoinKind.INNER
        && join.kind() != FromItem.JoinKind.CROSS) {
      throw DefinitionBinder.unsupported("NATURAL JOIN without shared columns in a view is");
    }
    return shared;
  }

  private static String withoutOptional(String join) {
    String open = ViewText.unlessPretty("(");
    String close = ViewText.unlessPretty(")");
    return join.substring(open.length(), join.length() - close.length());
  }
}
