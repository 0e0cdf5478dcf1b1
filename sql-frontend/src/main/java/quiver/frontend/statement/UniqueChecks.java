package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.type.SqlType;
import quiver.execution.rows.HeapCopies;
import quiver.frontend.transaction.PendingChecks;
import quiver.frontend.transaction.RowKey;
import quiver.frontend.transaction.TableWrites;
import quiver.frontend.transaction.UniqueKey;

/// Looks whether the unique keys of new rows are free, for one statement.
final class UniqueChecks {
  private final TableDefinition table;
  private final StatementScope scope;
  private final TableWrites writes;
  private final KeyLookup lookup;
  private final StatementServices services;
  private final List<PendingChecks.Check> late = new ArrayList<>();

  UniqueChecks(
      StatementServices services, StatementScope scope, TableDefinition table, TableWrites writes) {
    this.services = services;
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
      if (key.deferral().isDeferrable()) {
        continue;
      }
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
      if (key.deferral().isDeferrable()) {
        continue;
      }
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

  /// As PostgreSQL reports a key that several rows have when it looks.
  static QuiverException duplicate(
      TableDefinition table, IndexDefinition index, RowBatch keys, int row, StatementScope scope) {
    List<SqlType> types = new ArrayList<>();
    List<@Nullable Object> values = new ArrayList<>();
    for (Column column : keys.columns()) {
      types.add(column.type());
      values.add(column.valueAt(row));
    }
    return RowConstraints.duplicateKey(
        table,
        index.name(),
        UniqueKeys.columns(table, index),
        RowConstraints.shown(types, values, scope.format()));
  }

  /// The id of the constraint an index belongs to; 0: none.
  static long constraintId(TableDefinition table, IndexDefinition index) {
    return index.primary()
        ? table.primaryKey().orElseThrow().id()
        : index.constraintId().orElse(0L);
  }

  /// Notes the keys of rows that are inserted. The owner of the channel checks primary keys itself.
  void claim(RowBatch rows) {
    for (UniqueKey key : keys()) {
      UniqueKey.Entries entries =
          key.primary() && !key.deferral().isDeferrable() ? null : key.reader().read(rows);
      if (entries != null && !key.primary()) {
        scope.transaction().claim(table, key.indexId(), true, entries.hashes());
      }
      if (entries != null && key.deferral().isDeferrable() && entries.rows().length > 0) {
        late.add(check(key, entries));
      }
    }
  }

  private PendingChecks.Check check(UniqueKey key, UniqueKey.Entries entries) {
    IndexDefinition index =
        table.indexes().stream().filter(one -> one.id() == key.indexId()).findFirst().orElseThrow();
    return new PendingChecks.Check(
        PendingChecks.Kind.UNIQUE,
        constraintId(table, index),
        table.id(),
        HeapCopies.of(entries.keys()));
  }

  /// All rows of the statement are there: keys that may be the same in between are looked at now,
  /// or when the transaction commits.
  void complete() {
    if (late.isEmpty()) {
      return;
    }
    PendingChecks pending = scope.transaction().pending();
    late.forEach(pending::add);
    Set<Long> now = new HashSet<>();
    for (IndexDefinition index : table.indexes()) {
      if (!pending.isDeferred(constraintId(table, index), index.deferral())) {
        now.add(constraintId(table, index));
      }
    }
    late.clear();
    new DeferredChecks(services, scope.next(scope.parameters())).run(pending.take(now));
  }
}
