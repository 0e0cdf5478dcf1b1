package quiver.planner.binder;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.PlanNode;
import quiver.common.plan.SortKey;
import quiver.planner.calcite.DistinctOnRel;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.LockRel;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.SortRel;
import quiver.planner.parser.node.FromItem;
import quiver.planner.parser.node.GroupingElement;
import quiver.planner.parser.node.NumericConstant;
import quiver.planner.parser.node.OrderItem;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.Query;
import quiver.planner.parser.node.WindowSpecification;

/// One SELECT: FROM, WHERE, grouping, windows, select list, DISTINCT, ORDER BY, LIMIT, in the order
/// in which they take effect.
final class SelectBinder {
  private final Binding binding;
  private final Query.Select select;
  private final CommonTables commonTables;
  private final boolean resolveUnknown;
  private final Rex rex;
  private final Placeholders placeholders;
  private final Scope scope;
  private final ExpressionBinder expressions;
  private final List<FromResult.Lock> locks;
  private RelNode rel;
  private IntUnaryOperator outerColumns = index -> index;

  SelectBinder(
      Binding binding,
      Query.Select select,
      @Nullable Scope parent,
      CommonTables commonTables,
      boolean resolveUnknown) {
    this.binding = binding;
    this.select = select;
    this.commonTables = commonTables;
    this.resolveUnknown = resolveUnknown;
    this.rex = binding.rex();
    this.placeholders = new Placeholders(rex);
    Locking locking = new Locking(select.clauses().locking());
    FromResult from = new FromBinder(binding, parent, commonTables, locking).bind(select.from());
    locking.requireFound();
    this.locks = from.locks();
    this.rel = from.rel();
    this.scope = new Scope(binding.newId(), parent, from, rex);
    Map<String, WindowSpecification> windows = new HashMap<>();
    for (WindowSpecification.Named window : select.windows()) {
      if (windows.put(window.name().getSimple(), window.window()) != null) {
        throw new QuiverException(
                SqlState.WINDOWING_ERROR,
                "window \"%s\" is already defined",
                window.name().getSimple())
            .at(Positions.of(window.name()));
      }
    }
    this.expressions = new ExpressionBinder(binding, scope, commonTables, placeholders, windows);
  }

  /// An expression to sort by: a target, or an extra one.
  private record Key(int target, boolean descending, boolean nullsFirst) {}

  BoundQuery bind() {
    SqlNode where = select.where();
    RexNode condition = null;
    if (where != null) {
      condition = expressions.bindCondition(where, Clause.WHERE, "WHERE");
      rel = subqueries().filter(rel, condition, outerColumns);
    }
    List<Target> targets =
        new ArrayList<>(Targets.bind(select.items(), expressions, Clause.SELECT));
    int visible = targets.size();
    if (visible > TARGETS_MAX) {
      throw new QuiverException(
          SqlState.TOO_MANY_COLUMNS, "target lists can have at most %d entries", TARGETS_MAX);
    }
    List<Key> order = new ArrayList<>();
    for (OrderItem item : select.clauses().orderBy()) {
      int target = sortTarget(item.expression(), targets, visible, Clause.ORDER_BY, "ORDER BY");
      order.add(new Key(target, item.descending(), item.nullsFirst()));
    }
    List<Integer> distinctOn = new ArrayList<>();
    for (SqlNode key : select.distinctOn()) {
      distinctOn.add(sortTarget(key, targets, visible, Clause.DISTINCT_ON, "DISTINCT ON"));
    }
    int lockedFrom = targets.size();
    for (FromResult.Lock lock : locks) {
      targets.add(new Target("", lock.address(), Namespace.Origin.NONE, 0));
    }
    List<RexNode> nodes = new ArrayList<>();
    for (int i = 0; i < targets.size(); i++) {
      RexNode expression = targets.get(i).expression();
      nodes.add(
          resolveUnknown || i >= visible ? binding.coercions().known(expression) : expression);
    }
    checkLocking();
    checkRecursion(nodes);
    List<RexNode> traced = List.copyOf(nodes);
    RexNode having = group(nodes, targets, visible);
    trace(traced, targets.subList(0, visible), condition, having, distinctOn, order);
    nodes = windowsAndSets(nodes);
    if (select.distinct() && distinctOn.isEmpty()) {
      checkSortedIsSelected(order, targets, visible);
    }
    return finish(nodes, targets, visible, lockedFrom, order, distinctOn);
  }

