package quiver.frontend.catalog;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.ColumnDefinition.Identity;
import quiver.common.catalog.Deferral;
import quiver.common.catalog.ForeignKey;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.SystemCatalog.SystemColumn;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TableDefinition.CheckConstraint;
import quiver.common.catalog.TypeDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.catalog.ViewText;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.type.TypeNames;
import quiver.common.type.UserType;
import quiver.frontend.catalog.RelationColumns.SystemRelation;

/// The standard's views. Source: PostgreSQL 15, chapter 37.
final class InformationSchemaRows {
  private final SystemState state;
  private final CatalogImage catalog;
  private final String database;

  InformationSchemaRows(SystemState state) {
    this.state = state;
    this.catalog = withoutOthers(state);
    this.database = state.database();
  }

  /// The catalog without the temporary objects of other sessions.
  private static CatalogImage withoutOthers(SystemState state) {
    CatalogImage all = state.catalog();
    return all.schemas().stream().noneMatch(schema -> state.isOfOtherSession(schema.name()))
        ? all
        : new CatalogImage(
            all.version(),
            all.objects().stream().filter(object -> !isOfOtherSession(state, object)).toList());
  }

  private static boolean isOfOtherSession(SystemState state, CatalogObject object) {
    return switch (object) {
      case TableDefinition table -> state.isOfOtherSession(table.schema());
      case ViewDefinition view -> state.isOfOtherSession(view.schema());
      case SequenceDefinition sequence -> state.isOfOtherSession(sequence.schema());
      default -> false;
    };
  }

  void schemata(RowSet rows) {
    schema(rows, "pg_catalog");
    schema(rows, "information_schema");
    for (SchemaDefinition schema : catalog.schemas()) {
      if (!schema.name().equals("pg_catalog") && !schema.name().equals("information_schema")) {
        schema(rows, schema.name());
      }
    }
  }

  private void schema(RowSet rows, String name) {
    rows.add(
        "catalog_name",
        database,
        "schema_name",
        name,
        "schema_owner",
        state.ownerName(state.schemaOid(name)));
  }

  void tables(RowSet rows, RelationColumns relations) {
    for (SystemRelation relation : relations.all()) {
      table(
          rows, relation.schema(), relation.name(), relation.kind() == 'r' ? "BASE TABLE" : "VIEW");
    }
    for (TableDefinition table : catalog.tables()) {
      if (catalog.materializedView(table.id()).isEmpty()) {
        boolean temporary = SchemaDefinition.isTemporary(table.schema());
        table(rows, table.schema(), table.name(), temporary ? "LOCAL TEMPORARY" : "BASE TABLE");
      }
    }
    for (ViewDefinition view : catalog.views()) {
      if (!view.isMaterialized()) {
        table(rows, view.schema(), view.name(), "VIEW");
      }
    }
  }

  private void table(RowSet rows, String schema, String name, String type) {
    rows.add(
        "table_catalog", database,
        "table_schema", schema,
        "table_name", name,
        "table_type", type,
        "is_insertable_into", yesNo((changes(schema, name) & ViewDefinition.CHANGES_INSERT) != 0),
        "is_typed", "NO");
  }

  void columns(RowSet rows, RelationColumns relations) {
    for (SystemRelation relation : relations.all()) {
      int position = 1;
      for (SystemColumn column : relation.columns()) {
        if (!column.hidden()) {
          column(
              rows,
              relation.schema(),
              relation.name(),
              new ColumnDefinition(
                  position,
                  column.name(),
                  column.type(),
                  relation.notNull().contains(column.name()),
                  java.util.Optional.empty(),
                  java.util.Optional.empty(),
                  Identity.NONE));
          position++;
        }
      }
    }
    for (TableDefinition table : catalog.tables()) {
      if (catalog.materializedView(table.id()).isPresent()) {
        continue;
      }
      for (ColumnDefinition column : table.columns()) {
        column(rows, table.schema(), table.name(), column);
      }
    }
    for (ViewDefinition view : catalog.views()) {
      if (view.isMaterialized()) {
        continue;
      }
      for (int i = 0; i < view.columns().size(); i++) {
        ViewDefinition.ViewColumn column = view.columns().get(i);
        column(
            rows,
            view.schema(),
            view.name(),
            new ColumnDefinition(
                i + 1,
                column.name(),
                column.type(),
                false,
                java.util.Optional.empty(),
                java.util.Optional.empty(),
                Identity.NONE));
      }
    }
  }

