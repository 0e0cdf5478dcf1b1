package quiver.planner.binder;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.planner.parser.node.Expression;
import quiver.planner.parser.node.ExpressionNode;
import quiver.planner.parser.node.FromItem;
import quiver.planner.parser.node.GroupingElement;
import quiver.planner.parser.node.OrderItem;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.Query;
import quiver.planner.parser.node.SelectItem;
import quiver.planner.parser.node.Statement;

/// Which tables of a WITH RECURSIVE clause read which, and whether they do it where SQL allows it.
final class RecursiveReferences {
  private RecursiveReferences() {}

  /// Where a reference stands.
  private enum Place {
    ALLOWED(""),
    NON_RECURSIVE_TERM("within its non-recursive term"),
    SUBQUERY("within a subquery"),
    OUTER_JOIN("within an outer join"),
    INTERSECT("within INTERSECT"),
    EXCEPT("within EXCEPT");

    private final String phrase;

    Place(String phrase) {
      this.phrase = phrase;
    }
  }

  /// What is done with the names of common tables that are read.
  private interface Visitor {
    void reference(SqlIdentifier name, Place place);
  }

  /// The tables so that each comes after those it reads.
  ///
  /// @throws QuiverException `0A000` when two tables read each other
  static List<Query.CommonTable> inOrder(List<Query.CommonTable> tables) {
    List<Query.CommonTable> ordered = new ArrayList<>();
    List<Query.CommonTable> open = new ArrayList<>(tables);
    while (!open.isEmpty()) {
      Query.CommonTable next = null;
      for (Query.CommonTable table : open) {
        Set<String> read = readBy(table);
        read.remove(table.name().getSimple());
        if (open.stream().noneMatch(other -> read.contains(other.name().getSimple()))) {
          next = table;
          break;
        }
      }
      if (next == null) {
        throw new QuiverException(
                SqlState.FEATURE_NOT_SUPPORTED,
                "mutual recursion between WITH items is not implemented")
            .at(Positions.of(open.getFirst().name()));
      }
      ordered.add(next);
      open.remove(next);
    }
    return ordered;
  }

  private static Set<String> readBy(Query.CommonTable table) {
    Set<String> names = new LinkedHashSet<>();
    if (table.statement() instanceof Statement.SelectStatement(Query query)) {
      new Walk((name, _) -> names.add(name.getSimple())).query(query, Place.ALLOWED, Set.of());
    }
    return names;
  }

  static boolean isRecursive(Query.CommonTable table) {
    return readBy(table).contains(table.name().getSimple());
  }

  /// The UNION of a recursive table.
  ///
  /// @throws QuiverException `42P19` when the table reads itself in a place where it must not
  static Query.SetOperation requireUnion(Query.CommonTable table, Query query) {
    String name = table.name().getSimple();
    if (!(query instanceof Query.SetOperation union)
        || union.operator() != Query.SetOperator.UNION) {
      throw new QuiverException(
              SqlState.INVALID_RECURSION,
              "recursive query \"%s\" does not have the form non-recursive-term UNION [ALL]"
                  + " recursive-term",
              name)
          .at(Positions.of(table.name()));
    }
    new Walk((found, _) -> require(name, found, Place.NON_RECURSIVE_TERM, 1))
        .query(union.left(), Place.ALLOWED, Set.of());
    int[] count = new int[1];
    new Walk(
            (found, place) -> {
              if (found.getSimple().equals(name)) {
                require(name, found, place, ++count[0]);
              }
            })
        .query(union.right(), Place.ALLOWED, Set.of());
    checkClauses(union.clauses());
    return union;
  }

  private static void require(String name, SqlIdentifier found, Place place, int count) {
    if (!found.getSimple().equals(name)) {
      return;
    }
    String phrase = place == Place.ALLOWED ? count > 1 ? "more than once" : "" : place.phrase;
    if (!phrase.isEmpty()) {
      throw new QuiverException(
              SqlState.INVALID_RECURSION,
              "recursive reference to query \"%s\" must not appear %s",
              name,
              phrase)
          .at(Positions.of(found));
    }
  }

