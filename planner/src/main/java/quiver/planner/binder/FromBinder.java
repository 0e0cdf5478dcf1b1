package quiver.planner.binder;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.Privilege;
import quiver.common.catalog.RowPolicy;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.SystemCatalog.SystemColumn;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.function.FunctionKind;
import quiver.common.function.FunctionSignature;
import quiver.common.function.OutputColumn;
import quiver.common.plan.HiddenColumns;
import quiver.common.plan.JoinKind;
import quiver.common.plan.RelationAlias;
import quiver.common.type.BaseType;
import quiver.common.type.CompositeField;
import quiver.common.type.SqlType;
import quiver.common.type.UserType;
import quiver.planner.calcite.ApplyRel;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.FunctionScanRel;
import quiver.planner.calcite.Relations;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.ScanRel;
import quiver.planner.calcite.SharedScanRel;
import quiver.planner.calcite.SystemScanRel;
import quiver.planner.calcite.ValuesRel;
import quiver.planner.parser.node.Expression;
import quiver.planner.parser.node.ExpressionNode;
import quiver.planner.parser.node.FromItem;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.Query;

/// FROM clauses.
final class FromBinder {
  private final Binding binding;
  private final RelationNames names;
  private final @Nullable Scope parent;
  private final CommonTables commonTables;
  private final Locking locking;

  /// @param parent the scope of the enclosing query
  FromBinder(Binding binding, @Nullable Scope parent, CommonTables commonTables) {
    this(binding, parent, commonTables, Locking.NONE);
  }

  FromBinder(Binding binding, @Nullable Scope parent, CommonTables commonTables, Locking locking) {
    this.locking = locking;
    this.binding = binding;
    this.names = new RelationNames(binding.context());
    this.parent = parent;
    this.commonTables = commonTables;
  }

  /// The items side by side; no items give one row without columns.
  FromResult bind(List<FromItem> items) {
    return bindAfter(null, items);
  }

  /// The items side by side, after what is already there.
  FromResult bindAfter(@Nullable FromResult first, List<FromItem> items) {
    FromResult left = first;
    for (FromItem item : items) {
      if (left == null) {
        left = bindItem(item, parent);
      } else {
        Scope lateral = new Scope(binding.newId(), parent, left, binding.rex());
        binding.trace().scope(lateral);
        FromResult right = bindItem(item, lateral);
        left = joined(JoinKind.INNER, left, right, lateral.id(), binding.rex().truth(true));
      }
      checkUniqueNames(left);
    }
    return left == null
        ? new FromResult(ValuesRel.singleEmptyRow(binding.cluster()), List.of(), List.of())
        : left;
  }

  private static void checkUniqueNames(FromResult from) {
    Set<String> seen = new HashSet<>();
    for (Namespace namespace : from.namespaces()) {
      String schema = namespace.schema();
      if (!seen.add(schema == null ? namespace.name() : schema + "." + namespace.name())) {
        throw new QuiverException(
            SqlState.DUPLICATE_ALIAS,
            "table name \"%s\" specified more than once",
            namespace.name());
      }
    }
  }

  /// @param lateral what LATERAL items can see: items to the left, then the enclosing query
  private FromResult bindItem(FromItem item, @Nullable Scope lateral) {
    FromResult result =
        switch (item) {
          case FromItem.Table table -> binding.history().during(table.asOf(), () -> table(table));
          case FromItem.Subquery subquery -> subquery(subquery, lateral);
          case FromItem.Functions functions -> functions(functions, lateral);
          case FromItem.Join join -> join(join, lateral);
        };
    binding
        .trace()
        .columns(
            item,
            result.columns().stream()
                .filter(column -> !column.hidden())
                .map(column -> new QueryTrace.Column(column.name(), column.origin().columnId()))
                .toList());
    return result;
  }

  // ---- tables

  private FromResult table(FromItem.Table item) {
    SqlIdentifier identifier = item.name();
    if (identifier.names.size() == 1) {
      Optional<CommonTables.Entry> common = commonTables.find(identifier.getSimple());
      if (common.isPresent()) {
        if (item.asOf() != null) {
          binding.history().refuse("of a WITH query");
        }
        return commonTable(item, common.get());
      }
    }
    Optional<SequenceDefinition> sequence = names.sequence(identifier);
    if (sequence.isPresent()) {
      binding.history().refuse("of a sequence");
      return sequenceRow(sequence.get(), item);
    }
    return switch (names.require(identifier)) {
      case RelationNames.Relation.Stored(TableDefinition table) -> {
        binding.trace().relation(item, table.id());
        requirePopulated(table);
        binding.demands().on(table.id(), Privilege.SELECT);
        yield sampled(lockable(table, item.alias()), table, item);
      }
      case RelationNames.Relation.View(ViewDefinition view) -> {
        binding.trace().relation(item, view.id());
        yield view(view, item);
      }
      case RelationNames.Relation.Virtual(String schema, String name, var columns) -> {
        binding.demands().onVirtual(name);
        binding.history().refuse("of a system relation");
        yield virtual(schema, name, columns, item.alias());
      }
    };
  }

