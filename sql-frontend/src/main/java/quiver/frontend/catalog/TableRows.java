package quiver.frontend.catalog;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.ColumnDefinition.Identity;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.ObjectAccess;
import quiver.common.catalog.RowTypes;
import quiver.common.catalog.SecuredKind;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.SystemCatalog.SystemColumn;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TypeDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.type.BaseType;
import quiver.common.type.CompositeField;
import quiver.common.type.Layout;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.frontend.catalog.RelationColumns.SystemRelation;
import quiver.rpc.ClusterService.SegmentStatus;

/// Relations about schemas, tables, columns, indexes, constraints and sequences.
final class TableRows {
  private static final int DEFAULT_COLLATION = 100;
  private static final int C_COLLATION = 950;
  private static final int COLUMNS_PER_TABLE_MAX = 1_600;

  private final SystemState state;
  private final CatalogImage catalog;
  private final TypeRows types;
  private final RelationColumns relations;
  private @Nullable Map<Long, Long> rowCounts;

  TableRows(SystemState state, RelationColumns relations) {
    this.types = new TypeRows(state);
    this.state = state;
    this.catalog = state.catalog();
    this.relations = relations;
  }

  void namespaces(RowSet rows) {
    rows.add(
        "oid",
        SystemState.PG_CATALOG_OID,
        "nspname",
        "pg_catalog",
        "nspowner",
        SystemState.SUPERUSER_OID);
    rows.add(
        "oid",
        SystemState.INFORMATION_SCHEMA_OID,
        "nspname",
        "information_schema",
        "nspowner",
        SystemState.SUPERUSER_OID);
    for (SchemaDefinition schema : catalog.schemas()) {
      if (schema.id() != SystemState.PG_CATALOG_OID
          && !schema.name().equals("information_schema")) {
        rows.add(
            "oid", schema.id(),
            "nspname", schema.name(),
            "nspowner", state.owner(schema.id()),
            "nspacl", state.acl(SecuredKind.SCHEMA, schema.id()));
      }
    }
  }

  void classes(RowSet rows) {
    for (SystemRelation relation : relations.all()) {
      if (isUnwantedClass(rows, relation.oid(), relation.name())) {
        continue;
      }
      classRow(
          rows,
          relation.oid(),
          relation.name(),
          relation.schema(),
          relation.kind() == 'r' ? 2 : 0,
          String.valueOf(relation.kind()),
          (int) relation.visibleCount(),
          0,
          false,
          Size.UNKNOWN,
          "n",
          ArrayValue.empty(BaseType.TEXT),
          false);
    }
    for (TableDefinition table : catalog.tables()) {
      tableClass(rows, table);
      for (IndexDefinition index : table.indexes()) {
        indexClass(rows, table, index);
      }
    }
    for (ViewDefinition view : catalog.views()) {
      if (!view.isMaterialized()) {
        classRow(
            rows,
            view.id(),
            view.name(),
            view.schema(),
            0,
            "v",
            view.columns().size(),
            0,
            false,
            Size.UNKNOWN,
            "n",
            options(view.options()),
            !view.options().isEmpty());
      }
    }
    for (TypeDefinition type : catalog.types()) {
      if (type.isComposite()) {
        classRow(
            rows,
            RowTypes.companionOf(type.id()),
            type.name(),
            type.schema(),
            0,
            "c",
            type.fields().orElseThrow().size(),
            0,
            false,
            Size.UNKNOWN,
            "n",
            ArrayValue.empty(BaseType.TEXT),
            false);
      }
    }
    for (SequenceDefinition sequence : catalog.sequences()) {
      classRow(
          rows,
          sequence.id(),
          sequence.name(),
          sequence.schema(),
          0,
          "S",
          3,
          0,
          false,
          new Size(1, 1),
          "n",
          ArrayValue.empty(BaseType.TEXT),
          false);
    }
  }

  private static boolean isUnwantedClass(RowSet rows, long oid, String name) {
    return rows.isUnwanted("oid", oid) || rows.isUnwanted("relname", name);
  }

