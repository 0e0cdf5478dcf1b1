package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.Privilege;
import quiver.common.catalog.RowPolicy;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.HiddenColumns;
import quiver.common.plan.SortKey;
import quiver.common.plan.StatementPlan.CheckKind;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.planner.calcite.DistinctOnRel;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Relations;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.SharedScanRel;
import quiver.planner.calcite.SortRel;
import quiver.planner.calcite.ValuesRel;
import quiver.planner.parser.node.Assignment;
import quiver.planner.parser.node.Expression;
import quiver.planner.parser.node.ExpressionNode;
import quiver.planner.parser.node.FromItem;
import quiver.planner.parser.node.MergeClause;
import quiver.planner.parser.node.OnConflict;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.Query;
import quiver.planner.parser.node.SelectItem;
import quiver.planner.parser.node.Statement;

/// INSERT, UPDATE and DELETE.
final class ModificationBinder {
  /// As messages about columns of views begin.
  private static final String INSERT_INTO = "insert into";

  private static final String UPDATE = "update";
  private static final List<SqlType> XMAX = List.of(SqlType.of(BaseType.XID));

  private final Binding binding;
  private final CommonTables outer;
  private final boolean top;
  private final RelationNames names;
  private final TableExpressions tableExpressions;

  /// @param outer tables of the WITH clauses around the statement
  /// @param top whether its own WITH clause may change rows
  ModificationBinder(Binding binding, CommonTables outer, boolean top) {
    this.binding = binding;
    this.outer = outer;
    this.top = top;
    this.names = new RelationNames(binding.context());
    this.tableExpressions = new TableExpressions(binding);
  }

  // ---- INSERT

  BoundStatement insertStatement(Statement.InsertStatement statement) {
    WithBinder.Result tables = with(statement.with());
    return tables.after(insert(statement, tables));
  }

  BoundStatement.Insert insert(Statement.InsertStatement statement) {
    return insert(statement, with(statement.with()));
  }

  private BoundStatement.Insert insert(
      Statement.InsertStatement statement, WithBinder.Result tables) {
    ChangeTarget target =
        new ChangeTargets(binding)
            .of(
                statement.table(),
                ChangeTargets.Action.INSERT,
                !statement.returning().isEmpty() || statement.onConflict() != null);
    TableDefinition table = target.table();
    List<Integer> targets = targets(target, statement.columns());
    demandInsert(target, targets);
    Query query = statement.source();
    RelNode source;
    if (query == null) {
      source = defaults(table);
    } else if (query instanceof Query.Values values && isPlain(values)) {
      source = values(target, targets, statement, values, tables.tables());
    } else {
      source = query(target, targets, statement, query, tables.tables());
    }
    SqlIdentifier alias = statement.alias();
    String name = alias == null ? null : alias.getSimple();
    OnConflict onConflict = statement.onConflict();
    Optional<BoundStatement.Conflict> conflict =
        onConflict == null
            ? Optional.empty()
            : Optional.of(conflict(target, name, onConflict, tables));
    boolean isRead =
        !statement.returning().isEmpty()
            || (onConflict != null && !(onConflict.target() instanceof OnConflict.Any));
    FromResult row = row(inserted(target, name));
    return new BoundStatement.Insert(
        table,
        tables.around(tableExpressions.withGenerated(source, table.columns(), table.name())),
        checks(target, RowPolicy.Command.INSERT, isRead),
        conflict,
        returning(statement.returning(), row, FromResult.concat(types(table, 1), XMAX), tables));
  }

  /// A row as RETURNING of INSERT has it: the table's columns, then `xmax`, which tells a row that
  /// was inserted (0) from one that ON CONFLICT has updated.
  private Namespace inserted(ChangeTarget target, @Nullable String alias) {
    Namespace row = target.namespace(alias, alias == null ? null : target.name());
    RexNode xmax = binding.rex().column(target.table().columns().size(), XMAX.getFirst());
    return target.isView() ? row : row.withHidden("xmax", xmax);
  }

  /// The right to insert into columns.
  static void demandInsert(ChangeTarget target, List<Integer> targets) {
    target.demand(Privilege.INSERT);
    targets.forEach(position -> target.demandColumn(Privilege.INSERT, position));
  }

  /// What new rows have to meet: policies first, views last.
  private List<BoundStatement.Check> checks(
      ChangeTarget target, RowPolicy.Command command, boolean isRead) {
    TableDefinition table = target.table();
    return FromResult.concat(
        FromResult.concat(
            target.asOwner(() -> new RowSecurity(binding).checks(table, command, isRead)),
            tableExpressions.checks(table)),
        target.viewChecks());
  }

  private static boolean isPlain(Query.Values values) {
    return values.clauses().equals(Query.Clauses.NONE);
  }

  /// Positions of the columns that are given; without a list all of them.
  static List<Integer> targets(ChangeTarget table, List<? extends SqlNode> columns) {
    List<Integer> targets = new ArrayList<>();
    for (SqlNode node : columns) {
      int position = target(table, ElementAssignment.base(node));
      if (targets.contains(position) && !ElementAssignment.isElement(node)) {
        throw new QuiverException(
                SqlState.DUPLICATE_COLUMN,
                "column \"%s\" specified more than once",
                table.columns().get(position).name())
            .at(Positions.of(node));
      }
      targets.add(position);
    }
    if (columns.isEmpty()) {
      for (int i = 0; i < table.columns().size(); i++) {
        targets.add(i);
      }
    }
    return targets;
  }