  void views(RowSet rows) {
    for (ViewDefinition view : catalog.views()) {
      if (view.isMaterialized()) {
        continue;
      }
      rows.add(
          "table_catalog",
          database,
          "table_schema",
          view.schema(),
          "table_name",
          view.name(),
          "view_definition",
          ViewText.definition(view, catalog, state::isVisible, false),
          "check_option",
          view.options().getOrDefault("check_option", "none").toUpperCase(java.util.Locale.ROOT),
          "is_updatable",
          yesNo(view.changes(catalog) == ViewDefinition.CHANGES_ALL),
          "is_insertable_into",
          yesNo((view.changes(catalog) & ViewDefinition.CHANGES_INSERT) != 0),
          "is_trigger_updatable",
          "NO",
          "is_trigger_deletable",
          "NO",
          "is_trigger_insertable_into",
          "NO");
    }
  }

  /// The tables and views that views read.
  void viewTableUsage(RowSet rows) {
    for (ViewDefinition view : catalog.views()) {
      if (!view.isMaterialized()) {
        view.uses().stream()
            .map(ViewDefinition.Use::relationId)
            .distinct()
            .forEach(id -> viewUse(rows, view, id, 0));
      }
    }
  }

  /// The columns that views read.
  void viewColumnUsage(RowSet rows) {
    for (ViewDefinition view : catalog.views()) {
      for (ViewDefinition.Use use : view.uses()) {
        if (!view.isMaterialized() && use.columnId() > 0) {
          viewUse(rows, view, use.relationId(), use.columnId());
        }
      }
    }
  }

  private void viewUse(RowSet rows, ViewDefinition view, long relationId, int columnId) {
    String schema;
    String name;
    String column = "";
    switch (catalog.object(relationId).orElse(null)) {
      case TableDefinition table -> {
        schema = table.schema();
        name = table.name();
        column = columnId == 0 ? "" : table.columnOfId(columnId).orElseThrow().name();
      }
      case ViewDefinition used -> {
        schema = used.schema();
        name = used.name();
        column = columnId == 0 ? "" : used.columns().get(columnId - 1).name();
      }
      case null, default -> {
        return;
      }
    }
    List<@Nullable Object> values =
        new ArrayList<>(
            List.of(
                "view_catalog", database,
                "view_schema", view.schema(),
                "view_name", view.name(),
                "table_catalog", database,
                "table_schema", schema,
                "table_name", name));
    if (columnId > 0) {
      values.add("column_name");
      values.add(column);
    }
    rows.add(values.toArray());
  }

  private void column(RowSet rows, String schema, String table, ColumnDefinition column) {
    SqlType declared = column.type();
    SqlType type =
        catalog
            .type(declared.declaredOid())
            .flatMap(TypeDefinition::base)
            .orElse(declared.withoutDomain());
    UserType.@Nullable OfDomain domain =
        declared.user() instanceof UserType.OfDomain found ? found : null;
    rows.add(
        "table_catalog",
        database,
        "table_schema",
        schema,
        "table_name",
        table,
        "column_name",
        column.name(),
        "ordinal_position",
        column.id(),
        "column_default",
        column.identity() == Identity.NONE ? column.defaultSql().orElse(null) : null,
        "is_nullable",
        yesNo(!column.notNull()),
        "data_type",
        dataType(type),
        "character_maximum_length",
        characterLength(type),
        "character_octet_length",
        octetLength(type),
        "numeric_precision",
        numericPrecision(type),
        "numeric_precision_radix",
        numericRadix(type),
        "numeric_scale",
        numericScale(type),
        "datetime_precision",
        datetimePrecision(type),
        "domain_catalog",
        domain == null ? null : database,
        "domain_schema",
        domain == null ? null : domain.schema(),
        "domain_name",
        domain == null ? null : domain.name(),
        "udt_catalog",
        database,
        "udt_schema",
        udtSchema(type),
        "udt_name",
        type.typeName(),
        "dtd_identifier",
        String.valueOf(column.id()),
        "is_self_referencing",
        "NO",
        "is_identity",
        yesNo(column.identity() != Identity.NONE),
        "identity_generation",
        switch (column.identity()) {
          case NONE -> null;
          case ALWAYS -> "ALWAYS";
          case BY_DEFAULT -> "BY DEFAULT";
        },
        "identity_cycle",
        "NO",
        "is_generated",
        column.generatedSql().isPresent() ? "ALWAYS" : "NEVER",
        "generation_expression",
        column.generatedSql().orElse(null),
        "is_updatable",
        yesNo(isUpdatable(schema, table, column.id())));
  }

