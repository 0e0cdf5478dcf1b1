package quiver.planner.binder;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.ColumnDefinition.Identity;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.DefinitionText;
import quiver.common.catalog.ForeignKey;
import quiver.common.catalog.GeneratedNames;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.OperatorClasses;
import quiver.common.catalog.RowPolicy;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TableDefinition.CheckConstraint;
import quiver.common.catalog.ViewDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.common.type.TypeNames;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;
import quiver.planner.parser.PostgresParser;
import quiver.planner.parser.node.AlterAction;
import quiver.planner.parser.node.Constraint;
import quiver.planner.parser.node.Option;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.Statement;

/// ALTER TABLE: what the table becomes, and what has to be done with its rows.
final class AlterTableBinder {
  private static final int STATISTICS_TARGET_MAX = 10_000;

  private final Binding binding;
  private final TableExpressions expressions;
  private final TableDefinition before;
  private final List<ColumnDefinition> columns;
  private final List<CheckConstraint> checks;
  private final List<IndexDefinition> indexes;
  private final List<ForeignKey> foreignKeys;
  private Optional<TableDefinition.PrimaryKey> primaryKey;
  private String schema;
  private String name;
  private int columnIdMax;
  private boolean rewrite;
  private Optional<DdlCommand.NewKey> newKey = Optional.empty();
  private final List<DdlCommand.NewSerial> serials = new ArrayList<>();
  private final List<Long> droppedSequences = new ArrayList<>();
  private final Set<Integer> checkedNotNull = new HashSet<>();

  /// Columns whose values may be none of their domain.
  private final Set<Integer> checkedDomains = new HashSet<>();

  private final Set<String> checkedConstraints = new HashSet<>();

  /// Values of columns over the old row, where they are not the old ones.
  private final Map<Integer, RexNode> values = new HashMap<>();

  private final Map<Integer, RexNode> defaults = new HashMap<>();
  private final List<String> notices = new ArrayList<>();
  private final Map<Integer, Integer> statisticsTargets = new HashMap<>();

  private final List<DdlCommand.NewUnique> newUniques = new ArrayList<>();
  private final List<DdlCommand.NewForeignKey> newForeignKeys = new ArrayList<>();
  private final List<DdlCommand.ReplaceSequence> sequences = new ArrayList<>();
  private boolean cascade;

  private AlterTableBinder(Binding binding, TableDefinition table) {
    this.binding = binding;
    this.expressions = new TableExpressions(binding);
    this.before = table;
    this.columns = new ArrayList<>(table.columns());
    this.checks = new ArrayList<>(table.checks());
    this.indexes = new ArrayList<>(table.indexes());
    this.foreignKeys = new ArrayList<>(table.foreignKeys());
    this.primaryKey = table.primaryKey();
    this.schema = table.schema();
    this.name = table.name();
    this.columnIdMax = table.columnIdMax();
  }

  static BoundStatement.AlterTable bind(
      Binding binding, TableDefinition table, Statement.Alter statement) {
    AlterTableBinder binder = new AlterTableBinder(binding, table);
    List<AlterAction> actions = new ArrayList<>(statement.actions());
    actions.sort(Comparator.comparingInt(AlterTableBinder::pass));
    if (binding.context().catalog().materializedView(table.id()).isPresent()) {
      actions.forEach(action -> requireForRows(action, table));
    }
    actions.forEach(binder::apply);
    return binder.result("ALTER " + statement.kind().name().replace('_', ' '));
  }

  /// A materialized view has the columns of its query.
  private static void requireForRows(AlterAction action, TableDefinition table) {
    switch (action) {
      case AlterAction.RenameTo _,
          AlterAction.RenameColumn _,
          AlterAction.SetSchema _,
          AlterAction.SetOptions _,
          AlterAction.ResetOptions _,
          AlterAction.SetStatistics _,
          AlterAction.SetStorage _,
          AlterAction.SetTablespace _,
          AlterAction.OwnerTo _ -> {}
      default -> throw AlterPhrases.notFor("materialized views", action, table.name());
    }
  }

  /// PostgreSQL's order of the actions of one statement.
  private static int pass(AlterAction action) {
    return switch (action) {
      case AlterAction.DropColumn _, AlterAction.DropConstraint _ -> 0;
      case AlterAction.SetType _ -> 1;
      case AlterAction.AddColumn _ -> 2;
      case AlterAction.SetDefault _,
          AlterAction.SetNotNull _,
          AlterAction.AddIdentity _,
          AlterAction.ChangeIdentity _,
          AlterAction.DropIdentity _ ->
          3;
      default -> 4;
    };
  }

