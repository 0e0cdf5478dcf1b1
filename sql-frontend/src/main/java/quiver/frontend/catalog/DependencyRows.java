package quiver.frontend.catalog;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.ColumnDefinition.Identity;
import quiver.common.catalog.ForeignKey;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.RowPolicy;
import quiver.common.catalog.RowTypes;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TableDefinition.CheckConstraint;
import quiver.common.catalog.TypeDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.catalog.ViewDefinition.Use;
import quiver.common.type.CompositeField;
import quiver.common.type.SqlType;

/// `pg_depend` for what users have made: which object goes with which other, and why.
///
/// Source: [the catalog's page](https://www.postgresql.org/docs/15/catalog-pg-depend.html) and the
/// rows of PostgreSQL 15.
final class DependencyRows {
  private static final int TYPE_RELATION = 1_247;
  private static final int CLASS_RELATION = 1_259;
  private static final int DEFAULT_RELATION = 2_604;
  private static final int CONSTRAINT_RELATION = 2_606;
  private static final int SCHEMA_RELATION = 2_615;
  private static final int REWRITE_RELATION = 2_618;
  private static final int POLICY_RELATION = 3_256;

  /// As definitions are stored: a schema only when it is not `public`.
  private static final Pattern SEQUENCE_OF_DEFAULT =
      Pattern.compile(
          "nextval\\('(?:(\"(?:[^\"]|\"\")+\"|[^'.\"]+)\\.)?(\"(?:[^\"]|\"\")+\"|[^'.\"]+)'::regclass\\)");

  private final SystemState state;
  private final CatalogImage catalog;
  private final RowSet rows;

  DependencyRows(SystemState state, RowSet rows) {
    this.state = state;
    this.catalog = state.catalog();
    this.rows = rows;
  }

  /// An object, or a column of it.
  private record Thing(int relation, long id, int column) {
    static Thing relation(long id) {
      return new Thing(CLASS_RELATION, id, 0);
    }

    static Thing column(long relationId, int id) {
      return new Thing(CLASS_RELATION, relationId, id);
    }

    static Thing constraint(long id) {
      return new Thing(CONSTRAINT_RELATION, id, 0);
    }

    static Thing type(long id) {
      return new Thing(TYPE_RELATION, id, 0);
    }
  }

  /// Why one object needs another: `pg_depend.deptype`.
  private enum Why {
    NORMAL("n"),
    AUTO("a"),
    INTERNAL("i");

    final String code;

    Why(String code) {
      this.code = code;
    }
  }

  private void add(Thing thing, Thing needed, Why why) {
    rows.add(
        "classid", thing.relation(),
        "objid", thing.id(),
        "objsubid", thing.column(),
        "refclassid", needed.relation(),
        "refobjid", needed.id(),
        "refobjsubid", needed.column(),
        "deptype", why.code);
  }

  void addAll() {
    catalog.types().forEach(this::type);
    catalog.tables().forEach(this::table);
    catalog.sequences().forEach(this::sequence);
    catalog.views().forEach(this::view);
    catalog.security().policies().forEach(this::policy);
  }

  private void inSchema(Thing thing, String schema) {
    add(thing, new Thing(SCHEMA_RELATION, state.schemaOid(schema), 0), Why.NORMAL);
  }

  private void onType(Thing thing, SqlType type) {
    if (!type.isBuiltIn()) {
      add(thing, Thing.type(type.declaredOid()), Why.NORMAL);
    }
  }

  private void type(TypeDefinition type) {
    Thing self = Thing.type(type.id());
    inSchema(self, type.schema());
    if (!type.isDomain()) {
      add(Thing.type(type.arrayId()), self, Why.INTERNAL);
    }
    type.fields().ifPresent(fields -> composite(self, fields));
    type.base().ifPresent(base -> onType(self, base));
    for (CheckConstraint check : type.checks()) {
      add(Thing.constraint(check.id()), self, Why.AUTO);
    }
  }

  /// The fields of a composite type are columns of a relation that belongs to it.
  private void composite(Thing type, List<CompositeField> fields) {
    long relation = RowTypes.companionOf(type.id());
    add(Thing.relation(relation), type, Why.INTERNAL);
    for (int i = 0; i < fields.size(); i++) {
      onType(Thing.column(relation, i + 1), fields.get(i).type());
    }
  }

  /// The row type of a relation.
  private void rowType(CatalogObject relation, long id) {
    RowTypes.of(relation)
        .ifPresent(type -> {
          add(Thing.type(type.oid()), Thing.relation(id), Why.INTERNAL);
          add(Thing.type(RowTypes.arrayOf(id)), Thing.type(type.oid()), Why.INTERNAL);
        });
  }

  // ---- tables

  private void table(TableDefinition table) {
    inSchema(Thing.relation(table.id()), table.schema());
    rowType(table, table.id());
    for (ColumnDefinition column : table.columns()) {
      onType(Thing.column(table.id(), column.id()), column.type());
      column(table, column);
    }
    for (IndexDefinition index : table.indexes()) {
      index(table, index);
    }
    for (ForeignKey key : table.foreignKeys()) {
      foreignKey(table, key);
    }
    for (CheckConstraint check : table.checks()) {
      for (Integer column : ConstraintRows.columnsOf(table, check)) {
        Thing needed = Thing.column(table.id(), column);
        add(Thing.constraint(check.id()), needed, Why.AUTO);
        add(Thing.constraint(check.id()), needed, Why.NORMAL);
      }
    }
  }