  private void trace(
      List<RexNode> nodes,
      List<Target> visible,
      @Nullable RexNode where,
      @Nullable RexNode having,
      List<Integer> distinctOn,
      List<Key> order) {
    binding
        .trace()
        .level(
            select,
            new QueryTrace.Level(
                scope,
                placeholders,
                nodes,
                visible.stream().map(Target::name).toList(),
                where,
                having,
                distinctOn,
                order.stream()
                    .map(key ->
                        new QueryTrace.SortItem(key.target(), key.descending(), key.nullsFirst()))
                    .toList()));
  }

  private void checkRecursion(List<RexNode> nodes) {
    if (placeholders.aggregates().isEmpty() || select.from().stream().noneMatch(this::isWork)) {
      return;
    }
    int position = 0;
    for (RexNode node : nodes) {
      position = position == 0 ? expressions.aggregatePosition(node) : position;
    }
    throw new QuiverException(
            SqlState.INVALID_RECURSION,
            "aggregate functions are not allowed in a recursive query's recursive term")
        .at(position);
  }

  /// Whether the item is the table a WITH RECURSIVE is defining, alone or in a join.
  private boolean isWork(FromItem item) {
    return switch (item) {
      case FromItem.Table table ->
          table.name().names.size() == 1
              && commonTables
                  .find(table.name().getSimple())
                  .filter(CommonTables.Entry::recursive)
                  .isPresent();
      case FromItem.Join join -> isWork(join.left()) || isWork(join.right());
      case FromItem.Subquery _, FromItem.Functions _ -> false;
    };
  }

  private void checkLocking() {
    List<Query.Locking> clauses = select.clauses().locking();
    Locking.refuse(clauses, select.distinct() || !select.distinctOn().isEmpty(), "DISTINCT clause");
    Locking.refuse(clauses, !select.groupBy().isEmpty(), "GROUP BY clause");
    Locking.refuse(clauses, select.having() != null, "HAVING clause");
    Locking.refuse(clauses, !placeholders.aggregates().isEmpty(), "aggregate functions");
    Locking.refuse(clauses, placeholders.hasWindows(), "window functions");
    Locking.refuse(
        clauses, placeholders.hasSetCalls(), "set-returning functions in the target list");
  }

  private Subqueries subqueries() {
    return new Subqueries(binding, placeholders, scope.id());
  }

  // ---- ORDER BY, GROUP BY and DISTINCT ON items

  /// The position of a sort expression among the targets; appended when it is not one of them.
  private int sortTarget(
      SqlNode node, List<Target> targets, int visible, Clause clause, String clauseName) {
    if (node instanceof SqlIdentifier identifier && identifier.names.size() == 1) {
      int named = namedTarget(identifier, targets, visible, clauseName);
      if (named >= 0) {
        return named;
      }
    }
    if (node instanceof NumericConstant number && number.typeName().equals("int4")) {
      return ordinal(number, visible, clauseName);
    }
    rejectConstant(node, clauseName);
    RexNode expression = expressions.bind(node, clause);
    for (int i = 0; i < targets.size(); i++) {
      if (targets.get(i).expression().equals(expression)) {
        return i;
      }
    }
    targets.add(new Target("", expression, Namespace.Origin.NONE, Positions.of(node)));
    return targets.size() - 1;
  }

