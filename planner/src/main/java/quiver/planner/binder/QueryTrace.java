package quiver.planner.binder;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.planner.parser.node.FromItem;
import quiver.planner.parser.node.Query;

/// What binding found out about a query, kept for [QueryText]. Nothing is kept unless somebody asks
/// for it: then the binding is made with one that is `on`.
final class QueryTrace {
  /// A SELECT.
  ///
  /// @param targets over the rows of FROM, those of the select list first
  /// @param labels names of the select list
  record Level(
      Scope scope,
      Placeholders placeholders,
      List<RexNode> targets,
      List<String> labels,
      @Nullable RexNode where,
      @Nullable RexNode having,
      List<Integer> distinctOn,
      List<SortItem> order) {
    Level {
      targets = List.copyOf(targets);
      labels = List.copyOf(labels);
      distinctOn = List.copyOf(distinctOn);
      order = List.copyOf(order);
    }
  }

  /// A sort key.
  ///
  /// @param target position among the targets
  record SortItem(int target, boolean descending, boolean nullsFirst) {}

  /// An expression and what its placeholders and columns mean.
  record Bound(RexNode expression, Scope scope, Placeholders placeholders) {}

  private final boolean on;
  private final IdentityHashMap<Query, Level> levels = new IdentityHashMap<>();
  private final IdentityHashMap<SqlNode, Bound> expressions = new IdentityHashMap<>();
  private final IdentityHashMap<FromItem, Long> relations = new IdentityHashMap<>();
  private final IdentityHashMap<FromItem, List<Bound>> calls = new IdentityHashMap<>();
  private final IdentityHashMap<FromItem, List<Column>> columns = new IdentityHashMap<>();
  private final IdentityHashMap<RelNode, Query> queries = new IdentityHashMap<>();
  private final Map<Item, Map<Integer, String>> joinedByName = new HashMap<>();
  private final Map<Integer, Scope> scopes = new HashMap<>();

  QueryTrace(boolean on) {
    this.on = on;
  }

  boolean isOn() {
    return on;
  }

  void level(Query query, Level level) {
    if (on) {
      levels.put(query, level);
      scope(level.scope());
    }
  }

  Level level(Query query) {
    return found(levels.get(query));
  }

  void expression(SqlNode node, RexNode bound, Scope scope, Placeholders placeholders) {
    if (on) {
      expressions.put(node, new Bound(bound, scope, placeholders));
      scope(scope);
    }
  }

  Bound expression(SqlNode node) {
    return found(expressions.get(node));
  }

  /// A table or view in FROM.
  void relation(FromItem item, long relationId) {
    if (on) {
      relations.put(item, relationId);
    }
  }

  /// The id of a table or view; null for a common table or a relation of the system.
  @Nullable Long relation(FromItem item) {
    return relations.get(item);
  }

  void calls(FromItem item, List<RexNode> bound, Scope scope, Placeholders placeholders) {
    if (on) {
      calls.put(item, bound.stream().map(call -> new Bound(call, scope, placeholders)).toList());
      scope(scope);
    }
  }

  /// The calls of functions in FROM, or the columns of a join with an alias.
  List<Bound> calls(FromItem item) {
    return found(calls.get(item));
  }

  /// A column of an item of FROM.
  ///
  /// @param id in its table or view, 0 elsewhere
  record Column(String name, int id) {}

  /// The visible columns of an item, called as its alias says.
  void columns(FromItem item, List<Column> visible) {
    if (on) {
      columns.put(item, List.copyOf(visible));
    }
  }

  List<Column> columnsOf(FromItem item) {
    return found(columns.get(item));
  }

  List<String> columns(FromItem item) {
    return columnsOf(item).stream().map(Column::name).toList();
  }

  /// An item of FROM that is a table or view.
  ///
  /// @param name its alias, else its own name
  record Item(String name, long relationId) {}

  /// A column of a table or view by whose name a join joins.
  void joinedByName(Namespace namespace, Namespace.Column column) {
    if (on) {
      joinedByName
          .computeIfAbsent(new Item(namespace.name(), namespace.relationId()), _ -> new TreeMap<>())
          .put(column.origin().columnId(), column.name());
    }
  }

  boolean isJoinedByName(Namespace namespace, Namespace.Column column) {
    return joinedByName(new Item(namespace.name(), namespace.relationId()))
        .containsKey(column.origin().columnId());
  }

  /// The names by which columns of an item are joined, by id.
  Map<Integer, String> joinedByName(Item item) {
    return joinedByName.getOrDefault(item, Map.of());
  }

  /// A query inside an expression.
  void query(RelNode rel, Query query) {
    if (on) {
      queries.put(rel, query);
    }
  }

  Query query(RelNode rel) {
    return found(queries.get(rel));
  }

  void scope(Scope scope) {
    if (on) {
      scopes.put(scope.id(), scope);
    }
  }

  Scope scope(int id) {
    return found(scopes.get(id));
  }

  private static <T> T found(@Nullable T value) {
    if (value == null) {
      throw DefinitionBinder.unsupported("this query in a view is");
    }
    return value;
  }
}