  private void column(TableDefinition table, ColumnDefinition column) {
    Thing self = Thing.column(table.id(), column.id());
    Thing stored = new Thing(DEFAULT_RELATION, TableRows.defaultOid(table, column), 0);
    column
        .sequenceId()
        .ifPresent(id ->
            add(
                Thing.relation(id),
                self,
                column.identity() == Identity.NONE ? Why.AUTO : Why.INTERNAL));
    if (column.generatedSql().isPresent()) {
      add(stored, self, Why.INTERNAL);
      for (ColumnDefinition other : table.columns()) {
        if (ConstraintRows.mentions(column.generatedSql().get(), other.name())) {
          add(stored, Thing.column(table.id(), other.id()), Why.NORMAL);
        }
      }
    } else if (column.defaultSql().isPresent() && column.identity() == Identity.NONE) {
      add(stored, self, Why.AUTO);
      sequencesOf(column.defaultSql().get())
          .forEach(sequence -> add(stored, Thing.relation(sequence.id()), Why.NORMAL));
    }
  }

  private Stream<SequenceDefinition> sequencesOf(String text) {
    Matcher matcher = SEQUENCE_OF_DEFAULT.matcher(text);
    return matcher
        .results()
        .flatMap(found -> {
          String schema = found.group(1) == null ? "public" : unquoted(found.group(1));
          return catalog.sequence(schema, unquoted(found.group(2))).stream();
        });
  }

  private static String unquoted(String identifier) {
    return identifier.startsWith("\"")
        ? identifier.substring(1, identifier.length() - 1).replace("\"\"", "\"")
        : identifier;
  }

  private void sequence(SequenceDefinition sequence) {
    inSchema(Thing.relation(sequence.id()), sequence.schema());
    Optional<Long> owner = sequence.ownedByTable();
    if (owner.isPresent() && sequence.ownedByColumn() != 0) {
      boolean isOfColumn =
          catalog
              .table(owner.get())
              .flatMap(table -> table.columnOfId(sequence.ownedByColumn()))
              .flatMap(ColumnDefinition::sequenceId)
              .filter(id -> id == sequence.id())
              .isPresent();
      if (!isOfColumn) {
        add(
            Thing.relation(sequence.id()),
            Thing.column(owner.get(), sequence.ownedByColumn()),
            Why.AUTO);
      }
    }
  }

  /// An index belongs to its constraint, or else to the columns it is made of.
  private void index(TableDefinition table, IndexDefinition index) {
    Thing self = Thing.relation(index.id());
    Optional<Long> constraint =
        index.primary()
            ? table.primaryKey().map(TableDefinition.PrimaryKey::id)
            : index.constraintId();
    if (constraint.isPresent()) {
      add(self, Thing.constraint(constraint.get()), Why.INTERNAL);
      self = Thing.constraint(constraint.get());
    }
    Set<Integer> columns = new LinkedHashSet<>();
    for (IndexKey key : index.keys()) {
      key.columnId().ifPresent(columns::add);
      key.expression().ifPresent(expression -> columns.addAll(expression.columnIds()));
    }
    columns.addAll(index.includedColumnIds());
    index.predicate().ifPresent(predicate -> columns.addAll(predicate.columnIds()));
    if (columns.isEmpty()) {
      add(self, Thing.relation(table.id()), Why.AUTO);
    }
    for (Integer column : columns) {
      add(self, Thing.column(table.id(), column), Why.AUTO);
    }
  }

  private void foreignKey(TableDefinition table, ForeignKey key) {
    Thing self = Thing.constraint(key.id());
    key.columnIds().forEach(column -> add(self, Thing.column(table.id(), column), Why.AUTO));
    key.referencedColumnIds()
        .forEach(column -> add(self, Thing.column(key.referencedTableId(), column), Why.NORMAL));
    add(self, Thing.relation(key.referencedIndexId()), Why.NORMAL);
  }

  // ---- views and policies

  /// The rule of a view belongs to it and needs what the query reads.
  private void view(ViewDefinition view) {
    if (!view.isMaterialized()) {
      inSchema(Thing.relation(view.id()), view.schema());
      rowType(view, view.id());
    }
    Thing rule = new Thing(REWRITE_RELATION, view.id(), 0);
    add(rule, Thing.relation(view.relationId()), Why.INTERNAL);
    add(rule, Thing.relation(view.relationId()), Why.NORMAL);
    uses(rule, view.uses());
  }

  private void policy(RowPolicy policy) {
    Thing self = new Thing(POLICY_RELATION, policy.id(), 0);
    add(self, Thing.relation(policy.tableId()), Why.AUTO);
    uses(
        self,
        policy.expressions().stream()
            .flatMap(expression -> expression.uses().stream())
            .distinct()
            .toList());
  }

  /// A relation is needed as such only where none of its columns is.
  private void uses(Thing thing, List<Use> uses) {
    for (Use use : uses) {
      boolean isImplied =
          use.columnId() == 0
              && uses.stream()
                  .anyMatch(
                      other -> other.relationId() == use.relationId() && other.columnId() != 0);
      if (!isImplied) {
        add(thing, Thing.column(use.relationId(), use.columnId()), Why.NORMAL);
      }
    }
  }
}