  private static int namedTarget(
      SqlIdentifier identifier, List<Target> targets, int visible, String clauseName) {
    int found = -1;
    for (int i = 0; i < visible; i++) {
      if (targets.get(i).name().equals(identifier.getSimple())) {
        if (found >= 0 && !targets.get(found).expression().equals(targets.get(i).expression())) {
          throw new QuiverException(
                  SqlState.AMBIGUOUS_COLUMN,
                  "%s \"%s\" is ambiguous",
                  clauseName,
                  identifier.getSimple())
              .at(Positions.of(identifier));
        }
        found = found < 0 ? i : found;
      }
    }
    return found;
  }

  private static int ordinal(NumericConstant number, int visible, String clauseName) {
    int ordinal = Integer.parseInt(number.text());
    if (ordinal < 1 || ordinal > visible) {
      throw new QuiverException(
              SqlState.INVALID_COLUMN_REFERENCE,
              "%s position %d is not in select list",
              clauseName,
              ordinal)
          .at(Positions.of(number));
    }
    return ordinal - 1;
  }

  private static void rejectConstant(SqlNode node, String clauseName) {
    if (node instanceof NumericConstant || node instanceof SqlCharStringLiteral) {
      throw new QuiverException(SqlState.SYNTAX_ERROR, "non-integer constant in %s", clauseName)
          .at(Positions.of(node));
    }
  }

  // ---- grouping

  /// Groups the relation if the query asks for it; `nodes` become expressions over groups.
  ///
  /// @return the condition of HAVING over the rows before
  private @Nullable RexNode group(List<RexNode> nodes, List<Target> targets, int visible) {
    GroupKeys keys = new GroupKeys();
    List<List<List<Integer>>> elements = new ArrayList<>();
    for (GroupingElement element : select.groupBy()) {
      elements.add(keys.sets(element, targets, visible));
    }
    SqlNode having = select.having();
    RexNode condition =
        having == null ? null : expressions.bindCondition(having, Clause.HAVING, "HAVING");
    boolean grouped =
        !select.groupBy().isEmpty()
            || condition != null
            || !placeholders.aggregates().isEmpty()
            || !placeholders.groupings().isEmpty();
    if (!grouped) {
      return null;
    }
    for (RexNode key : keys.expressions) {
      binding.resolver().equality(Rex.type(key));
    }
    List<RexNode> groupKeys = withSets(attachToKeys(keys.expressions), nodes);
    List<Placeholders.Aggregate> aggregates = attachToAggregates();
    Grouping grouping =
        new Grouping(
            binding,
            placeholders,
            scope,
            groupKeys,
            GroupKeys.product(elements),
            select.groupByDistinct());
    nodes.forEach(grouping::prepare);
    if (condition != null) {
      grouping.prepare(condition);
    }
    rel = grouping.build(rel, aggregates);
    outerColumns = grouping::outerColumn;
    nodes.replaceAll(grouping::overGroups);
    if (condition != null) {
      rel = subqueries().filter(rel, grouping.overGroups(condition), outerColumns);
    }
    return condition;
  }

  private List<RexNode> attachToKeys(List<RexNode> keys) {
    Subqueries.Attached attached = subqueries().attach(rel, keys, outerColumns, _ -> true);
    rel = attached.rel();
    return attached.expressions();
  }

