package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.Deferral;
import quiver.common.catalog.DefinitionText;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.expression.InputRows;
import quiver.execution.indexkey.IndexKeys;
import quiver.frontend.transaction.UniqueKey;

/// The unique keys of a table, ready for one transaction.
final class UniqueKeys {
  private UniqueKeys() {}

  /// The primary key, if the table has one, then the unique indexes.
  static List<UniqueKey> of(TableDefinition table, QueryRunner runner, StatementScope scope) {
    List<UniqueKey> keys = new ArrayList<>();
    table.primaryKey().ifPresent(key -> keys.add(primary(table, key)));
    for (IndexDefinition index : table.indexes()) {
      if (index.unique() && !index.primary()) {
        keys.add(unique(table, index, runner, scope));
      }
    }
    return keys;
  }

  private static UniqueKey primary(TableDefinition table, TableDefinition.PrimaryKey key) {
    List<Integer> ordinals = table.keyOrdinals();
    List<ColumnDefinition> columns = ordinals.stream().map(table.columns()::get).toList();
    return new UniqueKey(
        table.primaryIndexId().orElseThrow(),
        true,
        key.name(),
        columns.stream()
            .map(column -> DefinitionText.identifier(column.name()))
            .collect(Collectors.joining(", ")),
        columns.stream().map(ColumnDefinition::type).toList(),
        table.indexes().stream()
            .filter(IndexDefinition::primary)
            .map(IndexDefinition::deferral)
            .findFirst()
            .orElse(Deferral.NOT_DEFERRABLE),
        rows -> {
          RowBatch keys =
              new RowBatch(rows.rowCount(), ordinals.stream().map(rows::column).toList());
          return new UniqueKey.Entries(keys, IntStream.range(0, rows.rowCount()).toArray());
        });
  }

  private static UniqueKey unique(
      TableDefinition table, IndexDefinition index, QueryRunner runner, StatementScope scope) {
    IndexKeys keys = new IndexKeys(index, table, runner.compiler());
    EvaluationScope evaluation = runner.evaluation(scope);
    return new UniqueKey(
        index.id(),
        false,
        index.name(),
        columns(table, index),
        index.keys().stream().map(key -> key.type(table)).toList(),
        index.deferral(),
        rows -> {
          IndexKeys.Entries entries = keys.of(InputRows.of(rows), evaluation);
          UniqueKey.Entries all =
              new UniqueKey.Entries(
                  new RowBatch(entries.rows().length, entries.keys()), entries.rows());
          return index.nullsNotDistinct() ? all : withoutNulls(all);
        });
  }

  private static UniqueKey.Entries withoutNulls(UniqueKey.Entries entries) {
    if (entries.keys().columns().stream().noneMatch(column -> column.nulls().any())) {
      return entries;
    }
    return entries.where(at -> {
      for (Column column : entries.keys().columns()) {
        if (column.isNull(at)) {
          return false;
        }
      }
      return true;
    });
  }

  static String columns(TableDefinition table, IndexDefinition index) {
    return IntStream.range(0, index.keys().size())
        .mapToObj(position -> DefinitionText.indexColumn(table, index, position, false))
        .collect(Collectors.joining(", "));
  }

  /// The index of the unique key with this id.
  static Optional<Integer> positionOf(List<UniqueKey> keys, long indexId) {
    for (int i = 0; i < keys.size(); i++) {
      if (keys.get(i).indexId() == indexId) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }
}
