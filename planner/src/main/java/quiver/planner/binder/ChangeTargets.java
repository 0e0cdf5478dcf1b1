package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.planner.calcite.Form.Placeholder.Kind;
import quiver.planner.parser.node.FromItem;
import quiver.planner.parser.node.Query;
import quiver.planner.parser.node.SelectItem;

/// Finds the table that a statement changes, through views that are simple enough.
///
/// Source: PostgreSQL 15, "Updatable Views" of CREATE VIEW; which refusal comes first shows at
/// work.
final class ChangeTargets {
  private static final String NOT_SINGLE =
      "Views that do not select from a single table or view are not automatically updatable.";

  private static final String NO_COLUMNS =
      "Views that have no updatable columns are not automatically updatable.";

  private final Binding binding;
  private final RelationNames names;

  /// What a statement does with a relation, in the words of messages.
  enum Action {
    INSERT("insert into", "inserting into", "INSERT"),
    UPDATE("update", "updating", "UPDATE"),
    DELETE("delete from", "deleting from", "DELETE");

    private final String verb;
    private final String doing;
    private final String event;

    Action(String verb, String doing, String event) {
      this.verb = verb;
      this.doing = doing;
      this.event = event;
    }
  }

  /// Why a view cannot be changed.
  private static final class NotUpdatable extends Exception {
    private static final long serialVersionUID = 1;

    private final String reason;

    NotUpdatable(String reason) {
      super(reason);
      this.reason = reason;
    }
  }

  ChangeTargets(Binding binding) {
    this.binding = binding;
    this.names = new RelationNames(binding.context());
  }

  /// What a name means to a statement that changes rows.
  ///
  /// @param isRead whether the statement also reads rows: whoever has a view then needs the right
  ///   to read what it shows
  /// @throws QuiverException `55000` for a view that is not simple enough
  ChangeTarget of(SqlIdentifier identifier, Action action, boolean isRead) {
    if (!(names.require(identifier) instanceof RelationNames.Relation.View(ViewDefinition view))) {
      return ChangeTarget.of(binding, names.requireChangeable(identifier));
    }
    boolean before = binding.demands().setReading(isRead);
    try {
      return of(view, action);
    } finally {
      boolean _ = binding.demands().setReading(before);
    }
  }

  private ChangeTarget of(ViewDefinition view, Action action) {
    if (!binding.enterView(view.id())) {
      throw new QuiverException(
          SqlState.INVALID_OBJECT_DEFINITION,
          "infinite recursion detected in rules for relation \"%s\"",
          view.name());
    }
    Optional<Long> before = binding.demands().actingAs();
    Optional<Long> role = roleBelow(binding, view);
    Optional<Long> _ = binding.demands().actAs(role);
    try {
      return binding.kept(() -> target(view, new ViewQueries(binding).parse(view), role, action));
    } catch (NotUpdatable e) {
      throw new QuiverException(
              SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
              "cannot %s view \"%s\"",
              action.verb,
              view.name())
          .withDetail(e.reason)
          .withHint(
              "To enable "
                  + action.doing
                  + " the view, provide an INSTEAD OF "
                  + action.event
                  + " trigger or an unconditional ON "
                  + action.event
                  + " DO INSTEAD rule.");
    } catch (QuiverException e) {
      // Positions are those of the view's text.
      throw e.at(0);
    } finally {
      Optional<Long> _ = binding.demands().actAs(before);
      binding.leaveView(view.id());
    }
  }

  /// Who reads what a view reads: its owner, unless it asks for who reads the view.
  static Optional<Long> roleBelow(Binding binding, ViewDefinition view) {
    return view.options().getOrDefault("security_invoker", "false").equals("true")
        ? binding.demands().actingAs()
        : Optional.of(binding.context().catalog().security().access(view.id()).ownerId());
  }

  private ChangeTarget target(ViewDefinition view, Query query, Optional<Long> role, Action action)
      throws NotUpdatable {
    FromItem.Table from = from(query);
    ChangeTarget below = below(from, action);
    Placeholders placeholders = new Placeholders(binding.rex());
    Scope scope = scope(below, from);
    ExpressionBinder expressions =
        new ExpressionBinder(binding, scope, CommonTables.NONE, placeholders, Map.of());
    Query.Select select = (Query.Select) query;
    List<ChangeTarget.Column> columns = new ArrayList<>();
    for (int i = 0; i < view.columns().size(); i++) {
      SelectItem item = select.items().get(i);
      columns.add(
          new ChangeTarget.Column(
              view.columns().get(i).name(),
              value(item, expressions),
              source(item, scope.columns())));
    }
    if (action != Action.DELETE && columns.stream().allMatch(column -> column.source() < 0)) {
      throw new NotUpdatable(NO_COLUMNS);
    }
    SqlNode where = select.where();
    RexNode condition =
        where == null ? null : expressions.bindCondition(where, Clause.WHERE, "WHERE");
    return ChangeTarget.of(
        binding,
        new ChangeTarget.Level(view, below, role, condition, placeholders, scope.id()),
        columns);
  }

  private ChangeTarget below(FromItem.Table from, Action action) throws NotUpdatable {
    return switch (names.require(from.name())) {
      case RelationNames.Relation.View(ViewDefinition inner) -> of(inner, action);
      case RelationNames.Relation.Stored(TableDefinition table)
          when binding.context().catalog().materializedView(table.id()).isEmpty() ->
          ChangeTarget.of(binding, table);
      default -> throw new NotUpdatable(NOT_SINGLE);
    };
  }