  /// The ordinals of the columns that get values.
  private static List<Integer> ordinals(ChangeTarget target, List<Integer> positions, int count) {
    List<Integer> ordinals = new ArrayList<>();
    for (int position : positions.subList(0, Math.min(count, positions.size()))) {
      int ordinal = target.ordinal(position, INSERT_INTO);
      if (target.isView() && ordinals.contains(ordinal)) {
        throw multipleAssignments(target.table(), ordinal);
      }
      ordinals.add(ordinal);
    }
    return ordinals;
  }

  private static QuiverException multipleAssignments(TableDefinition table, int ordinal) {
    return new QuiverException(
        SqlState.SYNTAX_ERROR,
        "multiple assignments to same column \"%s\"",
        table.columns().get(ordinal).name());
  }

  private static void refuseSystemColumn(ChangeTarget table, SqlNode node) {
    if (!table.isView()
        && node instanceof SqlIdentifier name
        && DefinitionBinder.isSystemColumn(name.names.getFirst())) {
      throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED,
              "cannot assign to system column \"%s\"",
              name.names.getFirst())
          .at(Positions.of(node));
    }
  }

  private static int target(ChangeTarget table, SqlNode node) {
    if (!(node instanceof SqlIdentifier identifier)) {
      throw elementAssignment(node);
    }
    String name = identifier.names.getFirst();
    int position = table.position(name);
    if (identifier.names.size() > 1) {
      throw elementAssignment(node);
    }
    if (position < 0) {
      throw new QuiverException(
              SqlState.UNDEFINED_COLUMN,
              "column \"%s\" of relation \"%s\" does not exist",
              name,
              table.name())
          .at(Positions.of(node));
    }
    return position;
  }

  private static QuiverException elementAssignment(SqlNode node) {
    return new QuiverException(
            SqlState.FEATURE_NOT_SUPPORTED,
            "assigning to an element of a field, or to a field or element from a query, is not"
                + " supported")
        .at(Positions.of(node));
  }

  private RelNode defaults(TableDefinition table) {
    List<RexNode> row = new ArrayList<>();
    table.columns().forEach(column -> row.add(tableExpressions.defaultOf(column)));
    return new ValuesRel(
        binding.cluster(),
        List.of(row),
        table.columns().stream().map(ColumnDefinition::type).toList());
  }

  private RelNode values(
      ChangeTarget target,
      List<Integer> positions,
      Statement.InsertStatement statement,
      Query.Values values,
      CommonTables commonTables) {
    Scope scope = new Scope(binding.newId(), null, List.of(), List.of(), binding.rex());
    Placeholders placeholders = new Placeholders(binding.rex());
    ExpressionBinder expressions =
        new ExpressionBinder(binding, scope, commonTables, placeholders, Map.of());
    List<List<RexNode>> rows = new ArrayList<>();
    int width = values.rows().getFirst().size();
    TableDefinition table = target.table();
    List<Integer> targets = List.of();
    for (List<SqlNode> cells : values.rows()) {
      if (cells.size() != width) {
        throw new QuiverException(SqlState.SYNTAX_ERROR, "VALUES lists must all be the same length")
            .at(Positions.of(cells.getFirst()));
      }
      checkCount(positions, cells.size(), !statement.columns().isEmpty(), statement, cells);
      if (rows.isEmpty()) {
        targets = ordinals(target, positions, width);
      }
      RexNode[] row = new RexNode[table.columns().size()];
      for (int i = 0; i < cells.size(); i++) {
        ColumnDefinition column = table.columns().get(targets.get(i));
        SqlNode named = statement.columns().isEmpty() ? null : statement.columns().get(i);
        row[targets.get(i)] =
            named != null && ElementAssignment.isElement(named)
                ? new ElementAssignment(binding, expressions, Clause.VALUES)
                    .changed(
                        column,
                        ElementAssignment.nothing(binding, column, row[targets.get(i)]),
                        named,
                        expressions.bind(cells.get(i), Clause.VALUES))
                : cell(column, cells.get(i), expressions, statement.overriding());
      }
      rows.add(filled(table, row));
    }
    return new QueryBinder(binding)
        .valuesRel(
            rows,
            table.columns().stream().map(ColumnDefinition::type).toList(),
            placeholders,
            scope);
  }

  private List<RexNode> filled(TableDefinition table, @Nullable RexNode[] row) {
    List<RexNode> filled = new ArrayList<>();
    for (int i = 0; i < row.length; i++) {
      RexNode value = row[i];
      filled.add(value == null ? tableExpressions.defaultOf(table.columns().get(i)) : value);
    }
    return filled;
  }

  private static void checkCount(
      List<Integer> targets,
      int count,
      boolean named,
      Statement.InsertStatement statement,
      List<SqlNode> cells) {
    if (count > targets.size()) {
      throw new QuiverException(
              SqlState.SYNTAX_ERROR, "INSERT has more expressions than target columns")
          .at(Positions.of(cells.get(targets.size())));
    }
    if (named && count < targets.size()) {
      throw new QuiverException(
              SqlState.SYNTAX_ERROR, "INSERT has more target columns than expressions")
          .at(Positions.of(statement.columns().get(count)));
    }
  }

  private RexNode cell(
      ColumnDefinition column,
      SqlNode node,
      ExpressionBinder expressions,
      Statement.Overriding overriding) {
    if (isDefault(node)) {
      return tableExpressions.defaultOf(column);
    }
    boolean identity = column.identity() != ColumnDefinition.Identity.NONE;
    if (identity && overriding == Statement.Overriding.USER_VALUE) {
      return tableExpressions.defaultOf(column);
    }
    requireWritable(column, overriding);
    RexNode value = expressions.bind(node, Clause.VALUES);
    return assigned(column, value, node);
  }

  private static void requireWritable(ColumnDefinition column, Statement.Overriding overriding) {
    if (column.generatedSql().isPresent()) {
      throw new QuiverException(
              SqlState.GENERATED_ALWAYS,
              "cannot insert a non-DEFAULT value into column \"%s\"",
              column.name())
          .withDetail("Column \"" + column.name() + "\" is a generated column.");
    }
    if (TableExpressions.isGeneratedAlways(column)
        && overriding != Statement.Overriding.SYSTEM_VALUE) {
      throw new QuiverException(
              SqlState.GENERATED_ALWAYS,
              "cannot insert a non-DEFAULT value into column \"%s\"",
              column.name())
          .withDetail(
              "Column \"" + column.name() + "\" is an identity column defined as GENERATED ALWAYS.")
          .withHint("Use OVERRIDING SYSTEM VALUE to override.");
    }
  }

  private RexNode assigned(ColumnDefinition column, RexNode value, SqlNode node) {
    try {
      return binding.coercions().assign(value, column.type(), column.name());
    } catch (QuiverException e) {
      throw e.position() == 0 ? e.at(Positions.of(node)) : e;
    }
  }

  private static boolean isDefault(SqlNode node) {
    return node instanceof ExpressionNode expression
        && expression.value() instanceof Expression.Default;
  }

  private RelNode query(
      ChangeTarget target,
      List<Integer> positions,
      Statement.InsertStatement statement,
      Query query,
      CommonTables commonTables) {
    BoundQuery bound = new QueryBinder(binding).bind(query, null, commonTables, false);
    int count = bound.columns().size();
    if (count > positions.size()) {
      throw new QuiverException(
              SqlState.SYNTAX_ERROR, "INSERT has more expressions than target columns")
          .at(query.position());
    }
    if (!statement.columns().isEmpty() && count < positions.size()) {
      throw new QuiverException(
              SqlState.SYNTAX_ERROR, "INSERT has more target columns than expressions")
          .at(Positions.of(statement.columns().get(count)));
    }
    TableDefinition table = target.table();
    List<Integer> targets = ordinals(target, positions, count);
    RexNode[] row = new RexNode[table.columns().size()];
    Binding.Outputs outputs = binding.outputs(bound.rel());
    for (int i = 0; i < count; i++) {
      ColumnDefinition column = table.columns().get(targets.get(i));
      if (column.identity() != ColumnDefinition.Identity.NONE
          && statement.overriding() == Statement.Overriding.USER_VALUE) {
        continue;
      }
      requireWritable(column, statement.overriding());
      SqlNode named = statement.columns().isEmpty() ? null : statement.columns().get(i);
      if (named != null && ElementAssignment.isElement(named)) {
        throw elementAssignment(named);
      }
      try {
        row[targets.get(i)] =
            binding.coercions().assign(outputs.columns().get(i), column.type(), column.name());
      } catch (QuiverException e) {
        throw e.position() == 0 ? e.at(QueryBinder.targetPosition(query, i)) : e;
      }
    }
    return binding.project(outputs.rel(), filled(table, row));
  }

  // ---- ON CONFLICT

  private BoundStatement.Conflict conflict(
      ChangeTarget target,
      @Nullable String alias,
      OnConflict onConflict,
      WithBinder.Result tables) {
    TableDefinition table = target.table();
    ConflictArbiters found = new ConflictArbiters(binding, target.renamed());
    List<Long> arbiters = found.of(onConflict);
    found.columnIds().forEach(target::demandRead);
    if (!onConflict.update()) {
      return BoundStatement.Conflict.nothing(arbiters);
    }
    int width = table.columns().size();
    FromResult existing = row(target.namespace(alias, null));
    FromResult excluded = row(target.namespace("excluded", null)).shifted(width);
    Scope scope =
        new Scope(
            binding.newId(),
            null,
            FromResult.concat(existing.namespaces(), excluded.namespaces()),
            FromResult.concat(existing.columns(), excluded.columns()),
            binding.rex());
    Placeholders placeholders = new Placeholders(binding.rex());
    ExpressionBinder expressions =
        new ExpressionBinder(binding, scope, tables.tables(), placeholders, Map.of());
    List<RexNode> newRow = new ArrayList<>();
    for (ColumnDefinition column : table.columns()) {
      newRow.add(binding.rex().column(newRow.size(), column.type()));
    }
    for (Assigned assigned :
        assignments(target, onConflict.assignments(), expressions, 0, INSERT_INTO)) {
      newRow.set(assigned.ordinal(), assigned.value());
    }
    tableExpressions.fillGenerated(newRow, table.columns(), table.name());
    SqlNode where = onConflict.where();
    List<RexNode> condition =
        where == null
            ? List.of()
            : List.of(expressions.bindCondition(where, Clause.WHERE, "WHERE"));
    RowPlans both = new RowPlans(binding, types(table, 2), placeholders, scope.id());
    return new BoundStatement.Conflict(
        arbiters,
        true,
        both.values(newRow, index -> index, tables::around),
        condition.stream().map(one -> both.values(List.of(one), i -> i, tables::around)).toList(),
        target.asOwner(() ->
            new RowSecurity(binding)
                .existing(table, RowPolicy.Command.UPDATE, true, CheckKind.POLICY_OF_EXISTING)),
        checks(target, RowPolicy.Command.UPDATE, true));
  }

  /// The types of the table's columns, `times` times.
  private static List<SqlType> types(TableDefinition table, int times) {
    List<SqlType> types = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      table.columns().forEach(column -> types.add(column.type()));
    }
    return types;
  }

  // ---- SET

  private record Assigned(int ordinal, RexNode value) {}

  private List<Assigned> assignments(
      ChangeTarget table, List<Assignment> assignments, ExpressionBinder expressions) {
    return assignments(table, assignments, expressions, 0, UPDATE);
  }

  /// @param oldAt where the table's columns begin in the row the expressions stand over
  private List<Assigned> assignments(
      ChangeTarget table,
      List<Assignment> assignments,
      ExpressionBinder expressions,
      int oldAt,
      String verb) {
    List<Assigned> assigned = new ArrayList<>();
    for (Assignment assignment : assignments) {
      for (SqlNode each : assignment.targets()) {
        refuseSystemColumn(table, each);
        int position = target(table, ElementAssignment.base(each));
        int _ = table.ordinal(position, verb);
        table.demandColumn(Privilege.UPDATE, position);
      }
    }
    for (Assignment assignment : assignments) {
      if (!assignment.multiple()) {
        add(
            table,
            assignment.targets().getFirst(),
            assignment.value(),
            expressions,
            oldAt,
            assigned);
        continue;
      }
      if (assignment.value() instanceof ExpressionNode subquery
          && subquery.value() instanceof Expression.ScalarQuery(Query query)) {
        addAll(table, assignment, query, expressions, assigned);
        continue;
      }
      if (!(assignment.value() instanceof ExpressionNode node)
          || !(node.value() instanceof Expression.Row(List<SqlNode> fields))) {
        throw new QuiverException(
                SqlState.FEATURE_NOT_SUPPORTED,
                "source for a multiple-column UPDATE item must be a sub-SELECT or ROW() expression")
            .at(Positions.of(assignment.value()));
      }
      if (fields.size() != assignment.targets().size()) {
        throw new QuiverException(
                SqlState.SYNTAX_ERROR, "number of columns does not match number of values")
            .at(Positions.of(assignment.value()));
      }
      for (int i = 0; i < fields.size(); i++) {
        add(table, assignment.targets().get(i), fields.get(i), expressions, oldAt, assigned);
      }
    }
    return assigned;
  }

  /// `(a, b) = (SELECT …)`.
  private void addAll(
      ChangeTarget table,
      Assignment assignment,
      Query query,
      ExpressionBinder expressions,
      List<Assigned> assigned) {
    List<RexNode> values = expressions.rowQuery(query, Clause.UPDATE);
    if (values.size() != assignment.targets().size()) {
      throw new QuiverException(
              SqlState.SYNTAX_ERROR, "number of columns does not match number of values")
          .at(Positions.of(assignment.value()));
    }
    for (int i = 0; i < values.size(); i++) {
      int ordinal = assignable(table, assignment.targets().get(i), assigned);
      ColumnDefinition column = table.table().columns().get(ordinal);
      assigned.add(new Assigned(ordinal, assigned(column, values.get(i), assignment.value())));
    }
  }

  /// The column of a SET target that is not set yet.
  private static int assignable(ChangeTarget table, SqlNode target, List<Assigned> assigned) {
    int ordinal = table.ordinal(target(table, target), UPDATE);
    if (assigned.stream().anyMatch(other -> other.ordinal() == ordinal)) {
      throw multipleAssignments(table.table(), ordinal);
    }
    return ordinal;
  }

  private void add(
      ChangeTarget table,
      SqlNode target,
      SqlNode value,
      ExpressionBinder expressions,
      int oldAt,
      List<Assigned> assigned) {
    if (ElementAssignment.isElement(target)) {
      addElement(table, target, value, expressions, oldAt, assigned);
      return;
    }
    int ordinal = assignable(table, target, assigned);
    ColumnDefinition column = table.table().columns().get(ordinal);
    if (isDefault(value)) {
      assigned.add(new Assigned(ordinal, tableExpressions.defaultOf(column)));
      return;
    }
    if (TableExpressions.isGeneratedAlways(column)) {
      throw new QuiverException(
              SqlState.GENERATED_ALWAYS,
              "column \"%s\" can only be updated to DEFAULT",
              column.name())
          .withDetail(
              "Column \"" + column.name() + "\" is an identity column defined as GENERATED ALWAYS.")
          .at(Positions.of(target));
    }
    if (column.generatedSql().isPresent()) {
      throw new QuiverException(
              SqlState.GENERATED_ALWAYS,
              "column \"%s\" can only be updated to DEFAULT",
              column.name())
          .withDetail("Column \"" + column.name() + "\" is a generated column.");
    }
    RexNode bound = expressions.bind(value, Clause.UPDATE);
    assigned.add(new Assigned(ordinal, assigned(column, bound, value)));
  }

  /// `column[…] = value`, over what the statement has made of the column so far.
  private void addElement(
      ChangeTarget table,
      SqlNode target,
      SqlNode value,
      ExpressionBinder expressions,
      int oldAt,
      List<Assigned> assigned) {
    int ordinal = table.ordinal(target(table, ElementAssignment.base(target)), UPDATE);
    ColumnDefinition column = table.table().columns().get(ordinal);
    RexNode before = binding.rex().column(oldAt + ordinal, column.type());
    for (Assigned earlier : List.copyOf(assigned)) {
      if (earlier.ordinal() == ordinal) {
        before = earlier.value();
        assigned.remove(earlier);
      }
    }
    RexNode bound = expressions.bind(value, Clause.UPDATE);
    RexNode changed =
        new ElementAssignment(binding, expressions, Clause.UPDATE)
            .changed(column, before, target, bound);
    assigned.add(new Assigned(ordinal, changed));
  }

  // ---- UPDATE and DELETE

  /// The rows to change: the table's columns, the address, the columns of FROM or USING.
  ///
  /// @param width columns of the table
  /// @param seen the table's rows that the role may read
  /// @param all the table's rows
  private record Source(
      RelNode rel,
      FromResult from,
      Scope scope,
      ExpressionBinder expressions,
      Placeholders placeholders,
      int width,
      RelNode seen,
      RelNode all) {
    /// What the statement makes of its rows, without the policies for SELECT unless it reads them.
    private RelNode read(RelNode rows, boolean isRead) {
      return isRead ? rows : Relations.replace(rows, seen, all);
    }
  }

  private Source source(
      RowPolicy.Command command,
      ChangeTarget target,
      @Nullable SqlIdentifier alias,
      List<FromItem> others,
      CommonTables commonTables) {
    TableDefinition table = target.table();
    FromItem.Alias named = alias == null ? null : new FromItem.Alias(alias, List.of(), List.of());
    FromBinder binder = new FromBinder(binding, null, commonTables);
    FromBinder.Rows rows = target.asOwner(() -> binder.stored(table, named));
    FromResult seen = rows.visible();
    FromResult changeable =
        target.asOwner(() ->
            new FromResult(
                new RowSecurity(binding).visible(seen.rel(), table, command),
                seen.namespaces(),
                seen.columns(),
                seen.locks()));
    if (target.isView()) {
      String name = alias == null ? null : alias.getSimple();
      changeable =
          FromResult.of(
              target.visible(changeable.rel()),
              target.namespace(name, name == null ? null : target.name()));
    }
    FromResult from = binder.bindAfter(changeable, others);
    Scope scope = new Scope(binding.newId(), null, from, binding.rex());
    Placeholders placeholders = new Placeholders(binding.rex());
    ExpressionBinder expressions =
        new ExpressionBinder(binding, scope, commonTables, placeholders, Map.of());
    return new Source(
        from.rel(),
        from,
        scope,
        expressions,
        placeholders,
        table.columns().size(),
        seen.rel(),
        rows.scan());
  }

  /// WHERE CURRENT OF: the row whose address the session knows.
  private RexNode currentOf(String cursor, ChangeTarget target, Source rows) {
    if (target.isView()) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED, "WHERE CURRENT OF on a view is not implemented");
    }
    TableDefinition table = target.table();
    RexNode address =
        binding
            .rex()
            .call(
                binding.resolver().registry().function("cursor_row(text,int8)").orElseThrow(),
                "",
                SqlType.INT8,
                List.of(
                    binding.rex().constant(cursor, SqlType.TEXT),
                    binding.rex().constant(table.id(), SqlType.INT8)));
    RelNode once = binding.project(ValuesRel.singleEmptyRow(binding.cluster()), List.of(address));
    RexNode wanted =
        rows.placeholders()
            .add(
                new Placeholders.Subquery(
                    Placeholders.Use.SCALAR,
                    once,
                    Placeholders.Comparison.NONE,
                    false,
                    Optional.empty()),
                SqlType.INT8,
                List.of());
    return new Operators(binding).binary("=", binding.column(rows.rel(), rows.width()), wanted);
  }

  private RelNode filtered(
      Source rows, ChangeTarget table, @Nullable SqlNode where, boolean joined, int address) {
    Subqueries subqueries = new Subqueries(binding, rows.placeholders(), rows.scope().id());
    RelNode rel = rows.rel();
    if (where != null) {
      RexNode condition =
          where instanceof ExpressionNode node
                  && node.value() instanceof Expression.CurrentOf(String cursor)
              ? currentOf(cursor, table, rows)
              : rows.expressions().bindCondition(where, Clause.WHERE, "WHERE");
      rel = subqueries.filter(rel, condition, index -> index);
    }
    if (!joined) {
      return rel;
    }
    // A row that several others join with is changed once, by any of them.
    RelNode sorted =
        new SortRel(rel, List.of(new SortKey(address, false, false)), null, null, false);
    return new DistinctOnRel(sorted, List.of(address));
  }

  BoundStatement updateStatement(Statement.UpdateStatement statement) {
    WithBinder.Result tables = with(statement.with());
    return tables.after(update(statement, tables));
  }

  BoundStatement.Update update(Statement.UpdateStatement statement) {
    return update(statement, with(statement.with()));
  }

  private BoundStatement.Update update(
      Statement.UpdateStatement statement, WithBinder.Result tables) {
    ChangeTarget target =
        new ChangeTargets(binding).of(statement.table(), ChangeTargets.Action.UPDATE, true);
    TableDefinition table = target.table();
    int readBefore = binding.demands().reads(table.id());
    Source rows =
        source(
            RowPolicy.Command.UPDATE, target, statement.alias(), statement.from(), tables.tables());
    int width = table.columns().size();
    List<Assigned> assigned = assignments(target, statement.assignments(), rows.expressions());
    RelNode rel = filtered(rows, target, statement.where(), !statement.from().isEmpty(), width);
    Subqueries subqueries = new Subqueries(binding, rows.placeholders(), rows.scope().id());
    Subqueries.Attached attached =
        subqueries.attach(
            rel, assigned.stream().map(Assigned::value).toList(), index -> index, _ -> true);
    List<RexNode> outputs = new ArrayList<>();
    for (int i = 0; i <= width; i++) {
      outputs.add(binding.column(rel, i));
    }
    for (int i = 0; i < width; i++) {
      outputs.add(binding.column(rel, i));
    }
    for (int i = 0; i < assigned.size(); i++) {
      outputs.set(width + 1 + assigned.get(i).ordinal(), attached.expressions().get(i));
    }
    BoundStatement.Returning returning =
        sourceReturning(statement.returning(), rows, outputs, width + 1, tables);
    boolean keyChanges =
        assigned.stream().anyMatch(one -> table.keyOrdinals().contains(one.ordinal()));
    boolean isRead =
        statement.where() != null
            || !statement.from().isEmpty()
            || !statement.returning().isEmpty()
            || target.isView()
            || binding.demands().reads(table.id()) > readBefore;
    return new BoundStatement.Update(
        table,
        tables.around(
            tableExpressions.withGenerated(
                rows.read(binding.project(attached.rel(), outputs), isRead),
                table.columns(),
                table.name(),
                width + 1)),
        keyChanges,
        List.of(),
        checks(target, RowPolicy.Command.UPDATE, isRead),
        returning);
  }

  BoundStatement deleteStatement(Statement.DeleteStatement statement) {
    WithBinder.Result tables = with(statement.with());
    return tables.after(delete(statement, tables));
  }

  BoundStatement.Delete delete(Statement.DeleteStatement statement) {
    return delete(statement, with(statement.with()));
  }

  private BoundStatement.Delete delete(
      Statement.DeleteStatement statement, WithBinder.Result tables) {
    ChangeTarget target =
        new ChangeTargets(binding).of(statement.table(), ChangeTargets.Action.DELETE, true);
    TableDefinition table = target.table();
    target.demand(Privilege.DELETE);
    Source rows =
        source(
            RowPolicy.Command.DELETE,
            target,
            statement.alias(),
            statement.using(),
            tables.tables());
    int width = table.columns().size();
    RelNode rel = filtered(rows, target, statement.where(), !statement.using().isEmpty(), width);
    List<RexNode> outputs = new ArrayList<>();
    for (int i = 0; i <= width; i++) {
      outputs.add(binding.column(rel, i));
    }
    BoundStatement.Returning returning =
        sourceReturning(statement.returning(), rows, outputs, 0, tables);
    boolean isRead =
        statement.where() != null
            || !statement.using().isEmpty()
            || !statement.returning().isEmpty()
            || target.isView();
    return new BoundStatement.Delete(
        table,
        tables.around(rows.read(binding.project(rel, outputs), isRead)),
        List.of(),
        returning);
  }

  // ---- MERGE

  BoundStatement merge(Statement.MergeStatement statement) {
    WithBinder.Result tables = with(statement.with());
    return tables.after(merge(statement, tables));
  }

  private BoundStatement merge(Statement.MergeStatement statement, WithBinder.Result tables) {
    if (names.require(statement.table())
        instanceof RelationNames.Relation.View(ViewDefinition view)) {
      throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED,
              "cannot execute MERGE on relation \"%s\"",
              view.name())
          .withDetail("This operation is not supported for views.");
    }
    TableDefinition table = names.requireChangeable(statement.table());
    SqlIdentifier aliasName = statement.alias();
    FromItem.Alias alias =
        aliasName == null ? null : new FromItem.Alias(aliasName, List.of(), List.of());
    boolean outer = statement.clauses().stream().anyMatch(clause -> !clause.matched());
    FromResult from =
        new FromBinder(binding, null, tables.tables())
            .mergeSource(statement.source(), table, alias, statement.condition(), outer);
    int width = table.columns().size();
    int oldAt = from.width() - width - 1;
    int addressAt = from.width() - 1;
    Namespace target = from.namespaces().getLast();
    FromResult sourceOnly =
        new FromResult(
            from.rel(),
            from.namespaces().subList(0, from.namespaces().size() - 1),
            from.columns().subList(0, from.columns().size() - target.columns().size()));
    List<RexNode> choice = new ArrayList<>();
    Placeholders placeholders = new Placeholders(binding.rex());
    int scopeId = binding.newId();
    RexNode unmatched = binding.rex().isNull(binding.column(from.rel(), addressAt));
    for (int i = 0; i < statement.clauses().size(); i++) {
      MergeClause clause = statement.clauses().get(i);
      RexNode matched = clause.matched() ? binding.rex().not(unmatched) : unmatched;
      SqlNode condition = clause.condition();
      Scope scope = new Scope(scopeId, null, clause.matched() ? from : sourceOnly, binding.rex());
      choice.add(
          condition == null
              ? matched
              : binding
                  .rex()
                  .and(
                      List.of(
                          matched,
                          new ExpressionBinder(
                                  binding, scope, tables.tables(), placeholders, Map.of())
                              .bindCondition(condition, Clause.MERGE, "MERGE WHEN AND"))));
      boolean nothing = clause.action() instanceof MergeClause.Nothing;
      choice.add(binding.rex().constant(nothing ? null : (Long) (i + 1L), SqlType.INT4));
    }
    choice.add(binding.rex().constant(null, SqlType.INT4));
    RexNode number = binding.rex().make(new Form.Case(), SqlType.INT4, choice);
    Subqueries.Attached attached =
        new Subqueries(binding, placeholders, scopeId)
            .attach(from.rel(), List.of(number), index -> index, _ -> true);
    List<RexNode> outputs = new ArrayList<>();
    outputs.add(attached.expressions().getFirst());
    outputs.add(binding.column(from.rel(), addressAt));
    outputs.addAll(binding.columns(from.rel()));
    RelNode all = binding.project(attached.rel(), outputs);
    RelNode taken =
        binding.filter(all, binding.rex().not(binding.rex().isNull(binding.column(all, 0))));
    List<BoundQuery.OutputColumn> columns = new ArrayList<>();
    for (RexNode output : outputs) {
      columns.add(new BoundQuery.OutputColumn("?column?", Rex.type(output), 0, 0));
    }
    int rowsId = binding.newId();
    MergeRows rows = new MergeRows(table, rowsId, taken, from, sourceOnly, oldAt + 2);
    List<BoundStatement> steps = new ArrayList<>();
    for (int i = 0; i < statement.clauses().size(); i++) {
      mergeStep(statement.clauses().get(i), i + 1, rows, tables).ifPresent(steps::add);
    }
    return new BoundStatement.Merge(rowsId, new BoundQuery(tables.around(taken), columns), steps);
  }

  /// The rows of a MERGE as its clauses read them.
  ///
  /// @param from names over the rows without the two columns in front
  /// @param oldAt where the table's columns are
  private record MergeRows(
      TableDefinition table,
      int id,
      RelNode rows,
      FromResult from,
      FromResult sourceOnly,
      int oldAt) {}

  private Optional<BoundStatement> mergeStep(
      MergeClause clause, int number, MergeRows rows, WithBinder.Result tables) {
    TableDefinition table = rows.table();
    int width = table.columns().size();
    RelNode scan = new SharedScanRel(binding.cluster(), rows.id(), rows.rows().getRowType());
    RelNode mine =
        binding.filter(
            scan,
            new Operators(binding)
                .binary(
                    "=",
                    binding.column(scan, 0),
                    binding.rex().constant((long) number, SqlType.INT4)));
    Placeholders placeholders = new Placeholders(binding.rex());
    FromResult visible = clause.matched() ? rows.from() : rows.sourceOnly();
    Scope scope = new Scope(binding.newId(), null, visible.shifted(2), binding.rex());
    ExpressionBinder expressions =
        new ExpressionBinder(binding, scope, tables.tables(), placeholders, Map.of());
    Subqueries subqueries = new Subqueries(binding, placeholders, scope.id());
    List<RexNode> old = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      old.add(binding.column(mine, rows.oldAt() + i));
    }
    List<RexNode> outputs = new ArrayList<>(old);
    outputs.add(binding.column(mine, 1));
    return switch (clause.action()) {
      case MergeClause.Nothing _ -> Optional.empty();
      case MergeClause.Delete _ -> {
        binding.demands().on(table.id(), Privilege.DELETE);
        yield Optional.of(
            new BoundStatement.Delete(
                table,
                tables.around(binding.project(mine, outputs)),
                mergeTarget(table, RowPolicy.Command.DELETE),
                BoundStatement.Returning.NONE));
      }
      case MergeClause.Update(List<Assignment> assignments) -> {
        List<Assigned> assigned =
            assignments(
                ChangeTarget.of(binding, table), assignments, expressions, rows.oldAt(), UPDATE);
        Subqueries.Attached attached =
            subqueries.attach(
                mine, assigned.stream().map(Assigned::value).toList(), index -> index, _ -> true);
        outputs.addAll(old);
        for (int i = 0; i < assigned.size(); i++) {
          outputs.set(width + 1 + assigned.get(i).ordinal(), attached.expressions().get(i));
        }
        boolean keyChanges =
            assigned.stream().anyMatch(one -> table.keyOrdinals().contains(one.ordinal()));
        yield Optional.of(
            new BoundStatement.Update(
                table,
                tables.around(binding.project(attached.rel(), outputs)),
                keyChanges,
                mergeTarget(table, RowPolicy.Command.UPDATE),
                checks(ChangeTarget.of(binding, table), RowPolicy.Command.UPDATE, true),
                BoundStatement.Returning.NONE));
      }
      case MergeClause.Insert insert -> {
        ChangeTarget target = ChangeTarget.of(binding, table);
        List<Integer> targets = targets(target, insert.columns());
        demandInsert(target, targets);
        if (insert.values().size() > targets.size()) {
          throw new QuiverException(
                  SqlState.SYNTAX_ERROR, "INSERT has more expressions than target columns")
              .at(Positions.of(insert.values().get(targets.size())));
        }
        RexNode[] row = new RexNode[width];
        for (int i = 0; i < insert.values().size(); i++) {
          ColumnDefinition column = table.columns().get(targets.get(i));
          row[targets.get(i)] =
              cell(column, insert.values().get(i), expressions, insert.overriding());
        }
        Subqueries.Attached attached =
            subqueries.attach(mine, filled(table, row), index -> index, _ -> true);
        yield Optional.of(
            new BoundStatement.Insert(
                table,
                tables.around(binding.project(attached.rel(), attached.expressions())),
                checks(target, RowPolicy.Command.INSERT, false),
                Optional.empty(),
                BoundStatement.Returning.NONE));
      }
    };
  }

  private List<BoundStatement.Check> mergeTarget(TableDefinition table, RowPolicy.Command command) {
    return new RowSecurity(binding).existing(table, command, false, CheckKind.POLICY_OF_TARGET);
  }

  private WithBinder.Result with(Query.@Nullable With with) {
    return with == null
        ? new WithBinder.Result(outer, List.of(), List.of())
        : new WithBinder(binding, top).bind(with, null, outer);
  }

  // ---- RETURNING

  /// A row under a name, over nothing but the row.
  private FromResult row(Namespace namespace) {
    return FromResult.of(ValuesRel.singleEmptyRow(binding.cluster()), namespace);
  }

  private BoundStatement.Returning returning(
      List<SelectItem> items, FromResult row, List<SqlType> types, WithBinder.Result tables) {
    if (items.isEmpty()) {
      return BoundStatement.Returning.NONE;
    }
    Scope scope = new Scope(binding.newId(), null, row, binding.rex());
    Placeholders placeholders = new Placeholders(binding.rex());
    ExpressionBinder expressions =
        new ExpressionBinder(binding, scope, tables.tables(), placeholders, Map.of());
    Returned returned = returned(items, expressions);
    return new BoundStatement.Returning(
        new RowPlans(binding, types, placeholders, scope.id())
            .values(returned.values(), index -> index, tables::around),
        returned.columns());
  }

  /// A bound RETURNING list.
  private record Returned(List<RexNode> values, List<BoundQuery.OutputColumn> columns) {}

  private Returned returned(List<SelectItem> items, ExpressionBinder expressions) {
    List<RexNode> values = new ArrayList<>();
    List<BoundQuery.OutputColumn> columns = new ArrayList<>();
    for (Target target : Targets.bind(items, expressions, Clause.RETURNING)) {
      RexNode value = binding.coercions().known(target.expression());
      values.add(value);
      columns.add(
          new BoundQuery.OutputColumn(
              target.name(),
              Rex.type(value),
              target.origin().tableId(),
              target.origin().columnId(),
              target.fields()));
    }
    return new Returned(values, columns);
  }

  /// RETURNING over the source row: table columns are those at `tableAt`, columns of other tables
  /// are added to the source.
  private BoundStatement.Returning sourceReturning(
      List<SelectItem> items,
      Source rows,
      List<RexNode> outputs,
      int tableAt,
      WithBinder.Result tables) {
    if (items.isEmpty()) {
      return BoundStatement.Returning.NONE;
    }
    int width = rows.width();
    Returned bound = returned(items, rows.expressions());
    boolean all = bound.values().stream().anyMatch(RowPlans::hasSubquery);
    List<Integer> added = new ArrayList<>();
    int base = outputs.size();
    // Subqueries may read any column.
    for (int column = width + 1; all && column < rows.from().width(); column++) {
      added.add(column);
    }
    for (RexNode value : bound.values()) {
      for (int column : RelOptUtil.InputFinder.bits(value)) {
        if (column > width && !added.contains(column)) {
          added.add(column);
        }
      }
    }
    int behindHidden = width + 1 + HiddenColumns.ordinals().size();
    if (binding.namesHiddenColumns()
        && tableAt > width
        && added.stream().anyMatch(column -> column < behindHidden)) {
      // They are known when the transaction commits.
      throw DefinitionBinder.unsupported("ctid and xmin in RETURNING of UPDATE are");
    }
    added.forEach(column -> outputs.add(binding.column(rows.rel(), column)));
    IntUnaryOperator places =
        column ->
            column < width
                ? tableAt + column
                : column == width ? width : base + added.indexOf(column);
    List<RexNode> values = new ArrayList<>();
    for (RexNode value : bound.values()) {
      values.add(Rex.remap(value, places));
    }
    List<SqlType> types = outputs.stream().map(Rex::type).toList();
    return new BoundStatement.Returning(
        new RowPlans(binding, types, rows.placeholders(), rows.scope().id())
            .values(values, places, tables::around),
        bound.columns());
  }
}