  /// Computes the set-returning calls in group keys: each value makes a row to be grouped. Where
  /// `nodes` have such a key they read its value.
  ///
  /// @return the keys over the relation with these rows
  private List<RexNode> withSets(List<RexNode> keys, List<RexNode> nodes) {
    SetCalls.Planned planned = new SetCalls(binding, placeholders).plan(rel, keys);
    rel = planned.rel();
    Map<RexNode, RexNode> computed = new HashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      if (!keys.get(i).equals(planned.expressions().get(i))) {
        computed.put(keys.get(i), planned.expressions().get(i));
      }
    }
    nodes.replaceAll(node -> node.accept(SetCalls.replacing(computed)));
    return planned.expressions();
  }

  private List<Placeholders.Aggregate> attachToAggregates() {
    List<Placeholders.Aggregate> attached = new ArrayList<>();
    for (Placeholders.Aggregate aggregate : placeholders.aggregates()) {
      List<RexNode> nodes = new ArrayList<>(aggregate.arguments());
      aggregate.order().forEach(key -> nodes.add(key.expression()));
      RexNode filter = aggregate.filter();
      if (filter != null) {
        nodes.add(filter);
      }
      Subqueries.Attached result = subqueries().attach(rel, nodes, outerColumns, _ -> true);
      rel = result.rel();
      List<RexNode> replaced = result.expressions();
      int count = aggregate.arguments().size();
      List<Placeholders.Order> order = new ArrayList<>();
      for (int i = 0; i < aggregate.order().size(); i++) {
        Placeholders.Order key = aggregate.order().get(i);
        order.add(
            new Placeholders.Order(replaced.get(count + i), key.descending(), key.nullsFirst()));
      }
      attached.add(
          new Placeholders.Aggregate(
              aggregate.function(),
              replaced.subList(0, count),
              aggregate.distinct(),
              order,
              filter == null ? null : replaced.getLast(),
              aggregate.type()));
    }
    return attached;
  }

  /// The distinct expressions of GROUP BY.
  private final class GroupKeys {
    private final List<RexNode> expressions = new ArrayList<>();

    private int key(SqlNode node, List<Target> targets, int visible) {
      RexNode expression = bindKey(node, targets, visible);
      binding.trace().expression(node, expression, scope, placeholders);
      if (Calls.contains(expression, Form.Placeholder.Kind.AGGREGATE)) {
        throw new QuiverException(
                SqlState.GROUPING_ERROR, "aggregate functions are not allowed in GROUP BY")
            .at(Positions.of(node));
      }
      if (Calls.contains(expression, Form.Placeholder.Kind.WINDOW)) {
        throw new QuiverException(
                SqlState.WINDOWING_ERROR, "window functions are not allowed in GROUP BY")
            .at(Positions.of(node));
      }
      int index = expressions.indexOf(expression);
      if (index < 0) {
        index = expressions.size();
        expressions.add(expression);
      }
      return index;
    }

    /// A name is an input column first and an output name second, a number an ordinal.
    private RexNode bindKey(SqlNode node, List<Target> targets, int visible) {
      if (node instanceof SqlIdentifier identifier
          && identifier.names.size() == 1
          && !isOwnColumn(identifier.getSimple())) {
        int named = namedTarget(identifier, targets, visible, "GROUP BY");
        if (named >= 0) {
          return binding.coercions().known(targets.get(named).expression());
        }
      }
      if (node instanceof NumericConstant number && number.typeName().equals("int4")) {
        return binding
            .coercions()
            .known(targets.get(ordinal(number, visible, "GROUP BY")).expression());
      }
      rejectConstant(node, "GROUP BY");
      return binding.coercions().known(SelectBinder.this.expressions.bind(node, Clause.GROUP_BY));
    }

    private boolean isOwnColumn(String name) {
      return scope.columns().stream().anyMatch(column -> column.name().equals(name));
    }

    /// The grouping sets of one element.
    private List<List<Integer>> sets(GroupingElement element, List<Target> targets, int visible) {
      return switch (element) {
        case GroupingElement.Plain(SqlNode expression) ->
            List.of(keys(expression, targets, visible));
        case GroupingElement.Empty _ -> List.of(List.of());
        case GroupingElement.Rollup(List<SqlNode> parts) -> {
          List<List<Integer>> columns = eachKeys(parts, targets, visible);
          List<List<Integer>> sets = new ArrayList<>();
          for (int count = columns.size(); count >= 0; count--) {
            sets.add(columns.subList(0, count).stream().flatMap(List::stream).toList());
          }
          yield sets;
        }
        case GroupingElement.Cube(List<SqlNode> parts) -> {
          if (parts.size() > CUBE_COLUMNS_MAX) {
            throw new QuiverException(
                SqlState.TOO_MANY_COLUMNS, "CUBE is limited to %d elements", CUBE_COLUMNS_MAX);
          }
          List<List<Integer>> columns = eachKeys(parts, targets, visible);
          List<List<Integer>> sets = new ArrayList<>();
          for (int mask = (1 << columns.size()) - 1; mask >= 0; mask--) {
            List<Integer> set = new ArrayList<>();
            for (int i = 0; i < columns.size(); i++) {
              if ((mask & (1 << (columns.size() - 1 - i))) != 0) {
                set.addAll(columns.get(i));
              }
            }
            sets.add(set);
          }
          yield sets;
        }
        case GroupingElement.Sets(List<GroupingElement> parts) -> {
          List<List<Integer>> sets = new ArrayList<>();
          for (GroupingElement part : parts) {
            sets.addAll(sets(part, targets, visible));
          }
          yield sets;
        }
      };
    }

    private List<List<Integer>> eachKeys(List<SqlNode> parts, List<Target> targets, int visible) {
      List<List<Integer>> all = new ArrayList<>();
      for (SqlNode part : parts) {
        all.add(keys(part, targets, visible));
      }
      return all;
    }

    private List<Integer> keys(SqlNode node, List<Target> targets, int visible) {
      if (node instanceof quiver.planner.parser.node.ExpressionNode row
          && row.value() instanceof quiver.planner.parser.node.Expression.Row(var fields)) {
        List<Integer> keys = new ArrayList<>();
        for (SqlNode field : fields) {
          keys.add(key(field, targets, visible));
        }
        return keys;
      }
      return List.of(key(node, targets, visible));
    }

    /// Every combination of one set of each element.
    static List<List<Integer>> product(List<List<List<Integer>>> elements) {
      List<List<Integer>> product = new ArrayList<>();
      product.add(List.of());
      for (List<List<Integer>> sets : elements) {
        List<List<Integer>> next = new ArrayList<>();
        for (List<Integer> left : product) {
          for (List<Integer> right : sets) {
            next.add(FromResult.concat(left, right));
          }
        }
        if (next.size() > GROUPING_SETS_MAX) {
          throw new QuiverException(
              SqlState.STATEMENT_TOO_COMPLEX,
              "too many grouping sets present (maximum %d)",
              GROUPING_SETS_MAX);
        }
        product = next;
      }
      return product;
    }
  }

  /// Entries of a select list: PostgreSQL's limit.
  static final int TARGETS_MAX = 1664;

  private static final int GROUPING_SETS_MAX = 4096;
  private static final int CUBE_COLUMNS_MAX = 12;

  // ---- windows, set-returning calls, subqueries of the select list

  private List<RexNode> windowsAndSets(List<RexNode> nodes) {
    List<RexNode> current = nodes;
    if (placeholders.hasSubqueries()) {
      current = attached(current, node -> !Calls.contains(node, Form.Placeholder.Kind.WINDOW));
    }
    if (placeholders.hasWindows()) {
      WindowPlanner planner = new WindowPlanner(binding, placeholders);
      RelNode withOperands = rel;
      if (placeholders.hasSubqueries()) {
        Subqueries.Attached operands =
            planner.attachOperands(rel, current, subqueries(), outerColumns);
        withOperands = operands.rel();
        current = operands.expressions();
      }
      WindowPlanner.Planned planned = planner.plan(withOperands, current);
      rel = planned.rel();
      current = planned.expressions();
      if (placeholders.hasSubqueries()) {
        current = attached(current, _ -> true);
      }
    }
    if (placeholders.hasSetCalls()) {
      SetCalls.Planned planned = new SetCalls(binding, placeholders).plan(rel, current);
      rel = planned.rel();
      current = planned.expressions();
    }
    return current;
  }

  private List<RexNode> attached(List<RexNode> nodes, java.util.function.Predicate<RexNode> which) {
    Subqueries.Attached attached = subqueries().attach(rel, nodes, outerColumns, which);
    rel = attached.rel();
    return attached.expressions();
  }

  // ---- select list, DISTINCT, ORDER BY, LIMIT

  private static void checkSortedIsSelected(List<Key> order, List<Target> targets, int visible) {
    for (Key key : order) {
      if (key.target() >= visible) {
        throw new QuiverException(
                SqlState.INVALID_COLUMN_REFERENCE,
                "for SELECT DISTINCT, ORDER BY expressions must appear in select list")
            .at(targets.get(key.target()).position());
      }
    }
  }

  private BoundQuery finish(
      List<RexNode> nodes,
      List<Target> targets,
      int visible,
      int lockedFrom,
      List<Key> order,
      List<Integer> distinctOn) {
    RelNode result = binding.project(rel, nodes);
    List<SortKey> keys = new ArrayList<>();
    for (Key key : order) {
      requireOrdering(nodes.get(key.target()), targets.get(key.target()).position());
      if (keys.stream().noneMatch(other -> other.column() == key.target())) {
        keys.add(new SortKey(key.target(), key.descending(), key.nullsFirst()));
      }
    }
    if (!distinctOn.isEmpty()) {
      keys = distinctOnKeys(keys, distinctOn, targets);
      result = new SortRel(result, keys, null, null, false);
      result = new DistinctOnRel(result, distinctOn.stream().distinct().toList());
      keys = new ArrayList<>();
    } else if (select.distinct()) {
      for (RexNode node : nodes) {
        binding.resolver().equality(Rex.type(node));
      }
      result = Aggregation.distinct(result);
    }
    result = new Limits(binding, commonTables).apply(result, keys, select.clauses(), scope);
    if (!locks.isEmpty()) {
      List<PlanNode.RowLock> rows = new ArrayList<>();
      for (int i = 0; i < locks.size(); i++) {
        rows.add(
            new PlanNode.RowLock(locks.get(i).tableId(), lockedFrom + i, locks.get(i).exclusive()));
      }
      result = new LockRel(result, rows);
    }
    if (visible < nodes.size()) {
      result = binding.project(result, binding.columns(result).subList(0, visible));
    }
    List<BoundQuery.OutputColumn> columns = new ArrayList<>();
    for (int i = 0; i < visible; i++) {
      Target target = targets.get(i);
      columns.add(
          new BoundQuery.OutputColumn(
              target.name(),
              Rex.type(nodes.get(i)),
              target.origin().tableId(),
              target.origin().columnId(),
              target.fields()));
    }
    return new BoundQuery(result, columns);
  }

  private void requireOrdering(RexNode node, int position) {
    Orderings.require(binding, Rex.type(node), position);
  }

  /// ORDER BY has to begin with the DISTINCT ON expressions, in any order; those it leaves out
  /// follow.
  private static List<SortKey> distinctOnKeys(
      List<SortKey> order, List<Integer> distinctOn, List<Target> targets) {
    List<Integer> open = new ArrayList<>(distinctOn.stream().distinct().toList());
    List<SortKey> keys = new ArrayList<>(order);
    for (SortKey key : order) {
      if (open.isEmpty()) {
        break;
      }
      if (!open.remove(Integer.valueOf(key.column()))) {
        throw new QuiverException(
                SqlState.INVALID_COLUMN_REFERENCE,
                "SELECT DISTINCT ON expressions must match initial ORDER BY expressions")
            .at(targets.get(open.getFirst()).position());
      }
    }
    open.forEach(column -> keys.add(new SortKey(column, false, false)));
    return keys;
  }
}