  /// How rows of a relation can be changed; see [ViewDefinition#changes].
  private int changes(String schema, String relation) {
    return catalog.table(schema, relation).isPresent()
        ? ViewDefinition.CHANGES_ALL
        : catalog.view(schema, relation).map(view -> view.changes(catalog)).orElse(0);
  }

  private boolean isUpdatable(String schema, String relation, int column) {
    return changes(schema, relation) == ViewDefinition.CHANGES_ALL
        && catalog
            .view(schema, relation)
            .map(view -> view.isUpdatable(column, catalog))
            .orElse(true);
  }

  private static boolean isSizedText(SqlType type) {
    return !type.isDomain()
        && !type.array()
        && (type.base() == BaseType.VARCHAR || type.base() == BaseType.BPCHAR)
        && type.modifier() > 0;
  }

  static @Nullable Integer characterLength(SqlType type) {
    return isSizedText(type) ? type.modifier() - 4 : null;
  }

  static @Nullable Integer octetLength(SqlType type) {
    boolean isText = !type.array() && type.base().category() == 'S' && type.base() != BaseType.NAME;
    return !isText
        ? null
        : (Integer) (isSizedText(type) ? (type.modifier() - 4) * 4 : 1_073_741_824);
  }

  static String udtSchema(SqlType type) {
    if (type.user() instanceof UserType.OfEnum user) {
      return user.schema();
    }
    if (type.user() instanceof UserType.OfDomain domain) {
      return domain.schema();
    }
    return type.oid() >= 16_384 ? "public" : "pg_catalog";
  }

  static String dataType(SqlType type) {
    if (type.array()) {
      return "ARRAY";
    }
    return type.isDomain() || type.oid() >= 16_384
        ? "USER-DEFINED"
        : TypeNames.formatType(type.withoutModifier());
  }

  static @Nullable Integer numericPrecision(SqlType type) {
    if (type.isDomain() || type.array()) {
      return null;
    }
    return switch (type.base()) {
      case INT2 -> 16;
      case INT4 -> 32;
      case INT8 -> 64;
      case FLOAT4 -> 24;
      case FLOAT8 -> 53;
      case NUMERIC ->
          type.modifier() < 0 ? null : (Integer) TypeNames.numericPrecision(type.modifier());
      default -> null;
    };
  }

  static @Nullable Integer numericRadix(SqlType type) {
    if (type.isDomain() || type.array()) {
      return null;
    }
    return switch (type.base()) {
      case INT2, INT4, INT8, FLOAT4, FLOAT8 -> 2;
      case NUMERIC -> 10;
      default -> null;
    };
  }

  static @Nullable Integer numericScale(SqlType type) {
    if (type.isDomain() || type.array()) {
      return null;
    }
    return switch (type.base()) {
      case INT2, INT4, INT8 -> 0;
      case NUMERIC ->
          type.modifier() < 0 ? null : (Integer) TypeNames.numericScale(type.modifier());
      default -> null;
    };
  }

  static @Nullable Integer datetimePrecision(SqlType type) {
    if (type.isDomain() || type.array()) {
      return null;
    }
    return switch (type.base()) {
      case DATE -> 0;
      case TIME, TIMETZ, TIMESTAMP, TIMESTAMPTZ -> type.modifier() >= 0 ? type.modifier() : 6;
      case INTERVAL -> 6;
      default -> null;
    };
  }

  void tableConstraints(RowSet rows) {
    for (TableDefinition table : catalog.tables()) {
      for (IndexDefinition index : table.indexes()) {
        if (index.primary()) {
          constraint(rows, table, index.name(), "PRIMARY KEY", index.deferral(), null);
        }
        if (index.constraintId().isPresent()) {
          String nulls = index.nullsNotDistinct() ? "NO" : "YES";
          constraint(rows, table, index.name(), "UNIQUE", index.deferral(), nulls);
        }
      }
      for (ForeignKey key : table.foreignKeys()) {
        constraint(rows, table, key.name(), "FOREIGN KEY", key.deferral(), null);
      }
      table.checks().forEach(check -> constraint(rows, table, check.name(), "CHECK"));
      for (ColumnDefinition column : table.columns()) {
        if (column.notNull()) {
          constraint(rows, table, notNullName(table, column), "CHECK");
        }
      }
    }
  }