  private void requirePopulated(TableDefinition table) {
    boolean empty =
        binding
            .context()
            .catalog()
            .materializedView(table.id())
            .filter(view -> !view.populated())
            .isPresent();
    if (empty && !binding.trace().isOn()) {
      throw new QuiverException(
              SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
              "materialized view \"%s\" has not been populated",
              table.name())
          .withHint("Use the REFRESH MATERIALIZED VIEW command.");
    }
  }

  /// A sequence: the one row that says where it is.
  private FromResult sequenceRow(SequenceDefinition sequence, FromItem.Table item) {
    binding.trace().relation(item, sequence.id());
    binding.demands().on(sequence.id(), Privilege.SELECT);
    FunctionSignature state =
        binding.resolver().registry().function("quiver_sequence_state(oid)").orElseThrow();
    List<BoundQuery.OutputColumn> columns =
        List.of(
            new BoundQuery.OutputColumn("last_value", SqlType.INT8, 0, 0),
            new BoundQuery.OutputColumn("log_cnt", SqlType.INT8, 0, 0),
            new BoundQuery.OutputColumn("is_called", SqlType.BOOL, 0, 0));
    RexNode call =
        binding
            .rex()
            .call(
                state,
                "",
                state.result(),
                List.of(binding.rex().constant(sequence.id(), SqlType.OID)));
    RelNode rel =
        new FunctionScanRel(
            binding.cluster(),
            List.of(call),
            false,
            columns.stream().map(BoundQuery.OutputColumn::type).toList(),
            called(item.alias(), sequence.name()));
    return named(rel, columns, item.alias(), sequence.name(), sequence.schema(), false);
  }

  /// A view: its query in place of its name.
  private FromResult view(ViewDefinition view, FromItem.Table item) {
    FromItem.Alias alias = item.alias();
    SqlIdentifier aliasName = alias == null ? null : alias.name();
    if (item.sample() != null) {
      throw new QuiverException(
          SqlState.WRONG_OBJECT_TYPE,
          "TABLESAMPLE clause can only be applied to tables and materialized views");
    }
    String name = aliasName == null ? view.name() : aliasName.getSimple();
    if (locking.exclusive(name).isPresent()) {
      throw DefinitionBinder.unsupported("locking the rows of a view is");
    }
    BoundQuery query = ofOwner(view);
    List<BoundQuery.OutputColumn> outputs = new ArrayList<>();
    for (int i = 0; i < view.columns().size(); i++) {
      ViewDefinition.ViewColumn column = view.columns().get(i);
      outputs.add(
          new BoundQuery.OutputColumn(
              column.name(), column.type(), view.id(), i + 1, query.columns().get(i).fields()));
    }
    FromResult from = named(query.rel(), outputs, alias, view.name(), view.schema(), false);
    return FromResult.of(
        from.rel(), from.namespaces().getFirst().ofRelation(view.id(), renames(alias)));
  }

  /// The query of a view: what it reads is read for the owner, or for who asks if it says so.
  private BoundQuery ofOwner(ViewDefinition view) {
    binding.demands().on(view.id(), Privilege.SELECT);
    Optional<Long> before = binding.demands().actAs(ChangeTargets.roleBelow(binding, view));
    try {
      return new ViewQueries(binding).bind(view);
    } finally {
      Optional<Long> _ = binding.demands().actAs(before);
    }
  }

  private FromResult sampled(FromResult from, TableDefinition table, FromItem.Table item) {
    FromItem.Sample sample = item.sample();
    if (sample == null) {
      return from;
    }
    FromResult addressed = stored(table, item.alias(), true);
    RexNode address = binding.column(addressed.rel(), table.columns().size());
    RelNode rel =
        new Sampling(binding, parent, commonTables).sampled(addressed.rel(), address, sample);
    return new FromResult(rel, addressed.namespaces(), addressed.columns(), from.locks());
  }

  private FromResult lockable(TableDefinition table, FromItem.@Nullable Alias alias) {
    SqlIdentifier aliasName = alias == null ? null : alias.name();
    Optional<Boolean> exclusive =
        locking.exclusive(aliasName == null ? table.name() : aliasName.getSimple());
    if (exclusive.isEmpty()) {
      return stored(table, alias, false);
    }
    binding.history().refuse("of rows that are locked");
    binding.demands().on(table.id(), Privilege.UPDATE);
    FromResult seen = stored(table, alias, true);
    FromResult from =
        new FromResult(
            new RowSecurity(binding).visible(seen.rel(), table, RowPolicy.Command.UPDATE),
            seen.namespaces(),
            seen.columns(),
            seen.locks());
    RexNode address = binding.column(from.rel(), table.columns().size());
    return from.withLocks(List.of(new FromResult.Lock(table.id(), address, exclusive.get())));
  }

