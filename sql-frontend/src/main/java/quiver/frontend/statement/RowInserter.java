package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.RowAddress;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.StatementPlan;
import quiver.common.plan.StatementPlan.OnConflict;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.frontend.statement.UniqueChecks.Probe;
import quiver.frontend.transaction.RowBatches;
import quiver.frontend.transaction.RowKey;
import quiver.frontend.transaction.TableWrites;
import quiver.frontend.transaction.UniqueKey;

/// Puts the new rows of one INSERT into its transaction's write set, batch by batch: constraints,
/// key check, ON CONFLICT.
final class RowInserter {
  private final TableDefinition table;
  private final StatementScope scope;
  private final TableWrites writes;
  private final RowConstraints constraints;
  private final UniqueChecks uniques;
  private final ForeignKeyChecks foreignKeys;
  private final List<SqlType> types;
  private final Optional<OnConflict> onConflict;
  private final Set<Long> arbiterIds;
  private final List<Set<RowKey>> affected;
  private final @Nullable Conflicts conflicts;

  /// DO UPDATE, compiled.
  private record Conflicts(
      RowEvaluation newRow,
      @Nullable RowEvaluation condition,
      RowConstraints existing,
      RowConstraints constraints) {}

  RowInserter(StatementServices services, StatementScope scope, StatementPlan.Insert plan) {
    this.table = StatementTables.require(scope, plan.tableId(), plan.tableVersion());
    this.scope = scope;
    QueryRunner runner = new QueryRunner(services);
    this.writes = StatementTables.writesTo(scope, table, runner);
    this.constraints = new RowConstraints(table, plan.checks(), runner, scope);
    this.uniques = new UniqueChecks(services, scope, table, writes);
    this.affected = uniques.noneSeen();
    this.foreignKeys = new ForeignKeyChecks(services, scope, table);
    this.types = table.columns().stream().map(column -> column.type()).toList();
    this.onConflict = plan.onConflict();
    this.arbiterIds = Set.copyOf(onConflict.map(OnConflict::arbiters).orElse(List.of()));
    this.conflicts =
        plan.onConflict().orElse(null) instanceof OnConflict.DoUpdate update
            ? new Conflicts(
                new RowEvaluation(update.newRow(), runner, scope),
                update.condition().map(one -> new RowEvaluation(one, runner, scope)).orElse(null),
                new RowConstraints(table, update.existing(), runner, scope),
                new RowConstraints(table, update.checks(), runner, scope))
            : null;
  }

  TableDefinition table() {
    return table;
  }

  /// Rows that were written.
  ///
  /// @param xmax of each: not 0 if it was there before and has been updated; may be longer than
  ///   there are rows
  record Written(RowBatch rows, long[] xmax) {
    private static final long UPDATED = 1;

    private static Written inserted(RowBatch rows) {
      return new Written(rows, new long[rows.rowCount()]);
    }

    /// The rows with `xmax` as the last column.
    RowBatch withXmax() {
      List<Column> columns = new ArrayList<>(rows.columns());
      columns.add(new LongColumn(SqlType.of(BaseType.XID), rows.rowCount(), xmax, Nulls.NONE));
      return new RowBatch(rows.rowCount(), columns);
    }
  }

  /// Writes the rows.
  ///
  /// @param rows every column of the table
  /// @return the rows as they were written, in order
  Written write(RowBatch rows) {
    constraints.check(rows);
    scope.transaction().reserve(rows);
    if (uniques.keys().isEmpty()) {
      insert(rows);
      foreignKeys.inserted(rows);
      return Written.inserted(rows);
    }
    if (conflicts != null) {
      return upsert(rows, uniques.probe(rows, arbiterIds), conflicts);
    }
    List<Probe> probes = uniques.probe(rows, Set.of());
    if (onConflict.isPresent()) {
      return Written.inserted(insertAbsent(rows, probes));
    }
    uniques.requireFree(rows, probes, uniques.noneSeen());
    insert(rows);
    foreignKeys.inserted(rows);
    return Written.inserted(rows);
  }

  private void insert(RowBatch rows) {
    if (rows.rowCount() > 0) {
      uniques.claim(rows);
      writes.insert(rows);
    }
  }

  /// Checks what can be checked only when all rows are there.
  void complete() {
    uniques.complete();
    foreignKeys.run();
  }

  private boolean isArbiter(UniqueKey key) {
    return arbiterIds.isEmpty() || arbiterIds.contains(key.indexId());
  }

  private RowBatch insertAbsent(RowBatch rows, List<Probe> probes) {
    List<Set<RowKey>> seen = uniques.noneSeen();
    int[] absent = new int[rows.rowCount()];
    int count = 0;
    for (int row = 0; row < rows.rowCount(); row++) {
      if (conflict(probes, seen, row).isEmpty()) {
        accept(probes, seen, row);
        absent[count++] = row;
      }
    }
    RowBatch inserted = count == rows.rowCount() ? rows : rows.gather(absent, 0, count);
    insert(inserted);
    foreignKeys.inserted(inserted);
    return inserted;
  }

  /// The arbiter in which a row's key is taken.
  private Optional<Probe> conflict(List<Probe> probes, List<Set<RowKey>> seen, int row) {
    for (Probe probe : probes) {
      RowKey key = probe.byRow()[row];
      if (key != null
          && isArbiter(probe.key())
          && (probe.isTaken(writes, row) || seen.get(probe.position()).contains(key))) {
        return Optional.of(probe);
      }
    }
    return Optional.empty();
  }