  /// PostgreSQL's made-up name of a NOT NULL constraint.
  private String notNullName(TableDefinition table, ColumnDefinition column) {
    return state.schemaOid(table.schema()) + "_" + table.id() + "_" + column.id() + "_not_null";
  }

  private void constraint(RowSet rows, TableDefinition table, String name, String type) {
    constraint(rows, table, name, type, Deferral.NOT_DEFERRABLE, null);
  }

  private void constraint(
      RowSet rows,
      TableDefinition table,
      String name,
      String type,
      Deferral deferral,
      @Nullable String nullsDistinct) {
    rows.add(
        "constraint_catalog",
        database,
        "constraint_schema",
        table.schema(),
        "constraint_name",
        name,
        "table_catalog",
        database,
        "table_schema",
        table.schema(),
        "table_name",
        table.name(),
        "constraint_type",
        type,
        "is_deferrable",
        deferral.isDeferrable() ? "YES" : "NO",
        "initially_deferred",
        deferral.isInitiallyDeferred() ? "YES" : "NO",
        "enforced",
        "YES",
        "nulls_distinct",
        nullsDistinct);
  }

  void keyColumnUsage(RowSet rows) {
    for (TableDefinition table : catalog.tables()) {
      table.primaryKey().ifPresent(key -> keyColumns(rows, table, key.name(), key.columnIds()));
      for (IndexDefinition index : table.indexes()) {
        if (index.constraintId().isPresent()) {
          keyColumns(rows, table, index.name(), index.keyColumnIds());
        }
      }
      for (ForeignKey key : table.foreignKeys()) {
        List<Integer> unique = referenced(key).index().keyColumnIds();
        for (int i = 0; i < key.columnIds().size(); i++) {
          keyColumn(
              rows,
              table,
              key.name(),
              key.columnIds().get(i),
              i + 1,
              unique.indexOf(key.referencedColumnIds().get(i)) + 1);
        }
      }
    }
  }

  private CatalogImage.TableIndex referenced(ForeignKey key) {
    return catalog
        .index(key.referencedIndexId())
        .orElseThrow(() -> new IllegalStateException("a foreign key refers to no index"));
  }

  private void keyColumns(
      RowSet rows, TableDefinition table, String name, List<Integer> columnIds) {
    for (int i = 0; i < columnIds.size(); i++) {
      keyColumn(rows, table, name, columnIds.get(i), i + 1, null);
    }
  }

  private void keyColumn(
      RowSet rows,
      TableDefinition table,
      String name,
      int columnId,
      int position,
      @Nullable Integer positionInUnique) {
    rows.add(
        "constraint_catalog", database,
        "constraint_schema", table.schema(),
        "constraint_name", name,
        "table_catalog", database,
        "table_schema", table.schema(),
        "table_name", table.name(),
        "column_name", table.columns().get(table.ordinalOfId(columnId)).name(),
        "ordinal_position", position,
        "position_in_unique_constraint", positionInUnique);
  }

  void referentialConstraints(RowSet rows) {
    for (TableDefinition table : catalog.tables()) {
      for (ForeignKey key : table.foreignKeys()) {
        CatalogImage.TableIndex unique = referenced(key);
        boolean named = unique.table().isConstraintIndex(unique.index());
        rows.add(
            "constraint_catalog",
            database,
            "constraint_schema",
            table.schema(),
            "constraint_name",
            key.name(),
            "unique_constraint_catalog",
            named ? database : null,
            "unique_constraint_schema",
            named ? unique.table().schema() : null,
            "unique_constraint_name",
            named ? unique.index().name() : null,
            "match_option",
            key.matchFull() ? "FULL" : "NONE",
            "update_rule",
            key.onUpdate().sql(),
            "delete_rule",
            key.onDelete().sql());
      }
    }
  }

  /// The columns a constraint speaks of: of a foreign key, those it refers to.
  void constraintColumnUsage(RowSet rows) {
    for (TableDefinition table : catalog.tables()) {
      table
          .primaryKey()
          .ifPresent(key -> constraintColumns(rows, table, key.name(), table, key.columnIds()));
      for (IndexDefinition index : table.indexes()) {
        if (index.constraintId().isPresent()) {
          constraintColumns(rows, table, index.name(), table, index.keyColumnIds());
        }
      }
      for (ForeignKey key : table.foreignKeys()) {
        constraintColumns(
            rows, table, key.name(), referenced(key).table(), key.referencedColumnIds());
      }
    }
  }