  private void apply(AlterAction action) {
    switch (action) {
      case AlterAction.AddColumn add -> addColumn(add);
      case AlterAction.DropColumn drop -> dropColumn(drop);
      case AlterAction.SetType set -> setType(set);
      case AlterAction.SetDefault(SqlIdentifier column, SqlNode expression) ->
          setDefault(column, expression);
      case AlterAction.SetNotNull(SqlIdentifier column, boolean notNull) ->
          setNotNull(column, notNull);
      case AlterAction.SetStatistics(SqlIdentifier column, String target) ->
          setStatistics(column, target);
      case AlterAction.SetStorage(SqlIdentifier column, String storage) ->
          setStorage(column, storage);
      case AlterAction.AddIdentity(SqlIdentifier column, Constraint.Identity identity) ->
          addIdentity(column, identity);
      case AlterAction.ChangeIdentity change -> changeIdentity(change);
      case AlterAction.DropIdentity(SqlIdentifier column, boolean ifExists) ->
          dropIdentity(column, ifExists);
      case AlterAction.DropExpression(SqlIdentifier column, boolean ifExists) ->
          dropExpression(column, ifExists);
      case AlterAction.AddConstraint(Constraint constraint) -> addConstraint(constraint);
      case AlterAction.DropConstraint drop -> dropConstraint(drop);
      case AlterAction.ValidateConstraint(SqlIdentifier constraint) -> validate(constraint);
      case AlterAction.AlterConstraint(Constraint constraint) -> alterConstraint(constraint);
      case AlterAction.SetOptions(List<Option> options) ->
          options.forEach(StorageParameters::check);
      case AlterAction.ResetOptions _ -> {
        // There are none.
      }
      case AlterAction.OwnerTo _ ->
          throw DefinitionBinder.unsupported("ALTER TABLE … OWNER TO with other actions is");
      case AlterAction.RowSecurity _ ->
          throw DefinitionBinder.unsupported(
              "ALTER TABLE … ROW LEVEL SECURITY with other actions is");
      case AlterAction.SetSchema(SqlIdentifier target) -> setSchema(target);
      case AlterAction.SetTablespace _ -> throw DefinitionBinder.unsupported("tablespaces are");
      case AlterAction.SetLogged _ -> {
        // Every table is logged.
      }
      case AlterAction.RenameTo(SqlIdentifier newName) -> rename(newName.getSimple());
      case AlterAction.RenameColumn(SqlIdentifier column, SqlIdentifier newName) ->
          renameColumn(column, newName.getSimple());
      case AlterAction.RenameConstraint(SqlIdentifier constraint, SqlIdentifier newName) ->
          renameConstraint(constraint.getSimple(), newName.getSimple());
      case AlterAction.SequenceOptions _ ->
          throw DefinitionBinder.unsupported("ALTER TABLE with options of sequences is");
      case AlterAction.Other(String text) ->
          throw DefinitionBinder.unsupported("ALTER TABLE … " + text + " is");
    }
  }

  // ---- columns

  private int ordinal(SqlIdentifier column) {
    return find(column.getSimple())
        .orElseThrow(() ->
            new QuiverException(
                SqlState.UNDEFINED_COLUMN,
                "column \"%s\" of relation \"%s\" does not exist",
                column.getSimple(),
                name));
  }