  private void tableClass(RowSet rows, TableDefinition table) {
    if (isUnwantedClass(rows, table.id(), table.name())) {
      return;
    }
    classRow(
        rows,
        table.id(),
        table.name(),
        table.schema(),
        2,
        catalog.materializedView(table.id()).isPresent() ? "m" : "r",
        table.columns().size(),
        table.checks().size(),
        !table.indexes().isEmpty(),
        size(table.id()),
        "d",
        ArrayValue.empty(BaseType.TEXT),
        false);
  }

  private void indexClass(RowSet rows, TableDefinition table, IndexDefinition index) {
    if (isUnwantedClass(rows, index.id(), index.name())) {
      return;
    }
    ArrayValue options = options(index.options());
    classRow(
        rows,
        index.id(),
        index.name(),
        table.schema(),
        index.method().oid(),
        "i",
        index.keys().size() + index.includedColumnIds().size(),
        0,
        false,
        size(table.id()),
        "n",
        options,
        !index.options().isEmpty());
  }

  private static ArrayValue options(Map<String, String> options) {
    return ArrayValue.of(
        BaseType.TEXT,
        options.entrySet().stream()
            .map(option -> (Object) (option.getKey() + "=" + option.getValue()))
            .toArray());
  }

  /// Whether a table refers to another or is referred to: PostgreSQL keeps that by triggers.
  private boolean hasForeignKeys(long tableId) {
    return catalog.table(tableId).filter(table -> !table.foreignKeys().isEmpty()).isPresent()
        || !catalog.references(tableId).isEmpty();
  }

  private void classRow(
      RowSet rows,
      long oid,
      String name,
      String schema,
      int accessMethod,
      String kind,
      int columnCount,
      int checkCount,
      boolean hasIndex,
      Size size,
      String replicaIdentity,
      ArrayValue options,
      boolean hasOptions) {
    // An index belongs to whom its table belongs to.
    long secured =
        switch (kind) {
          case "i" -> catalog.index(oid).map(found -> found.table().id()).orElse(oid);
          case "c" -> RowTypes.originOf(oid).orElse(oid);
          default -> oid;
        };
    ObjectAccess access = catalog.security().access(oid);
    rows.add(
        "relacl",
        state.acl(SecuredKind.TABLE, oid),
        "oid",
        oid,
        "relname",
        name,
        "relnamespace",
        state.schemaOid(schema),
        "reltype",
        rowType(kind, oid),
        "reloftype",
        0,
        "relowner",
        state.owner(secured),
        "relam",
        accessMethod,
        "relfilenode",
        kind.equals("v") || kind.equals("c") ? 0 : oid,
        "reltablespace",
        0,
        "relpages",
        size.pageCount(),
        "reltuples",
        (double) size.rowCount(),
        "relallvisible",
        0,
        "reltoastrelid",
        0,
        "relhasindex",
        hasIndex,
        "relisshared",
        false,
        "relpersistence",
        CatalogImage.SchemaDefinition.isTemporary(schema) ? "t" : "p",
        "relkind",
        kind,
        "relnatts",
        columnCount,
        "relchecks",
        checkCount,
        "relhasrules",
        kind.equals("v") || kind.equals("m"),
        "relhastriggers",
        kind.equals("r") && hasForeignKeys(oid),
        "relhassubclass",
        false,
        "relrowsecurity",
        access.rowSecurity(),
        "relforcerowsecurity",
        access.forceRowSecurity(),
        "relispopulated",
        catalog.materializedView(oid).map(ViewDefinition::populated).orElse(true),
        "relreplident",
        replicaIdentity,
        "relispartition",
        false,
        "relrewrite",
        0,
        "relfrozenxid",
        0,
        "relminmxid",
        0,
        "reloptions",
        hasOptions ? options : null);
  }

  /// The type of a relation's rows.
  private static long rowType(String kind, long oid) {
    return switch (kind) {
      case "c" -> RowTypes.originOf(oid).orElse(0L);
      case "r", "v", "m" -> oid >= CatalogImage.FIRST_USER_ID ? RowTypes.companionOf(oid) : 0L;
      default -> 0L;
    };
  }

  /// How large a relation is.
  private record Size(long rowCount, long pageCount) {
    static final Size UNKNOWN = new Size(-1, 0);
  }

