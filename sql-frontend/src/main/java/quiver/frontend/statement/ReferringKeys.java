package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.ForeignKey;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.QuiverException.Field;
import quiver.common.error.SqlState;
import quiver.common.type.SqlType;
import quiver.frontend.transaction.RowKey;
import quiver.frontend.transaction.TableWrites;
import quiver.frontend.transaction.UniqueKey;

/// Looks whether the keys of rows that refer are there, for one foreign key.
///
/// What is found at the snapshot is claimed, so that of two transactions, one that refers to a row
/// and one that takes it away, the later is refused.
final class ReferringKeys {
  private final StatementServices services;
  private final StatementScope scope;
  private final TableDefinition table;
  private final ForeignKey key;
  private final TableDefinition parent;
  private final KeyConditions conditions;

  ReferringKeys(
      StatementServices services, StatementScope scope, TableDefinition table, ForeignKey key) {
    this.services = services;
    this.scope = scope;
    this.table = table;
    this.key = key;
    this.parent =
        scope
            .catalog()
            .table(key.referencedTableId())
            .orElseThrow(() -> new IllegalStateException("a foreign key refers to no table"));
    this.conditions = new KeyConditions(services, scope);
  }

  /// @param keys in the order of the foreign key's columns, without NULLs
  /// @param isLate whether rows may have gone since they were changed
  /// @throws QuiverException `23503`
  void require(RowBatch keys, boolean isLate) {
    if (keys.rowCount() == 0) {
      return;
    }
    for (int row : missing(keys)) {
      if (!isLate || conditions.hasRow(table, key.columnIds(), keys, row)) {
        throw missing(keys, row);
      }
    }
    scope.transaction().claim(parent, key.id(), false, claimed(key, table, parent, keys));
  }

  /// The rows whose keys the other table does not have.
  private int[] missing(RowBatch keys) {
    if (!isSameForm(key, table, parent)) {
      return IntStream.range(0, keys.rowCount())
          .filter(row -> !conditions.hasRow(parent, key.referencedColumnIds(), keys, row))
          .toArray();
    }
    QueryRunner runner = new QueryRunner(services);
    List<UniqueKey> uniques = UniqueKeys.of(parent, runner, scope);
    int position = UniqueKeys.positionOf(uniques, key.referencedIndexId()).orElseThrow();
    UniqueKey.Entries entries = inIndexOrder(key, parent, keys);
    Optional<TableWrites> writes = scope.transaction().writesTo(parent.id());
    long[] excluded = writes.map(TableWrites::deletedAddresses).orElse(new long[0]);
    KeyLookup.Found found =
        new KeyLookup(services, scope, parent)
            .find(uniques.get(position), entries, keys.rowCount(), excluded, false);
    @Nullable RowKey[] byRow = entries.byRow(keys.rowCount());
    return IntStream.range(0, keys.rowCount())
        .filter(row -> {
          RowKey value = byRow[row];
          boolean own =
              value != null
                  && writes.isPresent()
                  && writes.get().rowWithKey(position, value).isPresent();
          return found.isAbsent(row) && !own;
        })
        .toArray();
  }

  /// Keys, given in the order of the foreign key's columns, in that of the index's keys.
  static UniqueKey.Entries inIndexOrder(ForeignKey key, TableDefinition parent, RowBatch keys) {
    List<Integer> indexed =
        parent.indexes().stream()
            .filter(index -> index.id() == key.referencedIndexId())
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("a foreign key refers to no index"))
            .keyColumnIds();
    RowBatch ordered =
        new RowBatch(
            keys.rowCount(),
            indexed.stream()
                .map(columnId -> keys.column(key.referencedColumnIds().indexOf(columnId)))
                .toList());
    return new UniqueKey.Entries(ordered, IntStream.range(0, keys.rowCount()).toArray());
  }

  /// Whether values of both tables are stored alike.
  private static boolean isSameForm(ForeignKey key, TableDefinition table, TableDefinition parent) {
    for (int i = 0; i < key.columnIds().size(); i++) {
      SqlType own = table.columns().get(table.ordinalOfId(key.columnIds().get(i))).type();
      SqlType other =
          parent.columns().get(parent.ordinalOfId(key.referencedColumnIds().get(i))).type();
      if (!own.isStoredLike(other)) {
        return false;
      }
    }
    return true;
  }

  /// What stands for keys in claims. Where the tables store them differently, any key stands for
  /// all.
  static long[] claimed(
      ForeignKey key, TableDefinition table, TableDefinition parent, RowBatch keys) {
    return keys.rowCount() > 0 && !isSameForm(key, table, parent)
        ? new long[1]
        : new UniqueKey.Entries(keys, IntStream.range(0, keys.rowCount()).toArray()).hashes();
  }

  static QuiverException violation(TableDefinition table, ForeignKey key) {
    return new QuiverException(
            SqlState.FOREIGN_KEY_VIOLATION,
            "insert or update on table \"%s\" violates foreign key constraint \"%s\"",
            table.name(),
            key.name())
        .with(Field.SCHEMA, table.schema())
        .with(Field.TABLE, table.name())
        .with(Field.CONSTRAINT, key.name());
  }

  private QuiverException missing(RowBatch keys, int row) {
    List<String> names = new ArrayList<>();
    List<SqlType> types = new ArrayList<>();
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < key.columnIds().size(); i++) {
      names.add(table.columns().get(table.ordinalOfId(key.columnIds().get(i))).name());
      types.add(keys.column(i).type());
      values.add(keys.column(i).valueAt(row));
    }
    return violation(table, key)
        .withDetail(
            "Key ("
                + String.join(", ", names)
                + ")=("
                + RowConstraints.shown(types, values, scope.format())
                + ") is not present in table \""
                + parent.name()
                + "\".");
  }
}
