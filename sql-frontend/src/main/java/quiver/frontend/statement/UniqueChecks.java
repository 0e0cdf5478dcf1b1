package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.frontend.transaction.RowKey;
import quiver.frontend.transaction.TableWrites;
import quiver.frontend.transaction.UniqueKey;

/// Looks whether the unique keys of new rows are free, for one statement.
final class UniqueChecks {
  private final TableDefinition table;
  private final StatementScope scope;
  private final TableWrites writes;
  private final KeyLookup lookup;

  UniqueChecks(
      StatementServices services, StatementScope scope, TableDefinition table, TableWrites writes) {
    this.table = table;
    this.scope = scope;
    this.writes = writes;
    this.lookup = new KeyLookup(services, scope, table);
  }

  /// The keys of some rows in one unique index, and the committed rows that have them.
  ///
  /// @param position in [TableWrites#keys]
  /// @param byRow null for rows without a key
  record Probe(int position, UniqueKey key, @Nullable RowKey[] byRow, KeyLookup.Found committed) {
    /// Whether another row, committed or of this transaction, has the key of a row.
    boolean isTaken(TableWrites writes, int row) {
      RowKey value = byRow[row];
      return value != null
          && (!committed.isAbsent(row) || writes.rowWithKey(position, value).isPresent());
    }
  }

  List<UniqueKey> keys() {
    return writes.keys();
  }

  /// Looks all keys of new rows up.
  ///
  /// @param withRows indexes (by id) of which the rows found are wanted
  List<Probe> probe(RowBatch rows, Set<Long> withRows) {
    List<Probe> probes = new ArrayList<>(keys().size());
    long[] excluded = writes.deletedAddresses();
    for (int i = 0; i < keys().size(); i++) {
      UniqueKey key = keys().get(i);
      UniqueKey.Entries entries = key.reader().read(rows);
      KeyLookup.Found found =
          lookup.find(key, entries, rows.rowCount(), excluded, withRows.contains(key.indexId()));
      probes.add(new Probe(i, key, entries.byRow(rows.rowCount()), found));
    }
    return probes;
  }

  /// Keys met before among the rows of one statement, by position of the unique key.
  List<Set<RowKey>> noneSeen() {
    List<Set<RowKey>> seen = new ArrayList<>();
    keys().forEach(_ -> seen.add(new HashSet<>()));
    return seen;
  }

  /// @throws QuiverException `23505` for the first row one of whose keys is taken
  void requireFree(RowBatch rows, List<Probe> probes, List<Set<RowKey>> seen) {
    for (int row = 0; row < rows.rowCount(); row++) {
      for (Probe probe : probes) {
        RowKey value = probe.byRow()[row];
        if (value != null
            && (probe.isTaken(writes, row) || !seen.get(probe.position()).add(value))) {
          throw duplicate(probe.key(), value);
        }
      }
    }
  }

  /// As above for rows that replace others, which are deleted already: keys that stay the same are
  /// free unless another new row has them too.
  void requireFree(RowBatch old, RowBatch rows, List<Set<RowKey>> seen) {
    long[] excluded = writes.deletedAddresses();
    List<Probe> probes = new ArrayList<>();
    for (int i = 0; i < keys().size(); i++) {
      UniqueKey key = keys().get(i);
      @Nullable RowKey[] before = key.of(old);
      UniqueKey.Entries entries = key.reader().read(rows);
      @Nullable RowKey[] after = entries.byRow(rows.rowCount());
      UniqueKey.Entries changed =
          entries.where(at -> {
            RowKey value = after[entries.rows()[at]];
            return value != null && !value.equals(before[entries.rows()[at]]);
          });
      probes.add(
          new Probe(i, key, after, lookup.find(key, changed, rows.rowCount(), excluded, false)));
    }
    requireFree(rows, probes, seen);
  }

  /// `23505`.
  QuiverException duplicate(UniqueKey key, RowKey value) {
    return RowConstraints.duplicateKey(table, key, value.values(), scope.format());
  }

  /// Notes the keys of rows that are inserted. The owner of the channel checks primary keys itself.
  void claim(RowBatch rows) {
    for (UniqueKey key : keys()) {
      if (!key.primary()) {
        scope.transaction().claim(table, key.indexId(), true, key.reader().read(rows).hashes());
      }
    }
  }
}