  /// As of the last ANALYZE; of a table that nobody has analysed, what is there.
  private Size size(long tableId) {
    return catalog
        .statistics(tableId)
        .analysis()
        .map(analysis -> new Size(analysis.rowCount(), analysis.pageCount()))
        .orElseGet(() -> new Size(rowCount(tableId), 0));
  }

  private long rowCount(long tableId) {
    Map<Long, Long> counts = rowCounts;
    if (counts == null) {
      counts = new HashMap<>();
      for (SegmentStatus segment : state.cluster().segments()) {
        counts.merge(segment.tableId(), segment.rowCount() - segment.deletedCount(), Long::sum);
      }
      rowCounts = counts;
    }
    return counts.getOrDefault(tableId, 0L);
  }

  void attributes(RowSet rows) {
    for (SystemRelation relation : relations.all()) {
      if (rows.isUnwanted("attrelid", relation.oid())) {
        continue;
      }
      int number = 1;
      for (SystemColumn column : relation.columns()) {
        if (!column.hidden()) {
          attribute(
              rows,
              relation.oid(),
              column.name(),
              column.type(),
              number++,
              relation.notNull().contains(column.name()),
              false,
              "");
        }
      }
    }
    for (TableDefinition table : catalog.tables()) {
      boolean isWanted = !rows.isUnwanted("attrelid", table.id());
      for (ColumnDefinition column : isWanted ? table.columns() : List.<ColumnDefinition>of()) {
        attribute(
            rows,
            table.id(),
            column.name(),
            column.type(),
            column.id(),
            column.notNull(),
            column.defaultSql().isPresent() || column.generatedSql().isPresent(),
            column.missing().isPresent(),
            switch (column.identity()) {
              case NONE -> "";
              case ALWAYS -> "a";
              case BY_DEFAULT -> "d";
            },
            column.generatedSql().isPresent() ? "s" : "");
      }
      for (IndexDefinition index : table.indexes()) {
        if (rows.isUnwanted("attrelid", index.id())) {
          continue;
        }
        int number = 0;
        for (IndexKey key : index.keys()) {
          attribute(rows, index.id(), key.name(table), key.type(table), ++number, false, false, "");
        }
        for (int columnId : index.includedColumnIds()) {
          ColumnDefinition column = column(table, columnId);
          attribute(rows, index.id(), column.name(), column.type(), ++number, false, false, "");
        }
      }
    }
    for (ViewDefinition view : catalog.views()) {
      if (!view.isMaterialized()) {
        int number = 0;
        for (ViewDefinition.ViewColumn column : view.columns()) {
          attribute(rows, view.id(), column.name(), column.type(), ++number, false, false, "");
        }
      }
    }
    for (TypeDefinition type : catalog.types()) {
      int number = 0;
      for (CompositeField field : type.fields().orElse(List.of())) {
        attribute(
            rows,
            RowTypes.companionOf(type.id()),
            field.name(),
            field.type(),
            ++number,
            false,
            false,
            "");
      }
    }
    for (SequenceDefinition sequence : catalog.sequences()) {
      attribute(rows, sequence.id(), "last_value", SqlType.INT8, 1, true, false, "");
      attribute(rows, sequence.id(), "log_cnt", SqlType.INT8, 2, true, false, "");
      attribute(rows, sequence.id(), "is_called", SqlType.BOOL, 3, true, false, "");
    }
  }

  private static ColumnDefinition column(TableDefinition table, int columnId) {
    return table.columns().get(table.ordinalOfId(columnId));
  }

  private void attribute(
      RowSet rows,
      long relation,
      String name,
      SqlType type,
      int number,
      boolean notNull,
      boolean hasDefault,
      String identity) {
    attribute(rows, relation, name, type, number, notNull, hasDefault, false, identity, "");
  }

