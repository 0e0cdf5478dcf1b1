package quiver.coordinators.root;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TableDefinition.PrimaryKey;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Takes a column out of its table because its type goes.
final class ColumnRemoval {
  private final CatalogImage catalog;

  ColumnRemoval(CatalogImage catalog) {
    this.catalog = catalog;
  }

  /// The table without the column and what is made of it.
  ///
  /// @throws QuiverException `0A000` if an expression, which is kept as text, may read the column
  ///   or cast to its type, or if a foreign key refers to it
  TableDefinition without(TableDefinition table, ColumnDefinition column) {
    String cast = "::" + column.type().sqlName();
    Pattern name = Pattern.compile("\\b" + Pattern.quote(column.name()) + "\\b");
    boolean isRead =
        table.checks().stream().anyMatch(check -> reads(check.sql(), name, cast))
            || table.columns().stream()
                .filter(other -> other.id() != column.id())
                .anyMatch(other ->
                    other.generatedSql().filter(sql -> reads(sql, name, cast)).isPresent()
                        || other.defaultSql().filter(sql -> sql.contains(cast)).isPresent());
    boolean isReferredTo =
        catalog.references(table.id()).stream()
            .anyMatch(
                reference -> reference.foreignKey().referencedColumnIds().contains(column.id()));
    if (isRead || isReferredTo || column.sequenceId().isPresent()) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "dropping column %s of %s with CASCADE is not supported: drop it first",
          Names.quoted(column.name()),
          Dropping.describe(table));
    }
    List<ColumnDefinition> kept =
        table.columns().stream().filter(other -> other.id() != column.id()).toList();
    Optional<PrimaryKey> key =
        table.primaryKey().filter(one -> !one.columnIds().contains(column.id()));
    return table
        .changed(kept, table.columnIdMax())
        .withPrimaryKey(key)
        .withIndexes(
            table.indexes().stream()
                .filter(index -> !index.usedColumnIds().contains(column.id()))
                .toList())
        .withForeignKeys(
            table.foreignKeys().stream()
                .filter(foreign -> !foreign.columnIds().contains(column.id()))
                .toList());
  }

  private static boolean reads(String sql, Pattern name, String cast) {
    return name.matcher(sql).find() || sql.contains(cast);
  }
}