  /// Takes the keys of a row that is inserted.
  private void accept(List<Probe> probes, List<Set<RowKey>> seen, int row) {
    for (Probe probe : probes) {
      RowKey key = probe.byRow()[row];
      if (key != null && (probe.isTaken(writes, row) || !seen.get(probe.position()).add(key))) {
        throw uniques.duplicate(probe.key(), key);
      }
    }
  }

  private Written upsert(RowBatch rows, List<Probe> probes, Conflicts update) {
    List<Set<RowKey>> seen = uniques.noneSeen();
    int[] absent = new int[rows.rowCount()];
    int absentCount = 0;
    List<Integer> present = new ArrayList<>();
    List<RowBatch> existing = new ArrayList<>();
    List<Long> addresses = new ArrayList<>();
    for (int row = 0; row < rows.rowCount(); row++) {
      Optional<Probe> taken = conflict(probes, seen, row);
      requireFirst(taken.map(List::of).orElse(probes), row);
      if (taken.isEmpty()) {
        accept(probes, seen, row);
        absent[absentCount++] = row;
        continue;
      }
      Probe probe = taken.get();
      RowKey key = Objects.requireNonNull(probe.byRow()[row]);
      present.add(row);
      Optional<Integer> own = writes.rowWithKey(probe.position(), key);
      if (own.isPresent()) {
        existing.add(writes.rowAt(own.get()));
        addresses.add(RowAddress.of(0, own.get()));
      } else {
        existing.add(probe.committed().row(row));
        addresses.add(probe.committed().addresses()[row]);
      }
    }
    RowBatch inserted = absentCount == rows.rowCount() ? rows : rows.gather(absent, 0, absentCount);
    insert(inserted);
    foreignKeys.inserted(inserted);
    if (present.isEmpty()) {
      return Written.inserted(inserted);
    }
    RowBatch excluded =
        rows.gather(present.stream().mapToInt(Integer::intValue).toArray(), 0, present.size());
    Updated updated = update(RowBatches.concatenate(types, existing), excluded, addresses, update);
    return inOrder(rows.rowCount(), absent, absentCount, inserted, present, updated);
  }

  /// No row may be inserted or updated twice by one command.
  private void requireFirst(List<Probe> probes, int row) {
    for (Probe probe : probes) {
      RowKey key = probe.byRow()[row];
      if (key != null && isArbiter(probe.key()) && !affected.get(probe.position()).add(key)) {
        throw new QuiverException(
                SqlState.CARDINALITY_VIOLATION,
                "ON CONFLICT DO UPDATE command cannot affect row a second time")
            .withHint(
                "Ensure that no rows proposed for insertion within the same command have"
                    + " duplicate constrained values.");
      }
    }
  }

  /// @param positions of the updated rows in the list of conflicts
  private record Updated(RowBatch rows, int[] positions) {}

  private Updated update(
      RowBatch existing, RowBatch excluded, List<Long> addresses, Conflicts update) {
    List<Column> both = new ArrayList<>(existing.columns());
    both.addAll(excluded.columns());
    RowBatch input = new RowBatch(existing.rowCount(), both);
    int[] positions = new int[input.rowCount()];
    int count = 0;
    if (update.condition() == null) {
      for (int i = 0; i < positions.length; i++) {
        positions[count++] = i;
      }
    } else {
      LongColumn truth = (LongColumn) update.condition().evaluate(input).column(0);
      for (int i = 0; i < input.rowCount(); i++) {
        if (truth.values()[i] != 0 && !truth.isNull(i)) {
          positions[count++] = i;
        }
      }
    }
    RowBatch chosen = count == input.rowCount() ? input : input.gather(positions, 0, count);
    update.existing().checkExisting(existingOf(chosen));
    RowBatch newRows = update.newRow().evaluate(chosen);
    update.constraints().check(newRows);
    scope.transaction().reserve(newRows);
    for (int i = 0; i < count; i++) {
      writes.delete(addresses.get(positions[i]));
    }
    if (count > 0) {
      uniques.requireFree(chosen, newRows, uniques.noneSeen());
      insert(newRows);
      foreignKeys.updated(existingOf(chosen), newRows);
    }
    return new Updated(newRows, Arrays.copyOf(positions, count));
  }

  /// The first half of existing and excluded columns.
  private RowBatch existingOf(RowBatch both) {
    return new RowBatch(both.rowCount(), both.columns().subList(0, types.size()));
  }

  /// Inserted and updated rows in the order the command gave them.
  private Written inOrder(
      int rowCount,
      int[] absent,
      int absentCount,
      RowBatch inserted,
      List<Integer> present,
      Updated updated) {
    int[] from = new int[rowCount];
    Arrays.fill(from, -1);
    for (int i = 0; i < absentCount; i++) {
      from[absent[i]] = i;
    }
    for (int i = 0; i < updated.positions().length; i++) {
      from[present.get(updated.positions()[i])] = absentCount + i;
    }
    int[] order = new int[rowCount];
    long[] updatedBy = new long[rowCount];
    int count = 0;
    for (int source : from) {
      if (source >= 0) {
        updatedBy[count] = source < absentCount ? 0 : Written.UPDATED;
        order[count++] = source;
      }
    }
    RowBatch rows =
        RowBatches.concatenate(types, List.of(inserted, updated.rows())).gather(order, 0, count);
    return new Written(rows, updatedBy);
  }
}