  private void constraintColumns(
      RowSet rows,
      TableDefinition owner,
      String name,
      TableDefinition table,
      List<Integer> columnIds) {
    for (int columnId : columnIds) {
      rows.add(
          "table_catalog", database,
          "table_schema", table.schema(),
          "table_name", table.name(),
          "column_name", table.columns().get(table.ordinalOfId(columnId)).name(),
          "constraint_catalog", database,
          "constraint_schema", owner.schema(),
          "constraint_name", name);
    }
  }

  void checkConstraints(RowSet rows) {
    for (TableDefinition table : catalog.tables()) {
      for (CheckConstraint check : table.checks()) {
        check(rows, table, check.name(), check.sql());
      }
      for (ColumnDefinition column : table.columns()) {
        if (column.notNull()) {
          check(rows, table, notNullName(table, column), column.name() + " IS NOT NULL");
        }
      }
    }
  }

  private void check(RowSet rows, TableDefinition table, String name, String sql) {
    rows.add(
        "constraint_catalog", database,
        "constraint_schema", table.schema(),
        "constraint_name", name,
        "check_clause", sql);
  }

  void sequences(RowSet rows) {
    for (SequenceDefinition sequence : catalog.sequences()) {
      int bits = sequence.type().typeLength() * 8;
      rows.add(
          "sequence_catalog", database,
          "sequence_schema", sequence.schema(),
          "sequence_name", sequence.name(),
          "data_type", sequence.type().sqlName(),
          "numeric_precision", bits,
          "numeric_precision_radix", 2,
          "numeric_scale", 0,
          "start_value", String.valueOf(sequence.start()),
          "minimum_value", String.valueOf(sequence.min()),
          "maximum_value", String.valueOf(sequence.max()),
          "increment", String.valueOf(sequence.increment()),
          "cycle_option", yesNo(sequence.cycle()));
    }
  }

  /// The element types of array columns.
  void elementTypes(RowSet rows, RelationColumns relations) {
    for (SystemRelation relation : relations.all()) {
      int position = 0;
      for (SystemColumn column : relation.columns()) {
        position++;
        if (!column.hidden()) {
          elementType(rows, relation.schema(), relation.name(), position, column.type());
        }
      }
    }
    for (TableDefinition table : catalog.tables()) {
      for (ColumnDefinition column : table.columns()) {
        elementType(rows, table.schema(), table.name(), column.id(), column.type());
      }
    }
  }

  private void elementType(RowSet rows, String schema, String table, int position, SqlType type) {
    if (!type.array()) {
      return;
    }
    SqlType element = type.element().withoutModifier();
    rows.add(
        "object_catalog",
        database,
        "object_schema",
        schema,
        "object_name",
        table,
        "object_type",
        "TABLE",
        "collection_type_identifier",
        String.valueOf(position),
        "data_type",
        dataType(element),
        "udt_catalog",
        database,
        "udt_schema",
        udtSchema(element),
        "udt_name",
        element.typeName(),
        "dtd_identifier",
        "a" + position);
  }

  void columnTypeUsage(RowSet rows) {
    for (TableDefinition table : catalog.tables()) {
      for (ColumnDefinition column : table.columns()) {
        rows.add(
            "udt_catalog", database,
            "udt_schema", udtSchema(column.type()),
            "udt_name", column.type().typeName(),
            "table_catalog", database,
            "table_schema", table.schema(),
            "table_name", table.name(),
            "column_name", column.name());
      }
    }
  }

  void constraintTableUsage(RowSet rows) {
    for (TableDefinition table : catalog.tables()) {
      table
          .primaryKey()
          .ifPresent(key ->
              rows.add(
                  "table_catalog", database,
                  "table_schema", table.schema(),
                  "table_name", table.name(),
                  "constraint_catalog", database,
                  "constraint_schema", table.schema(),
                  "constraint_name", key.name()));
    }
  }

  void characterSets(RowSet rows) {
    rows.add(
        "character_set_name", "UTF8",
        "character_repertoire", "UCS",
        "form_of_use", "UTF8",
        "default_collate_catalog", database,
        "default_collate_schema", "pg_catalog",
        "default_collate_name", "default");
  }

  void catalogName(RowSet rows) {
    rows.add("catalog_name", database);
  }

  void enabledRoles(RowSet rows) {
    rows.add("role_name", state.user());
  }

  private static String yesNo(boolean yes) {
    return yes ? "YES" : "NO";
  }
}
