package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.DefinitionText;
import quiver.common.catalog.ForeignKey;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.QuiverException.Field;
import quiver.common.error.SqlState;
import quiver.common.type.SqlType;

/// Checks rows that are there already against unique keys and foreign keys that a command has
/// added.
public final class ConstraintValidation {
  private final StatementScope scope;
  private final InnerStatements statements;

  /// @param scope of a statement after the command: it sees the new definitions
  public ConstraintValidation(StatementServices services, StatementScope scope) {
    this.scope = scope;
    this.statements = new InnerStatements(services, scope);
  }

  /// Whether a command has added constraints to tables that were there.
  ///
  /// @param before the catalog before the command
  /// @param after the catalog after it
  public static boolean isNeeded(CatalogImage before, CatalogImage after) {
    return after.tables().stream()
        .anyMatch(table ->
            before
                .table(table.id())
                .filter(old -> !newUniques(old, table).isEmpty() || !newKeys(old, table).isEmpty())
                .isPresent());
  }

  private static List<IndexDefinition> newUniques(TableDefinition old, TableDefinition table) {
    return table.indexes().stream()
        .filter(IndexDefinition::unique)
        .filter(index -> old.indexes().stream().noneMatch(one -> one.id() == index.id()))
        .toList();
  }

  private static List<ForeignKey> newKeys(TableDefinition old, TableDefinition table) {
    return table.foreignKeys().stream()
        .filter(ForeignKey::validated)
        .filter(key ->
            old.foreignKeys().stream().noneMatch(one -> one.id() == key.id() && one.validated()))
        .toList();
  }

  /// Checks what is new.
  ///
  /// @return tables whose rows have been read, and the snapshot: nobody may have changed them since
  ///   when the definitions come into force
  public Map<Long, Long> run(CatalogImage before, CatalogImage after) {
    Map<Long, Long> read = new HashMap<>();
    for (TableDefinition table : after.tables()) {
      TableDefinition old = before.table(table.id()).orElse(null);
      if (old == null) {
        continue;
      }
      // A materialized view that is not filled cannot be read, and has no rows.
      boolean hasRows =
          after.materializedView(table.id()).map(ViewDefinition::populated).orElse(true);
      for (IndexDefinition index : newUniques(old, table)) {
        if (hasRows) {
          requireUnique(table, index);
        }
        read.put(table.id(), scope.snapshot());
      }
      for (ForeignKey key : newKeys(old, table)) {
        requireReferenced(table, key, after);
        read.put(table.id(), scope.snapshot());
        read.put(key.referencedTableId(), scope.snapshot());
      }
    }
    return read;
  }

  private static String name(TableDefinition table) {
    return "ONLY "
        + DefinitionText.identifier(table.schema())
        + "."
        + DefinitionText.identifier(table.name());
  }

  private void requireUnique(TableDefinition table, IndexDefinition index) {
    List<String> keys =
        IntStream.range(0, index.keys().size())
            .mapToObj(position -> DefinitionText.indexColumn(table, index, position, false))
            .toList();
    List<String> conditions = new ArrayList<>();
    index.predicate().ifPresent(one -> conditions.add(DefinitionText.predicate(table, one, false)));
    if (!index.nullsNotDistinct()) {
      keys.forEach(key -> conditions.add(key + " IS NOT NULL"));
    }
    String list = String.join(", ", keys);
    String sql =
        "SELECT "
            + list
            + " FROM "
            + name(table)
            + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions))
            + " GROUP BY "
            + list
            + " HAVING count(*) > 1 ORDER BY "
            + list
            + " LIMIT 1";
    for (RowBatch rows : statements.query(sql, List.of(), List.of())) {
      if (rows.rowCount() > 0) {
        throw new QuiverException(
                SqlState.UNIQUE_VIOLATION, "could not create unique index \"%s\"", index.name())
            .withDetail("Key (" + list + ")=(" + shown(rows) + ") is duplicated.")
            .with(Field.SCHEMA, table.schema())
            .with(Field.TABLE, table.name())
            .with(Field.CONSTRAINT, index.name());
      }
    }
  }

  private String shown(RowBatch rows) {
    List<SqlType> types = new ArrayList<>();
    List<@Nullable Object> values = new ArrayList<>();
    rows.columns()
        .forEach(column -> {
          types.add(column.type());
          values.add(column.valueAt(0));
        });
    return RowConstraints.shown(types, values, scope.format());
  }

  private void requireReferenced(TableDefinition table, ForeignKey key, CatalogImage catalog) {
    TableDefinition parent = catalog.table(key.referencedTableId()).orElseThrow();
    List<String> own = columns(table, key.columnIds());
    List<String> referenced = columns(parent, key.referencedColumnIds());
    String sql =
        "SELECT "
            + prefixed("fk", own, ", ")
            + " FROM "
            + name(table)
            + " fk LEFT JOIN "
            + name(parent)
            + " pk ON "
            + IntStream.range(0, own.size())
                .mapToObj(i -> "pk." + referenced.get(i) + " = fk." + own.get(i))
                .collect(Collectors.joining(" AND "))
            + " WHERE pk."
            + referenced.getFirst()
            + " IS NULL AND "
            + own.stream()
                .map(column -> "fk." + column + " IS NOT NULL")
                .collect(Collectors.joining(" AND "))
            + " LIMIT 1";
    for (RowBatch rows : statements.query(sql, List.of(), List.of())) {
      if (rows.rowCount() > 0) {
        throw new QuiverException(
                SqlState.FOREIGN_KEY_VIOLATION,
                "insert or update on table \"%s\" violates foreign key constraint \"%s\"",
                table.name(),
                key.name())
            .withDetail(
                "Key ("
                    + String.join(", ", own)
                    + ")=("
                    + shown(rows)
                    + ") is not present in table \""
                    + parent.name()
                    + "\".")
            .with(Field.SCHEMA, table.schema())
            .with(Field.TABLE, table.name())
            .with(Field.CONSTRAINT, key.name());
      }
    }
  }

  private static List<String> columns(TableDefinition table, List<Integer> ids) {
    return ids.stream()
        .map(id -> DefinitionText.identifier(table.columns().get(table.ordinalOfId(id)).name()))
        .toList();
  }

  private static String prefixed(String alias, List<String> columns, String separator) {
    return columns.stream()
        .map(column -> alias + "." + column)
        .collect(Collectors.joining(separator));
  }
}
