package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.sql.SqlIdentifier;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.DdlCommand.NewForeignKey;
import quiver.common.catalog.DdlCommand.NewKey;
import quiver.common.catalog.DdlCommand.NewUnique;
import quiver.common.catalog.ForeignKey;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.planner.parser.node.Constraint;

/// UNIQUE and FOREIGN KEY constraints of a table.
final class TableKeys {
  private final RelationNames names;
  private final CatalogImage catalog;

  TableKeys(Binding binding) {
    this.names = new RelationNames(binding.context());
    this.catalog = binding.context().catalog();
  }

  static List<String> names(List<SqlIdentifier> columns) {
    return columns.stream().map(SqlIdentifier::getSimple).toList();
  }

  private static Optional<String> name(@Nullable SqlIdentifier name) {
    return name == null ? Optional.empty() : Optional.of(name.getSimple());
  }

  /// UNIQUE (columns).
  static NewUnique unique(Constraint constraint, Constraint.Unique unique, List<String> columns) {
    IndexOptionValues.checkKey(unique.options());
    if (unique.usingIndex() != null) {
      throw DefinitionBinder.unsupported("UNIQUE USING INDEX is");
    }
    return new NewUnique(
        name(constraint.name()),
        columns,
        names(unique.include()),
        unique.nullsNotDistinct(),
        constraint.deferral());
  }

  /// What is left when a constraint of the same columns is the primary key, or said twice.
  static List<NewUnique> without(List<NewUnique> uniques, Optional<NewKey> key) {
    List<NewUnique> kept = new ArrayList<>();
    for (NewUnique unique : uniques) {
      boolean isKey =
          unique.name().isEmpty()
              && unique.included().isEmpty()
              && key.filter(one ->
                      one.columns().equals(unique.columns()) && one.deferral() == unique.deferral())
                  .isPresent();
      if (!isKey && !kept.contains(unique)) {
        kept.add(unique);
      }
    }
    return kept;
  }

  /// FOREIGN KEY (columns) REFERENCES ….
  ///
  /// @param tableName of the table that has the constraint, which may refer to itself
  NewForeignKey foreignKey(
      Constraint constraint, Constraint.ForeignKey key, List<String> columns, String tableName) {
    boolean self = key.table().names.size() == 1 && key.table().getSimple().equals(tableName);
    return foreignKey(
        constraint,
        key,
        columns,
        self ? Optional.empty() : Optional.of(names.requireDefinedTable(key.table()).id()),
        true);
  }

  /// FOREIGN KEY of a table that is there.
  NewForeignKey foreignKey(
      Constraint constraint,
      Constraint.ForeignKey key,
      List<String> columns,
      TableDefinition table) {
    return foreignKey(
        constraint,
        key,
        columns,
        Optional.of(names.requireDefinedTable(key.table()).id()).filter(id -> id != table.id()),
        !constraint.notValid());
  }

  private static NewForeignKey foreignKey(
      Constraint constraint,
      Constraint.ForeignKey key,
      List<String> columns,
      Optional<Long> referencedTableId,
      boolean isValidated) {
    if (key.match() == Constraint.Match.PARTIAL) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED, "MATCH PARTIAL not yet implemented");
    }
    return new NewForeignKey(
        name(constraint.name()),
        columns,
        referencedTableId,
        names(key.referencedColumns()),
        key.match() == Constraint.Match.FULL,
        ForeignKey.Action.valueOf(key.onDelete().name()),
        ForeignKey.Action.valueOf(key.onUpdate().name()),
        names(key.setColumns()),
        constraint.deferral(),
        isValidated);
  }

  /// A foreign key that is to be made once more.
  ///
  /// @param columns of its table
  NewForeignKey again(ForeignKey key, List<ColumnDefinition> columns) {
    TableDefinition parent = catalog.table(key.referencedTableId()).orElseThrow();
    return new NewForeignKey(
        Optional.of(key.name()),
        names(key.columnIds(), columns),
        Optional.of(parent.id()),
        names(key.referencedColumnIds(), parent.columns()),
        key.matchFull(),
        key.onDelete(),
        key.onUpdate(),
        names(key.setColumnIds(), columns),
        key.deferral(),
        key.validated());
  }

  private static List<String> names(List<Integer> columnIds, List<ColumnDefinition> of) {
    return columnIds.stream()
        .map(id -> of.stream().filter(column -> column.id() == id).findFirst().orElseThrow().name())
        .toList();
  }
}