  private Optional<Integer> find(String column) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(column)) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }

  private void addColumn(AlterAction.AddColumn add) {
    String column = add.column().name().getSimple();
    if (find(column).isPresent()) {
      if (add.ifNotExists()) {
        notices.add(
            "column \"" + column + "\" of relation \"" + name + "\" already exists, skipping");
        return;
      }
      throw new QuiverException(
          SqlState.DUPLICATE_COLUMN,
          "column \"%s\" of relation \"%s\" already exists",
          column,
          name);
    }
    DefinitionBinder.NewTable parts = new DefinitionBinder(binding).column(name, add.column());
    DdlCommand.NewColumn made = parts.column();
    columnIdMax++;
    int id = columnIdMax;
    boolean sequence = made.serial() || made.identity() != Identity.NONE;
    ColumnDefinition definition =
        new ColumnDefinition(
            id,
            column,
            made.type(),
            made.notNull(),
            made.defaultSql(),
            Optional.empty(),
            made.identity(),
            generated(parts, made),
            Optional.empty());
    columns.add(definition);
    if (sequence) {
      serials.add(new DdlCommand.NewSerial(id, made.sequence()));
      rewrite = true;
    } else if (made.defaultSql().isPresent()
        || new Domains(binding).defaultSql(made.type()).isPresent()) {
      RexNode value = expressions.defaultOf(definition);
      if (Mutability.isVolatile(value)) {
        rewrite = true;
      }
      defaults.put(id, value);
    } else if (definition.generatedSql().isPresent()) {
      rewrite = true;
    }
    if (made.notNull()) {
      checkedNotNull.add(id);
    }
    checkedDomains.add(id);
    for (Constraint constraint : parts.constraints()) {
      addConstraint(constraint);
    }
  }

  private Optional<String> generated(DefinitionBinder.NewTable parts, DdlCommand.NewColumn made) {
    SqlNode expression = parts.generated();
    if (expression == null) {
      return Optional.empty();
    }
    RexNode value = expressions.bindGenerated(expression, made.name(), made.type(), columns, name);
    Set<String> others = new HashSet<>();
    columns.stream()
        .filter(column -> column.generatedSql().isPresent())
        .forEach(column -> others.add(column.name()));
    DefinitionBinder.requireComputable(value, binding.resolver().registry(), columns, others);
    return Optional.of(deparsed(value, columns));
  }

  private void dropColumn(AlterAction.DropColumn drop) {
    String column = drop.column().getSimple();
    Optional<Integer> ordinal = find(column);
    if (ordinal.isEmpty()) {
      if (drop.ifExists()) {
        notices.add(
            "column \"" + column + "\" of relation \"" + name + "\" does not exist, skipping");
        return;
      }
      throw new QuiverException(
          SqlState.UNDEFINED_COLUMN,
          "column \"%s\" of relation \"%s\" does not exist",
          column,
          name);
    }
    ColumnDefinition gone = columns.get(ordinal.get());
    cascade |= drop.cascade();
    List<ColumnDefinition> computed = computedFrom(gone);
    if (!computed.isEmpty()) {
      if (!drop.cascade()) {
        throw stillUsed(gone, computed);
      }
      cascadeTo(computed, drop);
      dropColumn(drop);
      return;
    }
    requireUnreferenced(gone);
    checks.removeIf(check -> uses(check, ordinal.get()));
    foreignKeys.removeIf(key -> key.columnIds().contains(gone.id()));
    columns.remove((int) ordinal.get());
    indexes.removeIf(index -> index.usedColumnIds().contains(gone.id()));
    primaryKey = primaryKey.filter(key -> !key.columnIds().contains(gone.id()));
    for (SequenceDefinition sequence : binding.context().catalog().sequences()) {
      if (gone.sequenceId().equals(Optional.of(sequence.id()))) {
        droppedSequences.add(sequence.id());
      }
    }
  }

  /// Foreign keys keep a column they refer to.
  private void requireUnreferenced(ColumnDefinition column) {
    for (TableDefinition table : binding.context().catalog().tables()) {
      for (ForeignKey key : table.foreignKeys()) {
        if (key.referencedTableId() == before.id()
            && key.referencedColumnIds().contains(column.id())) {
          throw new QuiverException(
                  SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
                  "cannot drop column %s of table %s because other objects depend on it",
                  column.name(),
                  name)
              .withDetail(
                  "constraint "
                      + key.name()
                      + " on table "
                      + table.name()
                      + " depends on column "
                      + column.name()
                      + " of table "
                      + name)
              .withHint("Use DROP ... CASCADE to drop the dependent objects too.");
        }
      }
    }
  }

  /// Generated columns that read a column.
  private List<ColumnDefinition> computedFrom(ColumnDefinition column) {
    return columns.stream()
        .filter(other -> other.generatedSql().isPresent() && other.id() != column.id())
        .filter(other -> generated(other).get(ordinalOfId(column.id())))
        .toList();
  }

  private void cascadeTo(List<ColumnDefinition> computed, AlterAction.DropColumn drop) {
    notices.add(
        "drop cascades to "
            + (computed.size() == 1
                ? described(computed.getFirst())
                : computed.size() + " other objects"));
    for (ColumnDefinition column : computed) {
      SqlIdentifier identifier =
          new SqlIdentifier(column.name(), drop.column().getParserPosition());
      dropColumn(new AlterAction.DropColumn(identifier, false, true));
    }
  }

  private String described(ColumnDefinition column) {
    String table =
        binding.context().searchPath().contains(schema)
            ? DefinitionText.identifier(name)
            : DefinitionText.identifier(schema) + "." + DefinitionText.identifier(name);
    return "column " + DefinitionText.identifier(column.name()) + " of table " + table;
  }

  /// What views read, the coordinator knows.
  private QuiverException stillUsed(ColumnDefinition column, List<ColumnDefinition> computed) {
    return new QuiverException(
            SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
            "cannot drop %s because other objects depend on it",
            described(column))
        .withDetail(
            computed.stream()
                .map(each -> described(each) + " depends on " + described(column))
                .collect(Collectors.joining("\n")))
        .withHint("Use DROP ... CASCADE to drop the dependent objects too.");
  }

  private int ordinalOfId(int columnId) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).id() == columnId) {
        return i;
      }
    }
    throw new IllegalStateException("no column " + columnId);
  }

  private ImmutableBitSet generated(ColumnDefinition column) {
    return RelOptUtil.InputFinder.bits(expressions.generatedOf(column, columns, name));
  }

  private boolean uses(CheckConstraint check, int ordinal) {
    return RelOptUtil.InputFinder.bits(bindCheck(check, columns)).get(ordinal);
  }

  private RexNode bindCheck(CheckConstraint check, List<ColumnDefinition> over) {
    return expressions.bindKept(check, namespace(over));
  }

  private Namespace namespace(List<ColumnDefinition> over) {
    return new Namespace(name, null, null, expressions.columns(over), null, false);
  }

  private String deparsed(RexNode node, List<ColumnDefinition> over) {
    return new Deparser(binding, i -> over.get(i).name()).text(node);
  }

  private void requireNoPolicy(ColumnDefinition column) {
    CatalogImage catalog = binding.context().catalog();
    for (RowPolicy policy : catalog.security().policies()) {
      if (policy.usesColumn(before.id(), column.id())) {
        throw new QuiverException(
                SqlState.FEATURE_NOT_SUPPORTED,
                "cannot alter type of a column used in a policy definition")
            .withDetail(
                "policy "
                    + DefinitionText.identifier(policy.name())
                    + " on table "
                    + catalog.table(policy.tableId()).orElseThrow().name()
                    + " depends on column \""
                    + column.name()
                    + '"');
      }
    }
  }

  private void setType(AlterAction.SetType set) {
    int ordinal = ordinal(set.column());
    ColumnDefinition old = columns.get(ordinal);
    SqlType type = TypeReferences.resolve(binding.context(), set.type());
    DefinitionBinder.requireStorable(old.name(), type);
    for (ViewDefinition view : binding.context().catalog().views()) {
      if (view.usesColumn(before.id(), old.id())) {
        throw new QuiverException(
                SqlState.FEATURE_NOT_SUPPORTED,
                "cannot alter type of a column used by a view or rule")
            .withDetail(
                "rule _RETURN on "
                    + view.kind()
                    + " "
                    + view.name()
                    + " depends on column \""
                    + old.name()
                    + '"');
      }
    }
    requireNoPolicy(old);
    if (old.generatedSql().isPresent()) {
      throw DefinitionBinder.unsupported("changing the type of a generated column is");
    }
    List<ColumnDefinition> computed = computedFrom(old);
    if (!computed.isEmpty()) {
      throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED,
              "cannot alter type of a column used by a generated column")
          .withDetail(
              "Column \""
                  + old.name()
                  + "\" is used by generated column \""
                  + computed.getFirst().name()
                  + "\".");
    }
    requireKeysKept(old, type, set.using());
    SqlNode using = set.using();
    RexNode column = binding.rex().column(before.ordinalOfId(old.id()), old.type());
    RexNode value =
        using == null ? column : expressions.bindUsing(using, namespace(before.columns()));
    RexNode converted =
        binding
            .coercions()
            .tryCoerce(value, type.withoutDomain(), CastContext.ASSIGNMENT)
            .orElseThrow(() -> cannotCast(old, type, using != null));
    boolean inKey = primaryKey.filter(key -> key.columnIds().contains(old.id())).isPresent();
    boolean inIndex = indexes.stream().anyMatch(index -> index.usedColumnIds().contains(old.id()));
    boolean free = using == null && isFree(old.type(), type) && !inKey && !inIndex;
    if (!old.type().sameTypeAs(type)) {
      indexes.replaceAll(index -> RetypedIndex.of(index, old, type));
    }
    Optional<String> newDefault = old.defaultSql();
    if (newDefault.isPresent() && old.sequenceId().isEmpty()) {
      SqlNode text = PostgresParser.parseExpression(newDefault.get());
      newDefault =
          Optional.of(
              deparsed(
                  binding.kept(() -> expressions.bindDefault(text, old.name(), type)), List.of()));
    }
    checkedDomains.add(old.id());
    List<ColumnDefinition> over = List.copyOf(columns);
    columns.set(ordinal, old.withType(type).withDefault(newDefault).withMissing(Optional.empty()));
    if (free) {
      columns.set(ordinal, columns.get(ordinal).withMissing(old.missing()));
    } else {
      rewrite = true;
      values.put(old.id(), converted);
    }
    for (int i = 0; i < checks.size(); i++) {
      CheckConstraint check = checks.get(i);
      if (RelOptUtil.InputFinder.bits(bindCheck(check, over)).get(ordinal)) {
        RexNode rebound = bindCheck(check, columns);
        checks.set(
            i,
            new CheckConstraint(
                check.id(), check.name(), deparsed(rebound, columns), check.validated()));
        checkedConstraints.add(check.name());
      }
    }
  }

  /// Foreign keys of other tables stay as they are: the values have to stay what they were. Own
  /// ones are made again.
  private void requireKeysKept(ColumnDefinition old, SqlType type, @Nullable SqlNode using) {
    boolean isReferredTo =
        binding.context().catalog().references(before.id()).stream()
            .map(CatalogImage.Reference::foreignKey)
            .anyMatch(key -> key.referencedColumnIds().contains(old.id()));
    boolean keepsValues = old.type().isStoredLike(type) && (using == null || isCast(using, old));
    if (isReferredTo && !keepsValues) {
      throw DefinitionBinder.unsupported(
          "changing the type of a column that a foreign key refers to is");
    }
    for (ForeignKey key : List.copyOf(foreignKeys)) {
      if (key.columnIds().contains(old.id()) && key.referencedTableId() != before.id()) {
        foreignKeys.remove(key);
        newForeignKeys.add(new TableKeys(binding).again(key, columns));
      } else if (key.columnIds().contains(old.id()) && !keepsValues) {
        throw DefinitionBinder.unsupported(
            "changing the type of a column of a foreign key to the same table is");
      }
    }
  }

  /// Whether an expression is nothing but a column as another integer, which fails or keeps the
  /// value.
  private boolean isCast(SqlNode using, ColumnDefinition column) {
    RexNode value = expressions.bindUsing(using, namespace(before.columns()));
    while (value instanceof RexCall call
        && call.getOperands().size() == 1
        && Rex.form(call) instanceof Form.Cast
        && Rex.type(call).isInteger()) {
      value = call.getOperands().getFirst();
    }
    return column.type().isInteger()
        && value instanceof RexInputRef reference
        && reference.getIndex() == before.ordinalOfId(column.id());
  }

  private static QuiverException cannotCast(ColumnDefinition column, SqlType type, boolean using) {
    if (using) {
      return new QuiverException(
              SqlState.DATATYPE_MISMATCH,
              "result of USING clause for column \"%s\" cannot be cast automatically to type %s",
              column.name(),
              type.sqlName())
          .withHint("You might need to add an explicit cast.");
    }
    return new QuiverException(
            SqlState.DATATYPE_MISMATCH,
            "column \"%s\" cannot be cast automatically to type %s",
            column.name(),
            type.sqlName())
        .withHint(
            "You might need to specify \"USING "
                + DefinitionText.identifier(column.name())
                + "::"
                + TypeNames.formatType(type)
                + "\".");
  }

  /// Whether stored values are values of the new type as they are.
  private static boolean isFree(SqlType from, SqlType to) {
    if (from.equals(to)) {
      return true;
    }
    if (from.array() || to.array()) {
      return false;
    }
    boolean wider =
        switch (to.base()) {
          case INT8 -> from.base() == BaseType.INT4 || from.base() == BaseType.INT2;
          case INT4 -> from.base() == BaseType.INT2;
          case FLOAT8 -> from.base() == BaseType.FLOAT4;
          case TEXT -> from.base() == BaseType.VARCHAR;
          case VARCHAR ->
              (from.base() == BaseType.VARCHAR
                      && from.modifier() != SqlType.NO_MODIFIER
                      && (to.modifier() == SqlType.NO_MODIFIER || to.modifier() > from.modifier()))
                  || (from.base() == BaseType.TEXT && to.modifier() == SqlType.NO_MODIFIER);
          case NUMERIC -> from.base() == BaseType.NUMERIC && to.modifier() == SqlType.NO_MODIFIER;
          default -> false;
        };
    return wider && from.layout() == to.layout();
  }

  private void setDefault(SqlIdentifier column, @Nullable SqlNode expression) {
    int ordinal = ordinal(column);
    ColumnDefinition old = columns.get(ordinal);
    if (old.identity() != Identity.NONE) {
      throw new QuiverException(
          SqlState.SYNTAX_ERROR,
          "column \"%s\" of relation \"%s\" is an identity column",
          old.name(),
          name);
    }
    if (old.generatedSql().isPresent()) {
      throw new QuiverException(
          SqlState.SYNTAX_ERROR,
          "column \"%s\" of relation \"%s\" is a generated column",
          old.name(),
          name);
    }
    Optional<String> text =
        expression == null
            ? Optional.empty()
            : Optional.of(
                deparsed(expressions.bindDefault(expression, old.name(), old.type()), List.of()));
    columns.set(ordinal, old.withDefault(text));
  }

  private void setNotNull(SqlIdentifier column, boolean notNull) {
    int ordinal = ordinal(column);
    ColumnDefinition old = columns.get(ordinal);
    if (!notNull && primaryKey.filter(key -> key.columnIds().contains(old.id())).isPresent()) {
      throw new QuiverException(
          SqlState.INVALID_TABLE_DEFINITION, "column \"%s\" is in a primary key", old.name());
    }
    if (!notNull && old.identity() != Identity.NONE) {
      throw new QuiverException(
          SqlState.SYNTAX_ERROR,
          "column \"%s\" of relation \"%s\" is an identity column",
          old.name(),
          name);
    }
    if (notNull && !old.notNull()) {
      checkedNotNull.add(old.id());
    }
    columns.set(ordinal, old.withNotNull(notNull));
  }

  private void setStatistics(SqlIdentifier column, String target) {
    int wanted = Integer.parseInt(target);
    if (wanted < -1) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE, "statistics target %d is too low", wanted);
    }
    if (wanted > STATISTICS_TARGET_MAX) {
      notices.add("lowering statistics target to " + STATISTICS_TARGET_MAX);
    }
    statisticsTargets.put(
        columns.get(ordinal(column)).id(), Math.min(STATISTICS_TARGET_MAX, wanted));
  }

  private void setStorage(SqlIdentifier column, String storage) {
    ordinal(column);
    if (!Set.of("plain", "external", "extended", "main", "default")
        .contains(storage.toLowerCase(java.util.Locale.ROOT))) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE, "invalid storage type \"%s\"", storage);
    }
  }

  private void addIdentity(SqlIdentifier column, Constraint.Identity identity) {
    int ordinal = ordinal(column);
    ColumnDefinition old = columns.get(ordinal);
    if (!old.notNull()) {
      throw new QuiverException(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
          "column \"%s\" of relation \"%s\" must be declared NOT NULL before identity can be added",
          old.name(),
          name);
    }
    if (old.identity() != Identity.NONE) {
      throw new QuiverException(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
          "column \"%s\" of relation \"%s\" is already an identity column",
          old.name(),
          name);
    }
    if (old.defaultSql().isPresent()) {
      throw new QuiverException(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
          "column \"%s\" of relation \"%s\" already has a default value",
          old.name(),
          name);
    }
    serials.add(
        new DdlCommand.NewSerial(
            old.id(),
            new SequenceBinder(binding).ofIdentity(identity.options(), old.type().base())));
    columns.set(
        ordinal,
        old.withSequence(
            Optional.empty(), identity.always() ? Identity.ALWAYS : Identity.BY_DEFAULT));
  }

  /// SET GENERATED, and what the options make of the sequence.
  private void changeIdentity(AlterAction.ChangeIdentity change) {
    int ordinal = ordinal(change.column());
    ColumnDefinition old = columns.get(ordinal);
    if (old.identity() == Identity.NONE) {
      throw new QuiverException(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
          "column \"%s\" of relation \"%s\" is not an identity column",
          old.name(),
          name);
    }
    Boolean always = change.always();
    if (always != null) {
      columns.set(
          ordinal,
          old.withSequence(old.sequenceId(), always ? Identity.ALWAYS : Identity.BY_DEFAULT));
    }
    if (!change.options().isEmpty()) {
      SequenceDefinition sequence =
          binding.context().catalog().sequence(old.sequenceId().orElseThrow()).orElseThrow();
      sequences.add(new SequenceBinder(binding).changed(sequence, change.options()));
    }
  }

  private void dropIdentity(SqlIdentifier column, boolean ifExists) {
    int ordinal = ordinal(column);
    ColumnDefinition old = columns.get(ordinal);
    if (old.identity() == Identity.NONE) {
      String message =
          "column \"" + old.name() + "\" of relation \"" + name + "\" is not an identity column";
      if (!ifExists) {
        throw QuiverException.ofMessage(SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, message);
      }
      notices.add(message + ", skipping");
      return;
    }
    old.sequenceId().ifPresent(droppedSequences::add);
    columns.set(ordinal, old.withSequence(Optional.empty(), Identity.NONE));
  }

  private void dropExpression(SqlIdentifier column, boolean ifExists) {
    int ordinal = ordinal(column);
    ColumnDefinition old = columns.get(ordinal);
    if (old.generatedSql().isEmpty()) {
      String message =
          "column \""
              + old.name()
              + "\" of relation \""
              + name
              + "\" is not a stored generated column";
      if (!ifExists) {
        throw QuiverException.ofMessage(SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, message);
      }
      notices.add(message + ", skipping");
      return;
    }
    columns.set(ordinal, old.withGenerated(Optional.empty()));
  }

  private void renameColumn(SqlIdentifier column, String newName) {
    Optional<Integer> found = find(column.getSimple());
    if (found.isEmpty()) {
      throw new QuiverException(
          SqlState.UNDEFINED_COLUMN, "column \"%s\" does not exist", column.getSimple());
    }
    if (find(newName).isPresent()) {
      throw new QuiverException(
          SqlState.DUPLICATE_COLUMN,
          "column \"%s\" of relation \"%s\" already exists",
          newName,
          name);
    }
    ColumnDefinition old = columns.get(found.get());
    List<ColumnDefinition> over = List.copyOf(columns);
    columns.set(found.get(), old.withName(newName));
    // Texts name columns: they are written again.
    for (int i = 0; i < checks.size(); i++) {
      CheckConstraint check = checks.get(i);
      RexNode bound = bindCheck(check, over);
      checks.set(
          i,
          new CheckConstraint(
              check.id(), check.name(), deparsed(bound, columns), check.validated()));
    }
    for (int i = 0; i < columns.size(); i++) {
      ColumnDefinition each = columns.get(i);
      if (each.generatedSql().isPresent()) {
        RexNode bound = expressions.generatedOf(each, over, name);
        columns.set(i, each.withGenerated(Optional.of(deparsed(bound, columns))));
      }
    }
  }

  // ---- the table

  private void rename(String newName) {
    requireFree(schema, newName);
    name = newName;
  }

  private void requireFree(String inSchema, String newName) {
    if (binding.context().catalog().isTaken(inSchema, newName)) {
      throw new QuiverException(
          SqlState.DUPLICATE_TABLE, "relation \"%s\" already exists", newName);
    }
  }

  private void setSchema(SqlIdentifier target) {
    String newSchema = binding.context().schema(target.getSimple());
    RelationNames.requireSameLife(before.schema(), newSchema);
    if (binding.context().catalog().schema(newSchema).isEmpty()) {
      throw new QuiverException(
          SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", newSchema);
    }
    if (newSchema.equals(schema)) {
      return;
    }
    if (binding.context().catalog().isTaken(newSchema, name)) {
      throw new QuiverException(
          SqlState.DUPLICATE_TABLE,
          "relation \"%s\" already exists in schema \"%s\"",
          name,
          newSchema);
    }
    schema = newSchema;
  }

  // ---- constraints

  private Set<String> constraintNames() {
    Set<String> taken = new HashSet<>();
    checks.forEach(check -> taken.add(check.name()));
    primaryKey.ifPresent(key -> taken.add(key.name()));
    foreignKeys.forEach(key -> taken.add(key.name()));
    indexes.stream().filter(before::isConstraintIndex).forEach(index -> taken.add(index.name()));
    return taken;
  }

  private void addConstraint(Constraint constraint) {
    SqlIdentifier given = constraint.name();
    if (given != null && constraintNames().contains(given.getSimple())) {
      throw new QuiverException(
          SqlState.DUPLICATE_OBJECT,
          "constraint \"%s\" for relation \"%s\" already exists",
          given.getSimple(),
          name);
    }
    switch (constraint.body()) {
      case Constraint.Check(SqlNode expression, _) -> {
        RexNode condition = expressions.bindCheck(expression, namespace(columns));
        ImmutableBitSet used = RelOptUtil.InputFinder.bits(condition);
        String column = used.cardinality() == 1 ? columns.get(used.nth(0)).name() : "";
        String chosen =
            given == null
                ? GeneratedNames.choose(name, column, "check", constraintNames()::contains)
                : given.getSimple();
        boolean valid = !constraint.notValid();
        checks.add(new CheckConstraint(0, chosen, deparsed(condition, columns), valid));
        if (valid) {
          checkedConstraints.add(chosen);
        }
      }
      case Constraint.Unique unique when unique.primary() -> addKey(constraint, unique, given);
      case Constraint.Unique unique when unique.usingIndex() != null -> {
        IndexDefinition adopted = adoptedIndex(unique.usingIndex(), given, constraint);
        // The coordinator gives the constraint its id.
        indexes.replaceAll(each -> each.id() == adopted.id() ? adopted.ofConstraint(0) : each);
      }
      case Constraint.Unique unique -> {
        requireDistinct(TableKeys.names(unique.columns()), constraint.position());
        newUniques.add(TableKeys.unique(constraint, unique, TableKeys.names(unique.columns())));
      }
      case Constraint.ForeignKey key ->
          newForeignKeys.add(
              new TableKeys(binding)
                  .foreignKey(constraint, key, TableKeys.names(key.columns()), before));
      default -> throw new IllegalStateException("not a table constraint: " + constraint.body());
    }
  }

  /// USING INDEX: the index gets the name of the constraint.
  private IndexDefinition adoptedIndex(
      SqlIdentifier indexName, @Nullable SqlIdentifier given, Constraint constraint) {
    String wanted = indexName.getSimple();
    IndexDefinition index;
    try {
      index = adoptable(wanted);
    } catch (QuiverException e) {
      throw e.at(constraint.position());
    }
    String chosen = given == null ? wanted : given.getSimple();
    if (!chosen.equals(wanted)) {
      requireFree(schema, chosen);
      notices.add(
          "ALTER TABLE / ADD CONSTRAINT USING INDEX will rename index \""
              + wanted
              + "\" to \""
              + chosen
              + "\"");
    }
    return index.withName(chosen).withDeferral(constraint.deferral());
  }

  private static void requireDistinct(List<String> columns, int position) {
    Set<String> seen = new HashSet<>();
    for (String column : columns) {
      if (!seen.add(column)) {
        throw new QuiverException(
                SqlState.DUPLICATE_COLUMN,
                "column \"%s\" appears twice in unique constraint",
                column)
            .at(position);
      }
    }
  }

  /// An index that can be that of a UNIQUE constraint.
  private IndexDefinition adoptable(String wanted) {
    IndexDefinition index =
        indexes.stream()
            .filter(each -> each.name().equals(wanted))
            .findFirst()
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.UNDEFINED_OBJECT, "index \"%s\" does not exist", wanted));
    if (before.isConstraintIndex(index)) {
      throw new QuiverException(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
          "index \"%s\" is already associated with a constraint",
          wanted);
    }
    if (!index.unique()) {
      throw new QuiverException(SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not a unique index", wanted)
          .withDetail("Cannot create a primary key or unique constraint using such an index.");
    }
    if (index.predicate().isPresent() || index.keyColumnIds().isEmpty()) {
      throw new QuiverException(
              SqlState.WRONG_OBJECT_TYPE,
              index.predicate().isPresent()
                  ? "\"%s\" is a partial index"
                  : "index \"%s\" contains expressions",
              wanted)
          .withDetail("Cannot create a primary key or unique constraint using such an index.");
    }
    for (int i = 0; i < index.keys().size(); i++) {
      IndexKey key = index.keys().get(i);
      boolean isDefault =
          !key.descending()
              && !key.nullsFirst()
              && key.collation().isEmpty()
              && OperatorClasses.defaultFor(index.method(), key.type(before))
                  .filter(one -> one.name().equals(key.operatorClass()))
                  .isPresent();
      if (!isDefault) {
        throw new QuiverException(
                SqlState.WRONG_OBJECT_TYPE,
                "index \"%s\" column number %d does not have default sorting behavior",
                wanted,
                i + 1)
            .withDetail("Cannot create a primary key or unique constraint using such an index.");
      }
    }
    return index;
  }

  private void addKey(
      Constraint constraint, Constraint.Unique unique, @Nullable SqlIdentifier given) {
    if (primaryKey.isPresent() || newKey.isPresent()) {
      throw new QuiverException(
          SqlState.INVALID_TABLE_DEFINITION,
          "multiple primary keys for table \"%s\" are not allowed",
          name);
    }
    IndexOptionValues.checkKey(unique.options());
    // Files know the keys of their rows: they are written again.
    rewrite = true;
    if (unique.usingIndex() != null) {
      adoptKey(adoptedIndex(unique.usingIndex(), given, constraint));
      return;
    }
    List<String> keys = new ArrayList<>();
    for (SqlIdentifier column : unique.columns()) {
      int ordinal =
          find(column.getSimple())
              .orElseThrow(() ->
                  new QuiverException(
                          SqlState.UNDEFINED_COLUMN,
                          "column \"%s\" of relation \"%s\" does not exist",
                          column.getSimple(),
                          name)
                      .at(Positions.of(column)));
      forbidNull(ordinal);
      keys.add(columns.get(ordinal).name());
    }
    newKey =
        Optional.of(
            new DdlCommand.NewKey(
                given == null ? Optional.empty() : Optional.of(given.getSimple()),
                keys,
                TableKeys.names(unique.include()),
                constraint.deferral()));
  }

  private void forbidNull(int ordinal) {
    ColumnDefinition old = columns.get(ordinal);
    if (!old.notNull()) {
      checkedNotNull.add(old.id());
      columns.set(ordinal, old.withNotNull(true));
    }
  }

  /// PRIMARY KEY USING INDEX.
  private void adoptKey(IndexDefinition index) {
    index.keyColumnIds().forEach(id -> forbidNull(ordinalOfId(id)));
    indexes.replaceAll(each -> each.id() == index.id() ? index.ofPrimaryKey() : each);
    // The coordinator gives the constraint its id.
    primaryKey = Optional.of(new TableDefinition.PrimaryKey(0, index.name(), index.keyColumnIds()));
  }

  private void dropConstraint(AlterAction.DropConstraint drop) {
    String constraint = drop.constraint().getSimple();
    if (checks.removeIf(check -> check.name().equals(constraint))) {
      return;
    }
    if (foreignKeys.removeIf(key -> key.name().equals(constraint))) {
      return;
    }
    Optional<IndexDefinition> unique =
        indexes.stream()
            .filter(index -> before.isConstraintIndex(index) && index.name().equals(constraint))
            .findFirst();
    if (unique.isPresent()) {
      requireUnreferenced(unique.get(), drop.cascade());
      if (unique.get().primary()) {
        primaryKey = Optional.empty();
      }
      indexes.remove(unique.get());
      return;
    }
    String message =
        "constraint \"" + constraint + "\" of relation \"" + name + "\" does not exist";
    if (!drop.ifExists()) {
      throw QuiverException.ofMessage(SqlState.UNDEFINED_OBJECT, message);
    }
    notices.add(message + ", skipping");
  }

  /// Foreign keys keep the index they refer to.
  private void requireUnreferenced(IndexDefinition index, boolean isCascade) {
    List<String> details = new ArrayList<>();
    for (TableDefinition table : binding.context().catalog().tables()) {
      for (ForeignKey key : table.foreignKeys()) {
        if (key.referencedIndexId() == index.id()) {
          details.add(
              "constraint "
                  + key.name()
                  + " on table "
                  + table.name()
                  + " depends on index "
                  + index.name());
        }
      }
    }
    if (details.isEmpty()) {
      return;
    }
    if (isCascade) {
      // Those of other tables are dropped with it.
      cascade = true;
      foreignKeys.removeIf(key -> key.referencedIndexId() == index.id());
      return;
    }
    throw new QuiverException(
            SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
            "cannot drop constraint %s on table %s because other objects depend on it",
            index.name(),
            name)
        .withDetail(String.join("\n", details))
        .withHint("Use DROP ... CASCADE to drop the dependent objects too.");
  }

  private void validate(SqlIdentifier constraint) {
    String wanted = constraint.getSimple();
    for (int i = 0; i < checks.size(); i++) {
      CheckConstraint check = checks.get(i);
      if (check.name().equals(wanted)) {
        checkedConstraints.add(wanted);
        checks.set(i, new CheckConstraint(check.id(), check.name(), check.sql(), true));
        return;
      }
    }
    if (foreignKeys.stream().anyMatch(key -> key.name().equals(wanted))) {
      // The rows are held against it when the definition is in force for the transaction.
      foreignKeys.replaceAll(key -> key.name().equals(wanted) ? key.withValidated(true) : key);
      return;
    }
    if (indexes.stream()
        .anyMatch(index -> before.isConstraintIndex(index) && index.name().equals(wanted))) {
      throw new QuiverException(
          SqlState.WRONG_OBJECT_TYPE,
          "constraint \"%s\" of relation \"%s\" is not a foreign key or check constraint",
          wanted,
          name);
    }
    throw missingConstraint(wanted);
  }

  /// ALTER CONSTRAINT.
  private void alterConstraint(Constraint wanted) {
    String constraint = Objects.requireNonNull(wanted.name()).getSimple();
    if (foreignKeys.stream().noneMatch(key -> key.name().equals(constraint))) {
      if (constraintNames().contains(constraint)) {
        throw new QuiverException(
            SqlState.WRONG_OBJECT_TYPE,
            "constraint \"%s\" of relation \"%s\" is not a foreign key constraint",
            constraint,
            name);
      }
      throw missingConstraint(constraint);
    }
    foreignKeys.replaceAll(
        key -> key.name().equals(constraint) ? key.withDeferral(wanted.deferral()) : key);
  }

  private QuiverException missingConstraint(String constraint) {
    return new QuiverException(
        SqlState.UNDEFINED_OBJECT,
        "constraint \"%s\" of relation \"%s\" does not exist",
        constraint,
        name);
  }

  private void renameConstraint(String constraint, String newName) {
    boolean isKey = primaryKey.filter(key -> key.name().equals(constraint)).isPresent();
    boolean isCheck = checks.stream().anyMatch(check -> check.name().equals(constraint));
    boolean isForeign = foreignKeys.stream().anyMatch(key -> key.name().equals(constraint));
    boolean isUnique =
        indexes.stream()
            .anyMatch(index -> index.constraintId().isPresent() && index.name().equals(constraint));
    if (!isKey && !isCheck && !isForeign && !isUnique) {
      throw new QuiverException(
          SqlState.UNDEFINED_OBJECT,
          "constraint \"%s\" for table \"%s\" does not exist",
          constraint,
          name);
    }
    if (constraintNames().contains(newName)) {
      throw new QuiverException(
          SqlState.DUPLICATE_OBJECT,
          "constraint \"%s\" for relation \"%s\" already exists",
          newName,
          name);
    }
    checks.replaceAll(check ->
        check.name().equals(constraint)
            ? new CheckConstraint(check.id(), newName, check.sql(), check.validated())
            : check);
    foreignKeys.replaceAll(key -> key.name().equals(constraint) ? key.withName(newName) : key);
    if (isUnique) {
      requireFree(schema, newName);
      indexes.replaceAll(
          index -> index.name().equals(constraint) ? index.withName(newName) : index);
    }
    if (isKey) {
      requireFree(schema, newName);
      primaryKey =
          primaryKey.map(key -> new TableDefinition.PrimaryKey(key.id(), newName, key.columnIds()));
      indexes.replaceAll(index -> index.primary() ? index.withName(newName) : index);
    }
  }

  // ---- the result

  private BoundStatement.AlterTable result(String tag) {
    TableDefinition after =
        before
            .changed(columns, columnIdMax)
            .withName(schema, name)
            .withPrimaryKey(primaryKey)
            .withChecks(checks)
            .withForeignKeys(foreignKeys)
            .withIndexes(indexes);
    if (rewrite) {
      after = after.withVersion(after.version(), after.incarnation() + 1);
    }
    DdlCommand.ReplaceTable command =
        new DdlCommand.ReplaceTable(
            before,
            after,
            newKey,
            newUniques,
            newForeignKeys,
            serials,
            droppedSequences,
            sequences,
            cascade,
            statisticsTargets);
    List<BoundStatement.Check> checked = new ArrayList<>();
    for (CheckConstraint check : checks) {
      if (checkedConstraints.contains(check.name())) {
        checked.add(new BoundStatement.Check(check.name(), bindCheck(check, columns)));
      }
    }
    List<Integer> notNull = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      if (checkedDomains.contains(columns.get(i).id())) {
        checked.addAll(new Domains(binding).checks(columns.get(i), i));
      }
      if (checkedNotNull.contains(columns.get(i).id())) {
        notNull.add(i);
      }
    }
    boolean looks = rewrite || !checked.isEmpty() || !notNull.isEmpty();
    Map<Integer, RexNode> missing = new HashMap<>();
    if (!rewrite) {
      defaults.forEach((id, value) -> missing.put(ordinalOfId(id), value));
    }
    return new BoundStatement.AlterTable(
        command,
        looks ? Optional.of(rows()) : Optional.empty(),
        rewrite,
        checked,
        notNull,
        missing,
        notices,
        tag);
  }

  /// Every row as it will be, over the rows as they are. Columns filled by a new sequence are NULL:
  /// whoever makes the sequence fills them.
  private RelNode rows() {
    String text =
        "SELECT * FROM "
            + DefinitionText.identifier(before.schema())
            + "."
            + DefinitionText.identifier(before.name());
    Statement.SelectStatement all =
        (Statement.SelectStatement) PostgresParser.parse(text).getFirst().statement();
    RelNode old = new QueryBinder(binding).bind(all.query(), null, CommonTables.NONE, true).rel();
    List<RexNode> row = new ArrayList<>();
    for (ColumnDefinition column : columns) {
      Optional<ColumnDefinition> stored = before.columnOfId(column.id());
      RexNode value = values.get(column.id());
      if (value != null) {
        row.add(value);
      } else if (stored.isPresent()) {
        RexNode same = binding.column(old, before.ordinalOfId(column.id()));
        row.add(
            stored.get().type().equals(column.type())
                ? same
                : binding.coercions().assign(same, column.type(), column.name()));
      } else {
        RexNode made = defaults.get(column.id());
        row.add(made == null ? binding.rex().constant(null, column.type()) : made);
      }
    }
    RelNode made = binding.project(old, row);
    return expressions.withGenerated(made, columns, name);
  }
}