  private FromResult commonTable(FromItem.Table item, CommonTables.Entry entry) {
    String name = item.name().getSimple();
    FromItem.Alias alias = item.alias();
    SqlIdentifier aliasName = alias == null ? null : alias.name();
    locking.notLockable(aliasName == null ? name : aliasName.getSimple(), "a WITH query");
    BoundQuery query = entry.query();
    if (query == null) {
      throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED,
              "WITH query \"%s\" does not have a RETURNING clause",
              name)
          .at(Positions.of(item.name()));
    }
    RelationAlias called =
        called(alias, name, query.columns().stream().map(BoundQuery.OutputColumn::name).toList());
    RelNode rel =
        new SharedScanRel(binding.cluster(), entry.sharedId(), query.rel().getRowType(), called);
    FromResult from = named(rel, query.columns(), item.alias(), name, null, false);
    return entry.hidden() == 0
        ? from
        : FromResult.of(rel, from.namespaces().getFirst().hidingLast(entry.hidden()));
  }

  /// A stored table.
  ///
  /// @param withAddress the row address comes behind the table's columns, without a name
  FromResult stored(TableDefinition table, FromItem.@Nullable Alias alias, boolean withAddress) {
    return stored(table, alias, withAddress, binding.namesHiddenColumns());
  }

  /// The rows of a stored table, with their addresses.
  ///
  /// @param scan all rows
  record Rows(RelNode scan, FromResult visible) {}

  Rows stored(TableDefinition table, FromItem.@Nullable Alias alias) {
    boolean withHidden = binding.namesHiddenColumns();
    ScanRel scan = scan(table, called(alias, table.name()), true, withHidden);
    return new Rows(scan, stored(scan, table, alias, withHidden));
  }

  private ScanRel scan(
      TableDefinition table, RelationAlias alias, boolean withAddress, boolean withHidden) {
    return new ScanRel(
        binding.cluster(),
        table,
        binding.context().catalog().statistics(table.id()),
        withAddress,
        withHidden,
        binding.history().moment(),
        alias);
  }

  private static RelationAlias called(FromItem.@Nullable Alias alias, String relation) {
    return called(alias, relation, List.of());
  }

  /// @param columns names the relation gives its columns, where nothing else knows them
  private static RelationAlias called(
      FromItem.@Nullable Alias alias, String relation, List<String> columns) {
    SqlIdentifier name = alias == null ? null : alias.name();
    List<String> named = new ArrayList<>(columns);
    if (alias != null) {
      for (int i = 0; i < alias.columns().size(); i++) {
        String column = alias.columns().get(i).getSimple();
        if (i < columns.size()) {
          named.set(i, column);
        } else {
          named.add(column);
        }
      }
    }
    return new RelationAlias(relation, name == null ? relation : name.getSimple(), named);
  }

  private FromResult stored(
      TableDefinition table,
      FromItem.@Nullable Alias alias,
      boolean withAddress,
      boolean withHidden) {
    ScanRel scan = scan(table, called(alias, table.name()), withAddress, withHidden);
    return stored(scan, table, alias, withHidden);
  }

  private FromResult stored(
      ScanRel scan, TableDefinition table, FromItem.@Nullable Alias alias, boolean withHidden) {
    RelNode rel = new RowSecurity(binding).visible(scan, table, RowPolicy.Command.SELECT);
    List<String> columnNames =
        aliased(table.columns().stream().map(ColumnDefinition::name).toList(), alias, table.name());
    List<Namespace.Column> columns = new ArrayList<>();
    for (int i = 0; i < table.columns().size(); i++) {
      ColumnDefinition column = table.columns().get(i);
      columns.add(
          new Namespace.Column(
              columnNames.get(i),
              binding.column(rel, i),
              new Namespace.Origin(table.id(), column.id()),
              false));
    }
    if (withHidden) {
      int at = scan.hiddenAt();
      for (int ordinal : HiddenColumns.ordinals()) {
        columns.add(
            Namespace.Column.hidden(HiddenColumns.name(ordinal), binding.column(rel, at++)));
      }
    }
    columns.addAll(fixedColumns(binding, table));
    return FromResult.of(
        rel,
        namespace(alias, table.schema(), table.name(), columns, table, false)
            .ofRelation(table.id(), renames(alias)));
  }

  /// The hidden columns that are the same in all rows that are seen: nobody who commits later has
  /// deleted them, and a statement sees what others before it in its transaction did.
  static List<Namespace.Column> fixedColumns(Binding binding, TableDefinition table) {
    Rex rex = binding.rex();
    return List.of(
        Namespace.Column.hidden("tableoid", rex.constant(table.id(), SqlType.OID)),
        Namespace.Column.hidden("cmin", rex.constant(0L, SqlType.of(BaseType.CID))),
        Namespace.Column.hidden("xmax", rex.constant(0L, SqlType.of(BaseType.XID))),
        Namespace.Column.hidden("cmax", rex.constant(0L, SqlType.of(BaseType.CID))));
  }

  /// How many columns an alias renames.
  private static int renames(FromItem.@Nullable Alias alias) {
    return alias == null ? 0 : alias.columns().size();
  }

  private FromResult virtual(
      String schema, String name, List<SystemColumn> definitions, FromItem.@Nullable Alias alias) {
    RelNode rel =
        new SystemScanRel(
            binding.cluster(),
            schema,
            name,
            definitions.stream().map(SystemColumn::type).toList(),
            called(alias, name));
    List<String> visible =
        definitions.stream().filter(column -> !column.hidden()).map(SystemColumn::name).toList();
    List<String> columnNames = aliased(visible, alias, name);
    List<Namespace.Column> columns = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < definitions.size(); i++) {
      SystemColumn column = definitions.get(i);
      columns.add(
          new Namespace.Column(
              column.hidden() ? column.name() : columnNames.get(next++),
              binding.column(rel, i),
              Namespace.Origin.NONE,
              column.hidden()));
    }
    return FromResult.of(rel, namespace(alias, schema, name, columns, null, false));
  }

  private static Namespace namespace(
      FromItem.@Nullable Alias alias,
      @Nullable String schema,
      String name,
      List<Namespace.Column> columns,
      @Nullable TableDefinition table,
      boolean scalar) {
    SqlIdentifier aliasName = alias == null ? null : alias.name();
    return aliasName == null
        ? new Namespace(name, schema, null, columns, table, scalar)
        : new Namespace(
            aliasName.getSimple(),
            null,
            aliasName.getSimple().equals(name) ? null : name,
            columns,
            table,
            scalar);
  }

  /// Column names with those of the alias in front.
  private static List<String> aliased(
      List<String> own, FromItem.@Nullable Alias alias, String table) {
    if (alias == null || alias.columns().isEmpty()) {
      return own;
    }
    if (alias.columns().size() > own.size()) {
      SqlIdentifier aliasName = alias.name();
      throw new QuiverException(
          SqlState.INVALID_COLUMN_REFERENCE,
          "table \"%s\" has %d columns available but %d columns specified",
          aliasName == null ? table : aliasName.getSimple(),
          own.size(),
          alias.columns().size());
    }
    List<String> names = new ArrayList<>(own);
    for (int i = 0; i < alias.columns().size(); i++) {
      names.set(i, alias.columns().get(i).getSimple());
    }
    return names;
  }

  private FromResult named(
      RelNode rel,
      List<BoundQuery.OutputColumn> outputs,
      FromItem.@Nullable Alias alias,
      String name,
      @Nullable String schema,
      boolean scalar) {
    List<String> columnNames =
        aliased(outputs.stream().map(BoundQuery.OutputColumn::name).toList(), alias, name);
    List<Namespace.Column> columns = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      BoundQuery.OutputColumn output = outputs.get(i);
      columns.add(
          new Namespace.Column(
              columnNames.get(i),
              binding.column(rel, i),
              new Namespace.Origin(output.tableId(), output.columnId()),
              false,
              output.fields()));
    }
    return FromResult.of(rel, namespace(alias, schema, name, columns, null, scalar));
  }

  // ---- subqueries

  private FromResult subquery(FromItem.Subquery item, @Nullable Scope lateral) {
    FromItem.Alias alias = item.alias();
    if (alias == null || alias.name() == null) {
      boolean values = item.query() instanceof Query.Values;
      throw new QuiverException(
              SqlState.SYNTAX_ERROR,
              "%s in FROM must have an alias",
              values ? "VALUES" : "subquery")
          .withHint(
              values
                  ? "For example, FROM (VALUES ...) [AS] foo."
                  : "For example, FROM (SELECT ...) [AS] foo.")
          .at(item.position());
    }
    List<Query.Locking> inside = locking.within(alias.name().getSimple());
    Query.Clauses clauses = item.query().clauses();
    boolean locked = !inside.isEmpty() && item.query() instanceof Query.Select;
    BoundQuery query =
        new QueryBinder(binding)
            .bind(
                locked
                    ? item.query()
                        .withClauses(
                            new Query.Clauses(
                                clauses.with(),
                                clauses.orderBy(),
                                clauses.limit(),
                                clauses.withTies(),
                                clauses.offset(),
                                FromResult.concat(clauses.locking(), inside),
                                clauses.asOf()))
                    : item.query(),
                item.lateral() ? lateral : parent,
                commonTables,
                true);
    return named(query.rel(), query.columns(), alias, alias.name().getSimple(), null, false);
  }

  // ---- functions

  private FromResult functions(FromItem.Functions item, @Nullable Scope lateral) {
    Optional<FromItem.Subquery> records = JsonRecords.of(item);
    if (records.isPresent()) {
      return subquery(records.get(), lateral);
    }
    // A level of its own without columns: what the arguments name belongs to the row before.
    Scope scope = new Scope(binding.newId(), lateral, List.of(), List.of(), binding.rex());
    Placeholders placeholders = new Placeholders(binding.rex());
    ExpressionBinder expressions =
        new ExpressionBinder(binding, scope, commonTables, placeholders, Map.of());
    List<RexNode> calls = new ArrayList<>();
    List<BoundQuery.OutputColumn> outputs = new ArrayList<>();
    boolean sets = false;
    boolean scalar = false;
    List<FromItem.FunctionItem> functions = expanded(item.functions());
    for (FromItem.FunctionItem function : functions) {
      List<FromItem.ColumnDefinition> definitions = definitions(item, function);
      if (!definitions.isEmpty()) {
        throw new QuiverException(
                SqlState.FEATURE_NOT_SUPPORTED,
                "column definition lists for functions are not supported")
            .at(item.position());
      }
      FunctionCall call = call(function, expressions);
      calls.add(call.node());
      sets |= call.set();
      boolean oneColumn = call.columns().isEmpty();
      scalar = oneColumn && functions.size() == 1 && !item.ordinality();
      if (oneColumn) {
        SqlIdentifier aliasName = item.alias() == null ? null : item.alias().name();
        String columnName =
            aliasName != null && functions.size() == 1 ? aliasName.getSimple() : call.name();
        outputs.add(new BoundQuery.OutputColumn(columnName, Rex.type(call.node()), 0, 0));
      } else {
        for (OutputColumn column : call.columns()) {
          outputs.add(new BoundQuery.OutputColumn(column.name(), column.type(), 0, 0));
        }
      }
    }
    if (item.ordinality()) {
      outputs.add(new BoundQuery.OutputColumn("ordinality", SqlType.INT8, 0, 0));
    }
    binding.trace().calls(item, calls, scope, placeholders);
    String name = outputs.isEmpty() ? "" : firstName(item);
    boolean ofSets = sets;
    RelNode rel =
        placeholders.hasSubqueries()
            ? new ValuesBefore(binding, placeholders, scope.id())
                .around(
                    arguments(calls),
                    values -> functionRel(item, withArguments(calls, values), ofSets, outputs))
            : functionRel(item, calls, sets, outputs);
    Expanded expanded = expanded(rel, outputs);
    return named(
        expanded.rel(),
        expanded.outputs(),
        item.alias(),
        name,
        null,
        scalar && expanded.outputs().equals(outputs));
  }

  private record Expanded(RelNode rel, List<BoundQuery.OutputColumn> outputs) {}

  /// A function that gives a composite type gives its fields as columns.
  private Expanded expanded(RelNode rel, List<BoundQuery.OutputColumn> outputs) {
    List<RexNode> columns = new ArrayList<>();
    List<BoundQuery.OutputColumn> named = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      BoundQuery.OutputColumn output = outputs.get(i);
      RexNode column = binding.column(rel, i);
      if (!output.type().isComposite() || output.type().isDomain()) {
        columns.add(column);
        named.add(output);
        continue;
      }
      UserType.OfComposite composite = output.type().user().compositeType().orElseThrow();
      for (int field = 0; field < composite.fields().size(); field++) {
        columns.add(ExpressionBinder.fieldOf(binding, column, composite, field));
        CompositeField each = composite.fields().get(field);
        named.add(new BoundQuery.OutputColumn(each.name(), each.type(), 0, 0));
      }
    }
    return named.equals(outputs)
        ? new Expanded(rel, outputs)
        : new Expanded(binding.project(rel, columns), named);
  }

  /// The arguments of all calls, one after the other.
  private static List<RexNode> arguments(List<RexNode> calls) {
    List<RexNode> arguments = new ArrayList<>();
    for (RexNode call : calls) {
      if (call instanceof RexCall operands) {
        arguments.addAll(operands.getOperands());
      }
    }
    return arguments;
  }

  /// The calls with other arguments.
  private List<RexNode> withArguments(List<RexNode> calls, List<RexNode> arguments) {
    List<RexNode> changed = new ArrayList<>();
    int next = 0;
    for (RexNode call : calls) {
      if (call instanceof RexCall operands) {
        int count = operands.getOperands().size();
        changed.add(operands.clone(operands.getType(), arguments.subList(next, next + count)));
        next += count;
      } else {
        changed.add(call);
      }
    }
    return changed;
  }

  /// `unnest(a, b)` is `ROWS FROM (unnest(a), unnest(b))`.
  private static List<FromItem.FunctionItem> expanded(List<FromItem.FunctionItem> items) {
    List<FromItem.FunctionItem> expanded = new ArrayList<>();
    for (FromItem.FunctionItem item : items) {
      if (item.call() instanceof ExpressionNode node
          && node.value() instanceof Expression.Function function
          && function.name().names.getLast().equals("unnest")
          && function.arguments().size() > 1) {
        for (Expression.Argument argument : function.arguments()) {
          Expression.Function single =
              new Expression.Function(
                  function.name(),
                  List.of(argument),
                  false,
                  false,
                  false,
                  List.of(),
                  false,
                  null,
                  null);
          expanded.add(
              new FromItem.FunctionItem(
                  new ExpressionNode(node.getParserPosition(), single), List.of()));
        }
      } else {
        expanded.add(item);
      }
    }
    return expanded;
  }

  private RelNode functionRel(
      FromItem.Functions item,
      List<RexNode> calls,
      boolean sets,
      List<BoundQuery.OutputColumn> outputs) {
    List<SqlType> types = outputs.stream().map(BoundQuery.OutputColumn::type).toList();
    if (sets) {
      return new FunctionScanRel(
          binding.cluster(),
          calls.stream().map(this::asSet).toList(),
          item.ordinality(),
          types,
          called(
              item.alias(),
              firstName(item),
              outputs.stream().map(BoundQuery.OutputColumn::name).toList()));
    }
    List<RexNode> row = new ArrayList<>(calls);
    if (item.ordinality()) {
      row.add(binding.rex().constant(1L, SqlType.INT8));
    }
    return new ValuesRel(binding.cluster(), List.of(row), types);
  }

  /// A value beside sets is a set of one row.
  private RexNode asSet(RexNode call) {
    if (Rex.form(call) instanceof Form.Call(var function, _)
        && function.kind() == FunctionKind.SET_RETURNING) {
      return call;
    }
    SqlType type = Rex.type(call);
    RexNode array =
        binding.rex().make(new Form.ArrayOf(), ExpressionBinder.arrayOf(type), List.of(call));
    return binding
        .rex()
        .call(
            binding.resolver().registry().function("unnest(anyarray)").orElseThrow(),
            "",
            type.withoutModifier(),
            List.of(array));
  }

  private static List<FromItem.ColumnDefinition> definitions(
      FromItem.Functions item, FromItem.FunctionItem function) {
    FromItem.Alias alias = item.alias();
    return function.definitions().isEmpty() && alias != null
        ? alias.definitions()
        : function.definitions();
  }

  private static String firstName(FromItem.Functions item) {
    return OutputNames.of(item.functions().getFirst().call());
  }

  private record FunctionCall(RexNode node, String name, boolean set, List<OutputColumn> columns) {}

  private FunctionCall call(FromItem.FunctionItem item, ExpressionBinder expressions) {
    SqlNode node = item.call();
    try {
      if (node instanceof ExpressionNode expression
          && expression.value() instanceof Expression.Function function
          && function.over() == null) {
        Optional<Calls.Resolved> set = expressions.setFunction(function);
        if (set.isPresent()) {
          List<OutputColumn> columns = expressions.outputColumns(set.get().function());
          SqlType result = set.get().function().result();
          if (columns.isEmpty() && result.sameTypeAs(SqlType.of(BaseType.RECORD))) {
            throw new QuiverException(
                SqlState.SYNTAX_ERROR,
                "a column definition list is required for functions returning \"record\"");
          }
          RexNode call =
              binding
                  .rex()
                  .call(
                      set.get().signature(),
                      "",
                      set.get().function().result(),
                      set.get().arguments());
          return new FunctionCall(call, OutputNames.of(node), true, columns);
        }
      }
      RexNode bound = binding.coercions().known(expressions.bind(node, Clause.FROM_FUNCTION));
      return new FunctionCall(bound, OutputNames.of(node), false, List.of());
    } catch (QuiverException e) {
      throw e.position() == 0 ? e.at(Positions.of(node)) : e;
    }
  }

  // ---- joins

  private FromResult join(FromItem.Join item, @Nullable Scope lateral) {
    FromResult left = bindItem(item.left(), lateral);
    Scope inner = new Scope(binding.newId(), lateral, left, binding.rex());
    binding.trace().scope(inner);
    FromResult right = bindItem(item.right(), inner);
    JoinKind kind =
        switch (item.kind()) {
          case CROSS, INNER -> JoinKind.INNER;
          case LEFT -> JoinKind.LEFT;
          case RIGHT -> JoinKind.RIGHT;
          case FULL -> JoinKind.FULL;
        };
    if (kind == JoinKind.LEFT || kind == JoinKind.FULL) {
      right = optional(right);
    }
    if (kind == JoinKind.RIGHT || kind == JoinKind.FULL) {
      left = optional(left);
    }
    FromResult result;
    if (item.natural() || !item.using().isEmpty()) {
      result = using(item, kind, left, right, inner.id());
    } else {
      SqlNode on = item.on();
      result =
          on == null
              ? joined(kind, left, right, inner.id(), binding.rex().truth(true))
              : joinedOn(kind, left, right, inner.id(), on);
    }
    checkUniqueNames(result);
    if (item.alias() == null) {
      return result;
    }
    List<RexNode> visible =
        result.columns().stream()
            .filter(column -> !column.hidden())
            .map(Namespace.Column::expression)
            .toList();
    Scope whole = new Scope(binding.newId(), lateral, result, binding.rex());
    binding.trace().calls(item, visible, whole, new Placeholders(binding.rex()));
    return renamed(result, item.alias());
  }

  /// The side of an outer join that may be without a row, which a whole row of it has to tell from
  /// a row of NULLs. None of its columns is of a type without NULL, as TRUE and FALSE are.
  private FromResult optional(FromResult side) {
    List<Namespace> namespaces = new ArrayList<>();
    boolean marked = false;
    for (Namespace namespace : side.namespaces()) {
      boolean known = namespace.present() != null || namespace.scalar();
      RexNode present = known ? null : namespace.requiredColumn();
      if (!known && present == null && binding.namesRows(namespace.name())) {
        present = binding.rex().column(side.width(), SqlType.INT4);
        marked = true;
      }
      namespaces.add(present == null ? namespace : namespace.withPresent(present));
    }
    List<RexNode> columns = new ArrayList<>(binding.columns(side.rel()));
    columns.replaceAll(column ->
        column.getType().isNullable()
            ? column
            : binding.rex().coalesce(Rex.type(column), List.of(column)));
    if (marked) {
      columns.add(binding.rex().constant(1L, SqlType.INT4));
    }
    RelNode rel = binding.project(side.rel(), columns);
    return new FromResult(rel, namespaces, side.columns(), side.locks());
  }

  /// The source of MERGE, each row with the rows of the table it matches.
  ///
  /// @param outer whether source rows without a match are wanted
  FromResult mergeSource(
      FromItem source,
      TableDefinition table,
      FromItem.@Nullable Alias alias,
      SqlNode on,
      boolean outer) {
    FromResult left = bindItem(source, parent);
    Scope inner = new Scope(binding.newId(), parent, left, binding.rex());
    FromResult right = stored(table, alias, true, false);
    FromResult joined =
        joinedOn(outer ? JoinKind.LEFT : JoinKind.INNER, left, right, inner.id(), on);
    checkUniqueNames(joined);
    return joined;
  }

  private FromResult joinedOn(
      JoinKind kind, FromResult left, FromResult right, int scopeId, SqlNode on) {
    FromResult crossed = joined(kind, left, right, scopeId, binding.rex().truth(true));
    Placeholders placeholders = new Placeholders(binding.rex());
    Scope scope = new Scope(binding.newId(), parent, crossed, binding.rex());
    ExpressionBinder expressions =
        new ExpressionBinder(binding, scope, commonTables, placeholders, Map.of());
    RexNode condition = expressions.bindCondition(on, Clause.ON, "JOIN/ON");
    binding.trace().expression(on, condition, scope, placeholders);
    if (!placeholders.hasSubqueries()) {
      return joined(kind, left, right, scopeId, condition);
    }
    if (kind != JoinKind.INNER) {
      return new OuterJoinConditions(binding, placeholders, scope.id())
          .join(kind, left, right, scopeId, condition, Positions.of(on));
    }
    Subqueries subqueries = new Subqueries(binding, placeholders, scope.id());
    RelNode filtered = subqueries.filter(crossed.rel(), condition, index -> index);
    RelNode trimmed =
        binding.project(filtered, binding.columns(filtered).subList(0, crossed.width()));
    return new FromResult(trimmed, crossed.namespaces(), crossed.columns(), crossed.locks());
  }

  /// The join of two items; an apply when the right one reads columns of the left one.
  private FromResult joined(
      JoinKind kind, FromResult left, FromResult right, int scopeId, RexNode condition) {
    RelNode rel;
    if (Relations.hasOuter(right.rel(), scopeId)) {
      if (kind != JoinKind.INNER && kind != JoinKind.LEFT) {
        throw new QuiverException(
                SqlState.INVALID_COLUMN_REFERENCE,
                "invalid reference to FROM-clause entry in a LATERAL item")
            .withDetail("The combining JOIN type must be INNER or LEFT for a LATERAL reference.");
      }
      rel = new ApplyRel(scopeId, kind, left.rel(), right.rel(), condition);
    } else if (left.width() == 0 && left.rel() instanceof ValuesRel && kind == JoinKind.INNER) {
      rel = binding.filter(right.rel(), condition);
    } else {
      rel =
          LogicalJoin.create(
              left.rel(), right.rel(), List.of(), condition, Set.of(), joinType(kind));
    }
    return left.joinedWith(right.shifted(left.width()), rel);
  }

  private static JoinRelType joinType(JoinKind kind) {
    return switch (kind) {
      case INNER -> JoinRelType.INNER;
      case LEFT -> JoinRelType.LEFT;
      case RIGHT -> JoinRelType.RIGHT;
      case FULL -> JoinRelType.FULL;
      case SEMI -> JoinRelType.SEMI;
      case ANTI, NULL_AWARE_ANTI -> JoinRelType.ANTI;
    };
  }

  private FromResult using(
      FromItem.Join item, JoinKind kind, FromResult left, FromResult right, int scopeId) {
    List<String> shared = item.natural() ? commonNames(left, right) : new ArrayList<>();
    item.using().forEach(name -> shared.add(name.getSimple()));
    FromResult shifted = right.shifted(left.width());
    Operators operators = new Operators(binding);
    List<RexNode> conditions = new ArrayList<>();
    List<Namespace.Column> merged = new ArrayList<>();
    for (String name : shared) {
      Namespace.Column leftColumn = usingColumn(left, name, "left");
      Namespace.Column rightColumn = usingColumn(shifted, name, "right");
      joinedByName(left, name);
      joinedByName(right, name);
      binding.demands().read(leftColumn.origin());
      binding.demands().read(rightColumn.origin());
      try {
        conditions.add(operators.binary("=", leftColumn.expression(), rightColumn.expression()));
      } catch (QuiverException e) {
        throw e.position() == 0 ? e.at(item.position()) : e;
      }
      merged.add(merge(kind, name, leftColumn, rightColumn));
    }
    FromResult joined = joined(kind, left, right, scopeId, binding.rex().and(conditions));
    List<Namespace.Column> columns = new ArrayList<>(merged);
    for (Namespace.Column column : joined.columns()) {
      if (column.hidden() || !shared.contains(column.name())) {
        columns.add(column);
      }
    }
    List<Namespace> namespaces = new ArrayList<>(joined.namespaces());
    SqlIdentifier usingAlias = item.usingAlias();
    if (usingAlias != null) {
      namespaces.add(new Namespace(usingAlias.getSimple(), null, null, merged, null, false));
    }
    return new FromResult(joined.rel(), namespaces, columns, joined.locks());
  }

  /// A view that joins by name keeps the name, whatever becomes of the column's.
  private void joinedByName(FromResult side, String name) {
    for (Namespace namespace : side.namespaces()) {
      for (Namespace.Column column : namespace.columns()) {
        if (namespace.isNamedByRelation(column) && column.name().equals(name)) {
          binding.trace().joinedByName(namespace, column);
        }
      }
    }
  }

  private static List<String> commonNames(FromResult left, FromResult right) {
    List<String> names = new ArrayList<>();
    for (Namespace.Column column : left.columns()) {
      if (!column.hidden()
          && right.columns().stream()
              .anyMatch(other -> !other.hidden() && other.name().equals(column.name()))) {
        names.add(column.name());
      }
    }
    return names;
  }

  private static Namespace.Column usingColumn(FromResult from, String name, String side) {
    Namespace.Column found = null;
    for (Namespace.Column column : from.columns()) {
      if (!column.hidden() && column.name().equals(name)) {
        if (found != null) {
          throw new QuiverException(
              SqlState.AMBIGUOUS_COLUMN,
              "common column name \"%s\" appears more than once in %s table",
              name,
              side);
        }
        found = column;
      }
    }
    if (found == null) {
      throw new QuiverException(
          SqlState.UNDEFINED_COLUMN,
          "column \"%s\" specified in USING clause does not exist in %s table",
          name,
          side);
    }
    return found;
  }

  private Namespace.Column merge(
      JoinKind kind, String name, Namespace.Column left, Namespace.Column right) {
    List<RexNode> both =
        binding
            .coercions()
            .toCommonType(List.of(left.expression(), right.expression()), "JOIN/USING");
    return switch (kind) {
      case RIGHT -> new Namespace.Column(name, both.get(1), right.origin(), false);
      case FULL ->
          new Namespace.Column(
              name,
              binding.rex().coalesce(Rex.type(both.getFirst()), both),
              Namespace.Origin.NONE,
              false);
      case INNER, LEFT, SEMI, ANTI, NULL_AWARE_ANTI ->
          new Namespace.Column(name, both.get(0), left.origin(), false);
    };
  }

  /// A parenthesised join with an alias: one entry with all columns.
  private static FromResult renamed(FromResult from, FromItem.Alias alias) {
    String name = java.util.Objects.requireNonNull(alias.name()).getSimple();
    List<Namespace.Column> visible =
        from.columns().stream().filter(column -> !column.hidden()).toList();
    List<String> columnNames =
        aliased(visible.stream().map(Namespace.Column::name).toList(), alias, name);
    List<Namespace.Column> columns = new ArrayList<>();
    for (int i = 0; i < visible.size(); i++) {
      columns.add(
          new Namespace.Column(
              columnNames.get(i), visible.get(i).expression(), visible.get(i).origin(), false));
    }
    return FromResult.of(from.rel(), new Namespace(name, null, null, columns, null, false))
        .withLocks(from.locks());
  }
}
