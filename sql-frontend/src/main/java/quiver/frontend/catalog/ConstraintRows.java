package quiver.frontend.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.Deferral;
import quiver.common.catalog.DefinitionText;
import quiver.common.catalog.ForeignKey;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TableDefinition.CheckConstraint;
import quiver.common.catalog.TypeDefinition;
import quiver.common.type.BaseType;
import quiver.common.value.ArrayValue;

/// `pg_constraint`.
final class ConstraintRows {
  private final SystemState state;
  private final RowSet rows;

  ConstraintRows(SystemState state, RowSet rows) {
    this.state = state;
    this.rows = rows;
  }

  void addAll() {
    for (TypeDefinition type : state.catalog().types()) {
      for (CheckConstraint check : type.checks()) {
        add(new Row(check.id(), check.name(), type.schema(), "c").ofType(type).check(check));
      }
    }
    for (TableDefinition table : state.catalog().tables()) {
      if (!rows.isUnwanted("conrelid", table.id())) {
        addOf(table);
      }
    }
  }

  private void addOf(TableDefinition table) {
    for (IndexDefinition index : table.indexes()) {
      if (index.primary()) {
        table
            .primaryKey()
            .ifPresent(
                key -> add(row(table, key.id(), key.name(), "p").ofIndex(index, key.columnIds())));
      }
      index
          .constraintId()
          .ifPresent(
              id -> add(row(table, id, index.name(), "u").ofIndex(index, index.keyColumnIds())));
    }
    for (ForeignKey key : table.foreignKeys()) {
      add(row(table, key.id(), key.name(), "f").foreignKey(key));
    }
    for (CheckConstraint check : table.checks()) {
      add(row(table, check.id(), check.name(), "c").columns(columnsOf(table, check)).check(check));
    }
  }

  /// The columns a condition reads.
  static List<Integer> columnsOf(TableDefinition table, CheckConstraint check) {
    return table.columns().stream()
        .filter(column -> mentions(check.sql(), column.name()))
        .map(ColumnDefinition::id)
        .toList();
  }

  /// Whether normalised SQL names a column: as a whole word, outside of string literals.
  static boolean mentions(String sql, String column) {
    String outside = sql.replaceAll("'(?:[^']|'')*'", "''");
    String name = DefinitionText.identifier(column);
    return Pattern.compile("(?<![\\w\"])" + Pattern.quote(name) + "(?![\\w\"(])")
        .matcher(outside)
        .find();
  }

  private static Row row(TableDefinition table, long id, String name, String kind) {
    Row row = new Row(id, name, table.schema(), kind);
    row.tableId = table.id();
    return row;
  }

  /// One constraint, told part by part.
  private static final class Row {
    final long id;
    final String name;
    final String schema;
    final String kind;
    Deferral deferral = Deferral.NOT_DEFERRABLE;
    boolean validated = true;
    long tableId;
    long typeId;
    long indexId;
    List<Integer> columns = List.of();
    @Nullable ForeignKey key;
    @Nullable String sql;

    Row(long id, String name, String schema, String kind) {
      this.id = id;
      this.name = name;
      this.schema = schema;
      this.kind = kind;
    }

    Row ofType(TypeDefinition type) {
      typeId = type.id();
      return this;
    }

    Row ofIndex(IndexDefinition index, List<Integer> columnIds) {
      indexId = index.id();
      deferral = index.deferral();
      return columns(columnIds);
    }

    Row foreignKey(ForeignKey foreignKey) {
      key = foreignKey;
      indexId = foreignKey.referencedIndexId();
      deferral = foreignKey.deferral();
      validated = foreignKey.validated();
      return columns(foreignKey.columnIds());
    }

    Row columns(List<Integer> columnIds) {
      columns = columnIds;
      return this;
    }

    Row check(CheckConstraint check) {
      sql = check.sql();
      validated = check.validated();
      return this;
    }
  }

  private void add(Row row) {
    ForeignKey key = row.key;
    List<@Nullable Object> values = new ArrayList<>();
    put(values, "oid", row.id);
    put(values, "conname", row.name);
    put(values, "connamespace", state.schemaOid(row.schema));
    put(values, "contype", row.kind);
    put(values, "condeferrable", row.deferral.isDeferrable());
    put(values, "condeferred", row.deferral.isInitiallyDeferred());
    put(values, "convalidated", row.validated);
    put(values, "conrelid", row.tableId);
    put(values, "contypid", row.typeId);
    put(values, "conindid", row.indexId);
    put(values, "conparentid", 0);
    put(values, "confrelid", key == null ? 0L : key.referencedTableId());
    put(values, "confupdtype", key == null ? " " : key.onUpdate().code());
    put(values, "confdeltype", key == null ? " " : key.onDelete().code());
    put(values, "confmatchtype", key == null ? " " : key.matchFull() ? "f" : "s");
    put(values, "conislocal", true);
    put(values, "coninhcount", 0);
    put(values, "connoinherit", !row.kind.equals("c"));
    put(values, "conkey", row.typeId == 0 ? numbers(row.columns) : null);
    put(values, "confkey", key == null ? null : numbers(key.referencedColumnIds()));
    put(
        values,
        "confdelsetcols",
        key == null || key.setColumnIds().isEmpty() ? null : numbers(key.setColumnIds()));
    put(values, "conbin", row.sql);
    rows.add(values.toArray());
  }

  private static void put(List<@Nullable Object> values, String column, @Nullable Object value) {
    values.add(column);
    values.add(value);
  }

  private static ArrayValue numbers(List<Integer> numbers) {
    return ArrayValue.of(
        BaseType.INT2, numbers.stream().map(number -> (Object) (long) number).toArray());
  }
}
