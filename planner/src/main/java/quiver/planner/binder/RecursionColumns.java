package quiver.planner.binder;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;
import quiver.planner.parser.node.FromItem;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.Query;
import quiver.planner.parser.node.SelectItem;

/// The columns that SEARCH and CYCLE add to a recursive table, filled as PostgreSQL rewrites them:
/// a row of depth and columns (breadth first) or the array of the rows on the way (depth first); a
/// mark where a row is on its own way, and that way. Marked rows are not followed.
final class RecursionColumns {
  private static final SqlType ROW = SqlType.of(BaseType.RECORD);

  /// Cannot be the name of a column in sight: how deep a row is, kept beside the row that says so.
  private static final String DEPTH = "*DEPTH*";

  private final Binding binding;
  private final Operators operators;
  private final String table;
  private final Query.@Nullable Search search;
  private final Query.@Nullable Cycle cycle;
  private final BoundQuery base;
  private final List<Integer> searched;
  private final List<Integer> cycled;
  private final List<RexNode> marks;
  private final List<BoundQuery.OutputColumn> added = new ArrayList<>();

  /// @param base the non-recursive term with the names of the table's columns
  RecursionColumns(
      Binding binding, Query.CommonTable table, Query.SetOperation union, BoundQuery base) {
    this.binding = binding;
    this.operators = new Operators(binding);
    this.table = table.name().getSimple();
    this.search = table.search();
    this.cycle = table.cycle();
    this.base = base;
    if (table.isTracked()) {
      requireSelect(union.left(), "left", SqlState.FEATURE_NOT_SUPPORTED);
      requireSelect(union.right(), "right", SqlState.SYNTAX_ERROR);
    }
    this.searched =
        search == null ? List.of() : positions(search.columns(), "search", search.position());
    this.cycled = cycle == null ? List.of() : positions(cycle.columns(), "cycle", cycle.position());
    checkNames();
    this.marks = marks();
    addColumns();
  }

  /// Refuses the clauses where there is no recursion.
  static void refuse(Query.CommonTable table) {
    if (table.isTracked()) {
      throw error(Positions.of(table.name()), "WITH query is not recursive");
    }
  }

  private static QuiverException error(int position, String message) {
    return new QuiverException(SqlState.SYNTAX_ERROR, "%s", message).at(position);
  }

  private static void requireSelect(Query query, String side, SqlState state) {
    if (query instanceof Query.SetOperation) {
      throw new QuiverException(
          state, "with a SEARCH or CYCLE clause, the %s side of the UNION must be a SELECT", side);
    }
  }

  private boolean isColumn(SqlIdentifier name) {
    return base.columns().stream().anyMatch(column -> column.name().equals(name.getSimple()));
  }

  private List<Integer> positions(List<SqlIdentifier> names, String clause, int position) {
    List<Integer> found = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    List<String> all = base.columns().stream().map(BoundQuery.OutputColumn::name).toList();
    for (SqlIdentifier name : names) {
      if (!isColumn(name)) {
        throw error(
            position,
            clause + " column \"" + name.getSimple() + "\" not in WITH query column list");
      }
      if (!seen.add(name.getSimple())) {
        throw new QuiverException(
                SqlState.DUPLICATE_COLUMN,
                "%s column \"%s\" specified more than once",
                clause,
                name.getSimple())
            .at(position);
      }
      found.add(all.indexOf(name.getSimple()));
    }
    return found;
  }

  private void checkNames() {
    if (search != null) {
      requireNew(search.sequence(), "search sequence", search.position());
    }
    if (cycle == null) {
      return;
    }
    requireNew(cycle.mark(), "cycle mark", cycle.position());
    requireNew(cycle.path(), "cycle path", cycle.position());
    requireOther(cycle.mark(), "cycle mark", cycle.path(), "cycle path");
    if (search != null) {
      requireOther(search.sequence(), "search sequence", cycle.mark(), "cycle mark");
      requireOther(search.sequence(), "search sequence", cycle.path(), "cycle path");
    }
  }

  private void requireNew(SqlIdentifier name, String role, int position) {
    if (isColumn(name)) {
      throw error(
          position,
          role
              + " column name \""
              + name.getSimple()
              + "\" already used in WITH query column list");
    }
  }

  private void requireOther(SqlIdentifier one, String role, SqlIdentifier other, String otherRole) {
    if (one.getSimple().equals(other.getSimple())) {
      int position = role.startsWith("search") && search != null ? search.position() : position();
      throw error(position, role + " column name and " + otherRole + " column name are the same");
    }
  }

  private int position() {
    return cycle == null ? 0 : cycle.position();
  }

  /// The mark of a row that is on its own way, and of the others.
  private List<RexNode> marks() {
    if (cycle == null) {
      return List.of();
    }
    SqlNode value = cycle.value();
    SqlNode otherwise = cycle.otherwise();
    if (value == null || otherwise == null) {
      return List.of(binding.rex().truth(true), binding.rex().truth(false));
    }
    Scope scope = new Scope(binding.newId(), null, List.of(), List.of(), binding.rex());
    ExpressionBinder expressions =
        new ExpressionBinder(
            binding, scope, CommonTables.NONE, new Placeholders(binding.rex()), Map.of());
    List<RexNode> bound =
        List.of(expressions.bind(value, Clause.VALUES), expressions.bind(otherwise, Clause.VALUES));
    List<RexNode> both;
    try {
      both = binding.coercions().toCommonType(bound, "CYCLE");
    } catch (QuiverException e) {
      throw e.position() == 0 ? e.at(Positions.of(otherwise)) : e;
    }
    binding.resolver().equality(Rex.type(both.getFirst()));
    return both;
  }