  private static void checkClauses(Query.Clauses clauses) {
    SqlNode node = null;
    String clause = "";
    if (!clauses.orderBy().isEmpty()) {
      node = clauses.orderBy().getFirst().expression();
      clause = "ORDER BY";
    } else if (clauses.offset() != null) {
      node = clauses.offset();
      clause = "OFFSET";
    } else if (clauses.limit() != null) {
      node = clauses.limit();
      clause = "LIMIT";
    } else if (!clauses.locking().isEmpty()) {
      clause = "FOR UPDATE/SHARE";
    }
    if (!clause.isEmpty()) {
      QuiverException error =
          new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED, "%s in a recursive query is not implemented", clause);
      throw node == null ? error : error.at(Positions.of(node));
    }
  }

  /// One walk over a query; names that an inner WITH clause defines are not reported.
  private record Walk(Visitor visitor) {
    void query(Query query, Place place, Set<String> hidden) {
      Set<String> inner = hidden;
      Query.With with = query.clauses().with();
      if (with != null) {
        inner = new LinkedHashSet<>(hidden);
        if (with.recursive()) {
          for (Query.CommonTable table : with.tables()) {
            inner.add(table.name().getSimple());
          }
        }
        for (Query.CommonTable table : with.tables()) {
          if (table.statement() instanceof Statement.SelectStatement(Query definition)) {
            query(definition, place, inner);
          }
          inner.add(table.name().getSimple());
        }
      }
      for (OrderItem item : query.clauses().orderBy()) {
        expression(item.expression(), inner);
      }
      expression(query.clauses().limit(), inner);
      expression(query.clauses().offset(), inner);
      switch (query) {
        case Query.Select select -> select(select, place, inner);
        case Query.Values values -> {
          for (List<SqlNode> row : values.rows()) {
            for (SqlNode cell : row) {
              expression(cell, inner);
            }
          }
        }
        case Query.SetOperation operation -> {
          boolean union = operation.operator() == Query.SetOperator.UNION;
          boolean except = operation.operator() == Query.SetOperator.EXCEPT;
          Place left = place;
          Place right = place;
          if (!union) {
            left = operation.all() ? except ? Place.EXCEPT : Place.INTERSECT : place;
            right = except ? Place.EXCEPT : left;
          }
          query(operation.left(), left, inner);
          query(operation.right(), right, inner);
        }
      }
    }

    private void select(Query.Select select, Place place, Set<String> hidden) {
      for (SelectItem item : select.items()) {
        expression(item.expression(), hidden);
      }
      for (FromItem item : select.from()) {
        from(item, place, hidden);
      }
      expression(select.where(), hidden);
      expression(select.having(), hidden);
      for (SqlNode node : select.distinctOn()) {
        expression(node, hidden);
      }
      for (GroupingElement element : select.groupBy()) {
        grouping(element, hidden);
      }
    }

    private void grouping(GroupingElement element, Set<String> hidden) {
      switch (element) {
        case GroupingElement.Plain(SqlNode node) -> expression(node, hidden);
        case GroupingElement.Empty _ -> {}
        case GroupingElement.Rollup(List<SqlNode> parts) ->
            parts.forEach(part -> expression(part, hidden));
        case GroupingElement.Cube(List<SqlNode> parts) ->
            parts.forEach(part -> expression(part, hidden));
        case GroupingElement.Sets(List<GroupingElement> parts) ->
            parts.forEach(part -> grouping(part, hidden));
      }
    }

    private void from(FromItem item, Place place, Set<String> hidden) {
      switch (item) {
        case FromItem.Table table -> {
          if (table.name().names.size() == 1 && !hidden.contains(table.name().getSimple())) {
            visitor.reference(table.name(), place);
          }
        }
        case FromItem.Subquery subquery -> query(subquery.query(), place, hidden);
        case FromItem.Functions functions -> {
          for (FromItem.FunctionItem function : functions.functions()) {
            expression(function.call(), hidden);
          }
        }
        case FromItem.Join join -> {
          boolean outerLeft =
              join.kind() == FromItem.JoinKind.RIGHT || join.kind() == FromItem.JoinKind.FULL;
          boolean outerRight =
              join.kind() == FromItem.JoinKind.LEFT || join.kind() == FromItem.JoinKind.FULL;
          from(join.left(), outerLeft ? Place.OUTER_JOIN : place, hidden);
          from(join.right(), outerRight ? Place.OUTER_JOIN : place, hidden);
          expression(join.on(), hidden);
        }
      }
    }

    private void expression(@Nullable SqlNode node, Set<String> hidden) {
      if (!(node instanceof ExpressionNode expression)) {
        return;
      }
      Query query =
          switch (expression.value()) {
            case Expression.InQuery e -> e.query();
            case Expression.QuantifiedQuery e -> e.query();
            case Expression.Exists e -> e.query();
            case Expression.ScalarQuery e -> e.query();
            case Expression.ArrayQuery e -> e.query();
            default -> null;
          };
      if (query != null) {
        query(query, Place.SUBQUERY, hidden);
      }
      for (SqlNode child : expression.value().children()) {
        expression(child, hidden);
      }
    }
  }
}