  private void attribute(
      RowSet rows,
      long relation,
      String name,
      SqlType type,
      int number,
      boolean notNull,
      boolean hasDefault,
      boolean hasMissing,
      String identity,
      String generated) {
    boolean fixed =
        !type.array() && (type.layout() == Layout.LONG || type.layout() == Layout.DOUBLE);
    rows.add(
        "attacl",
        state.columnAcl(relation, number),
        "attrelid",
        relation,
        "attname",
        name,
        "atttypid",
        type.declaredOid(),
        "attstattarget",
        number < 0 ? 0 : catalog.statistics(relation).targets().getOrDefault(number, -1),
        "attlen",
        type.array() ? -1 : type.base().typeLength(),
        "attnum",
        number,
        "attndims",
        type.array() ? 1 : 0,
        "attcacheoff",
        -1,
        "atttypmod",
        type.isDomain() ? -1 : type.modifier(),
        "attbyval",
        fixed,
        "attalign",
        type.base().typeLength() == 8 ? "d" : "i",
        "attstorage",
        type.array() ? "x" : types.storage(type.base()),
        "attcompression",
        "",
        "attnotnull",
        notNull,
        "atthasdef",
        hasDefault,
        "atthasmissing",
        hasMissing,
        "attidentity",
        identity,
        "attgenerated",
        generated,
        "attisdropped",
        false,
        "attislocal",
        true,
        "attinhcount",
        0,
        "attcollation",
        collationOid(type));
  }

  /// Names are compared byte by byte, other texts by the database's collation.
  static int collationOid(SqlType type) {
    if (type.base() == BaseType.NAME) {
      return C_COLLATION;
    }
    return type.base().category() == 'S' ? DEFAULT_COLLATION : 0;
  }

  void defaults(RowSet rows) {
    for (TableDefinition table : catalog.tables()) {
      for (ColumnDefinition column : table.columns()) {
        Optional<String> text = column.defaultSql().or(column::generatedSql);
        if (text.isPresent() && column.identity() == Identity.NONE) {
          rows.add(
              "oid", defaultOid(table, column),
              "adrelid", table.id(),
              "adnum", column.id(),
              "adbin", text.get());
        }
      }
    }
  }

  void sequences(RowSet rows) {
    for (SequenceDefinition sequence : catalog.sequences()) {
      rows.add(
          "seqrelid", sequence.id(),
          "seqtypid", sequence.type().oid(),
          "seqstart", sequence.start(),
          "seqincrement", sequence.increment(),
          "seqmax", sequence.max(),
          "seqmin", sequence.min(),
          "seqcache", sequence.cache(),
          "seqcycle", sequence.cycle());
    }
  }

  /// `pg_attrdef.oid`.
  static long defaultOid(TableDefinition table, ColumnDefinition column) {
    return table.id() * COLUMNS_PER_TABLE_MAX + column.id();
  }

  void tablesView(RowSet rows) {
    for (SystemRelation relation : relations.all()) {
      if (relation.kind() == 'r') {
        tableView(rows, relation.schema(), relation.name(), relation.oid(), false);
      }
    }
    for (TableDefinition table : catalog.tables()) {
      if (catalog.materializedView(table.id()).isPresent()) {
        continue;
      }
      tableView(rows, table.schema(), table.name(), table.id(), !table.indexes().isEmpty());
    }
  }

  private void tableView(RowSet rows, String schema, String name, long id, boolean hasIndexes) {
    rows.add(
        "schemaname",
        schema,
        "tablename",
        name,
        "tableowner",
        state.ownerName(id),
        "hasindexes",
        hasIndexes,
        "hasrules",
        false,
        "hastriggers",
        false,
        "rowsecurity",
        catalog.security().access(id).rowSecurity());
  }

  void viewsView(RowSet rows) {
    for (SystemRelation relation : relations.all()) {
      if (relation.kind() == 'v') {
        rows.add(
            "schemaname",
            relation.schema(),
            "viewname",
            relation.name(),
            "viewowner",
            state.ownerName(relation.oid()),
            "definition",
            "");
      }
    }
  }

  void sequencesView(RowSet rows) {
    for (SequenceDefinition sequence : catalog.sequences()) {
      rows.add(
          "schemaname", sequence.schema(),
          "sequencename", sequence.name(),
          "sequenceowner", state.ownerName(sequence.id()),
          "data_type", (long) sequence.type().oid(),
          "start_value", sequence.start(),
          "min_value", sequence.min(),
          "max_value", sequence.max(),
          "increment_by", sequence.increment(),
          "cycle", sequence.cycle(),
          "cache_size", sequence.cache());
    }
  }
}