  private void addColumns() {
    if (search != null) {
      SqlType type = search.breadth() ? ROW : ROW.arrayOf();
      added.add(column(search.sequence().getSimple(), type));
    }
    if (cycle != null) {
      added.add(column(cycle.mark().getSimple(), Rex.type(marks.getFirst())));
      added.add(column(cycle.path().getSimple(), ROW.arrayOf()));
    }
    if (ownCount() > 0) {
      added.add(column(DEPTH, SqlType.INT8));
    }
  }

  private static BoundQuery.OutputColumn column(String name, SqlType type) {
    return new BoundQuery.OutputColumn(name, type, 0, 0);
  }

  /// How many columns there are in addition, the last of them for this class only.
  int count() {
    return added.size();
  }

  /// How many of the columns nobody else sees.
  int ownCount() {
    return search != null && search.breadth() ? 1 : 0;
  }

  // ---- the non-recursive term

  /// The non-recursive term with the columns.
  BoundQuery base() {
    if (added.isEmpty()) {
      return base;
    }
    Rex rex = binding.rex();
    List<RexNode> own = binding.columns(base.rel());
    List<RexNode> columns = new ArrayList<>(own);
    RexNode none = rex.constant(0L, SqlType.INT8);
    if (search != null) {
      columns.add(search.breadth() ? row(own, searched, none) : array(row(own, searched, null)));
    }
    if (cycle != null) {
      columns.add(marks.get(1));
      columns.add(array(row(own, cycled, null)));
    }
    if (ownCount() > 0) {
      columns.add(none);
    }
    List<BoundQuery.OutputColumn> outputs = new ArrayList<>(base.columns());
    outputs.addAll(added);
    return new BoundQuery(binding.project(base.rel(), columns), outputs);
  }

  private RexNode row(List<RexNode> columns, List<Integer> chosen, @Nullable RexNode first) {
    List<RexNode> fields = new ArrayList<>();
    if (first != null) {
      fields.add(first);
    }
    chosen.forEach(index -> fields.add(columns.get(index)));
    return binding.rex().make(new Form.RowOf(List.of()), ROW, fields);
  }

  private RexNode array(RexNode row) {
    return binding.rex().make(new Form.ArrayOf(), ROW.arrayOf(), List.of(row));
  }

  // ---- the recursive term

  /// The recursive term with the columns of the row it comes from behind its own.
  Query reading(Query right) {
    if (added.isEmpty()) {
      return right;
    }
    Optional<FromItem.Table> reference =
        right instanceof Query.Select select ? reference(select.from()) : Optional.empty();
    if (!(right instanceof Query.Select select) || reference.isEmpty()) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "with a SEARCH or CYCLE clause, the recursive reference to WITH query \"%s\" must be at"
              + " the top level of its right-hand SELECT",
          table);
    }
    FromItem.Alias alias = reference.get().alias();
    SqlIdentifier aliasName = alias == null ? null : alias.name();
    String name = aliasName == null ? table : aliasName.getSimple();
    SqlParserPos at = reference.get().name().getParserPosition();
    List<SelectItem> items = new ArrayList<>(select.items());
    for (BoundQuery.OutputColumn column : added) {
      items.add(new SelectItem(new SqlIdentifier(List.of(name, column.name()), at), null));
    }
    return new Query.Select(
        select.clauses(),
        select.distinct(),
        select.distinctOn(),
        items,
        select.from(),
        select.where(),
        select.groupBy(),
        select.groupByDistinct(),
        select.having(),
        select.windows(),
        select.position());
  }

  private Optional<FromItem.Table> reference(List<FromItem> items) {
    return items.stream().flatMap(item -> reference(item).stream()).findFirst();
  }

  private Optional<FromItem.Table> reference(FromItem item) {
    return switch (item) {
      case FromItem.Table named
          when named.name().names.size() == 1 && named.name().getSimple().equals(table) ->
          Optional.of(named);
      case FromItem.Join join -> reference(join.left()).or(() -> reference(join.right()));
      default -> Optional.empty();
    };
  }

  /// The recursive term with its columns.
  ///
  /// @param reading its rows, as [#reading] asks for them
  RelNode step(RelNode reading) {
    if (added.isEmpty()) {
      return reading;
    }
    Rex rex = binding.rex();
    int own = base.columns().size();
    RelNode rel = reading;
    if (cycle != null) {
      RexNode mark = binding.column(rel, own + (search == null ? 0 : 1));
      rel = binding.filter(rel, operators.binary("<>", mark, marks.get(0)));
    }
    List<RexNode> before = binding.columns(rel);
    List<RexNode> columns = new ArrayList<>(before.subList(0, own));
    int next = own;
    if (search != null) {
      RexNode sequence = before.get(next++);
      columns.add(
          search.breadth()
              ? row(before, searched, deeper(before.getLast()))
              : operators.binary("||", sequence, row(before, searched, null)));
    }
    if (cycle != null) {
      next++;
      RexNode path = before.get(next++);
      RexNode row = row(before, cycled, null);
      RexNode closed = operators.quantified("=", false, row, path);
      columns.add(
          rex.make(
              new Form.Case(),
              Rex.type(marks.getFirst()),
              List.of(closed, marks.get(0), marks.get(1))));
      columns.add(operators.binary("||", path, row));
    }
    if (ownCount() > 0) {
      columns.add(deeper(before.getLast()));
    }
    return binding.project(rel, columns);
  }

  private RexNode deeper(RexNode depth) {
    return operators.binary("+", depth, binding.rex().constant(1L, SqlType.INT8));
  }
}