  private Scope scope(ChangeTarget below, FromItem.Table from) {
    FromItem.Alias alias = from.alias();
    SqlIdentifier name = alias == null ? null : alias.name();
    Namespace own = below.namespace(name == null ? null : name.getSimple(), null);
    List<Namespace.Column> columns = new ArrayList<>(own.columns());
    for (int i = 0; alias != null && i < alias.columns().size(); i++) {
      Namespace.Column column = columns.get(i);
      columns.set(
          i,
          new Namespace.Column(
              alias.columns().get(i).getSimple(),
              column.expression(),
              column.origin(),
              column.hidden()));
    }
    Namespace namespace =
        new Namespace(own.name(), own.schema(), null, columns, own.table(), false)
            .ofRelation(own.relationId(), 0);
    return new Scope(binding.newId(), null, List.of(namespace), columns, binding.rex());
  }

  private RexNode value(SelectItem item, ExpressionBinder expressions) throws NotUpdatable {
    RexNode value = binding.coercions().known(expressions.bind(item.expression(), Clause.SELECT));
    requireScalar(value);
    if (Calls.contains(value, Kind.SUBQUERY)) {
      throw DefinitionBinder.unsupported(
          "changing rows through a view with a subquery in its select list is");
    }
    return value;
  }

  private static void requireScalar(RexNode value) throws NotUpdatable {
    if (Calls.contains(value, Kind.AGGREGATE) || Calls.contains(value, Kind.GROUPING)) {
      throw new NotUpdatable(
          "Views that return aggregate functions are not automatically updatable.");
    }
    if (Calls.contains(value, Kind.WINDOW)) {
      throw new NotUpdatable("Views that return window functions are not automatically updatable.");
    }
    if (Calls.contains(value, Kind.SET_RETURNING)) {
      throw new NotUpdatable(
          "Views that return set-returning functions are not automatically updatable.");
    }
  }

  /// The position of the column an entry of the select list is; -1: it is none.
  private static int source(SelectItem item, List<Namespace.Column> columns) {
    if (item.expression() instanceof SqlIdentifier identifier && !identifier.isStar()) {
      for (int i = 0; i < columns.size(); i++) {
        if (!columns.get(i).hidden() && columns.get(i).name().equals(identifier.names.getLast())) {
          return i;
        }
      }
    }
    return -1;
  }

  /// The one relation a simple query reads.
  private static FromItem.Table from(Query query) throws NotUpdatable {
    if (query instanceof Query.SetOperation) {
      throw new NotUpdatable(
          "Views containing UNION, INTERSECT, or EXCEPT are not automatically updatable.");
    }
    if (!(query instanceof Query.Select select)) {
      throw new NotUpdatable(NOT_SINGLE);
    }
    @Nullable String clause =
        select.distinct() || !select.distinctOn().isEmpty()
            ? "DISTINCT"
            : !select.groupBy().isEmpty()
                ? "GROUP BY"
                : select.having() != null
                    ? "HAVING"
                    : query.clauses().with() != null
                        ? "WITH"
                        : query.clauses().limit() != null || query.clauses().offset() != null
                            ? "LIMIT or OFFSET"
                            : null;
    if (clause != null) {
      throw new NotUpdatable("Views containing " + clause + " are not automatically updatable.");
    }
    if (select.from().size() != 1 || !(select.from().getFirst() instanceof FromItem.Table table)) {
      throw new NotUpdatable(NOT_SINGLE);
    }
    if (table.sample() != null) {
      throw new NotUpdatable("Views containing TABLESAMPLE are not automatically updatable.");
    }
    return table;
  }

  // ---- definitions

  /// Whether a view could be changed through, and by which columns.
  ///
  /// @param base what its rows are, if they are those of one relation
  /// @param reason why new rows cannot come through it; empty: they can
  record Analysis(Optional<ViewDefinition.Base> base, String reason) {}

  /// Looks at the query of a view that is being made.
  Analysis analyse(Query query) {
    try {
      FromItem.Table from = from(query);
      long relationId =
          switch (names.require(from.name())) {
            case RelationNames.Relation.View(ViewDefinition inner) -> inner.id();
            case RelationNames.Relation.Stored(TableDefinition table)
                when binding.context().catalog().materializedView(table.id()).isEmpty() ->
                table.id();
            default -> throw new NotUpdatable(NOT_SINGLE);
          };
      List<Integer> columns = baseColumns(query, from);
      return new Analysis(
          Optional.of(new ViewDefinition.Base(relationId, columns)),
          columns.stream().allMatch(id -> id == 0) ? NO_COLUMNS : "");
    } catch (NotUpdatable e) {
      return new Analysis(Optional.empty(), e.reason);
    }
  }

  private List<Integer> baseColumns(Query query, FromItem.Table from) throws NotUpdatable {
    FromResult rows = new FromBinder(binding, null, CommonTables.NONE).bind(List.of(from));
    List<Namespace.Column> visible =
        rows.columns().stream().filter(column -> !column.hidden()).toList();
    ExpressionBinder expressions =
        new ExpressionBinder(
            binding,
            new Scope(binding.newId(), null, rows, binding.rex()),
            CommonTables.NONE,
            new Placeholders(binding.rex()),
            Map.of());
    List<Integer> ids = new ArrayList<>();
    for (SelectItem item : ((Query.Select) query).items()) {
      if (item.expression() instanceof SqlIdentifier identifier && identifier.isStar()) {
        visible.forEach(column -> ids.add(column.origin().columnId()));
        continue;
      }
      requireScalar(expressions.bind(item.expression(), Clause.SELECT));
      int source = source(item, visible);
      ids.add(source < 0 ? 0 : visible.get(source).origin().columnId());
    }
    return ids;
  }
}
