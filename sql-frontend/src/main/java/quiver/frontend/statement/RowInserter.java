package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.column.RowAddress;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.StatementPlan;
import quiver.common.plan.StatementPlan.OnConflict;
import quiver.common.type.SqlType;
import quiver.common.value.DatumOrder;
import quiver.frontend.transaction.RowBatches;
import quiver.frontend.transaction.RowKey;
import quiver.frontend.transaction.TableWrites;
import quiver.rpc.QueryNodeService;

/// Puts the new rows of one INSERT into its transaction's write set, batch by batch: constraints,
/// key check, ON CONFLICT.
final class RowInserter {
  private final TableDefinition table;
  private final StatementScope scope;
  private final TableWrites writes;
  private final RowConstraints constraints;
  private final KeyLookup lookup;
  private final List<Integer> keyOrdinals;
  private final List<SqlType> types;
  private final Optional<OnConflict> onConflict;
  private final Set<RowKey> affected = new HashSet<>();
  private final @Nullable Conflicts conflicts;

  /// DO UPDATE, compiled.
  private record Conflicts(RowEvaluation newRow, @Nullable RowEvaluation condition) {}

  RowInserter(StatementServices services, StatementScope scope, StatementPlan.Insert plan) {
    this.table = StatementTables.require(scope, plan.tableId(), plan.tableVersion());
    this.scope = scope;
    this.writes = scope.transaction().writesTo(table);
    QueryRunner runner = new QueryRunner(services);
    this.constraints = new RowConstraints(table, plan.checks(), runner, scope);
    this.lookup = new KeyLookup(services, scope, table);
    this.keyOrdinals = table.keyOrdinals();
    this.types = table.columns().stream().map(column -> column.type()).toList();
    this.onConflict = plan.onConflict();
    this.conflicts =
        plan.onConflict().orElse(null) instanceof OnConflict.DoUpdate(var newRow, var condition)
            ? new Conflicts(
                new RowEvaluation(newRow, runner, scope),
                condition.map(one -> new RowEvaluation(one, runner, scope)).orElse(null))
            : null;
  }

  TableDefinition table() {
    return table;
  }

  /// Writes the rows.
  ///
  /// @param rows every column of the table
  /// @return the rows as they were written, in order
  RowBatch write(RowBatch rows) {
    constraints.check(rows);
    scope.transaction().reserve(rows);
    if (keyOrdinals.isEmpty()) {
      writes.insert(rows);
      return rows;
    }
    DatumOrder[] orders = RowKey.orders(rows, keyOrdinals);
    List<RowKey> keys = new ArrayList<>(rows.rowCount());
    for (int row = 0; row < rows.rowCount(); row++) {
      keys.add(RowKey.of(rows, row, keyOrdinals, orders));
    }
    long[] committed = lookup.find(rows, writes);
    if (conflicts != null) {
      return upsert(rows, keys, committed, conflicts);
    }
    return onConflict.isPresent()
        ? insertAbsent(rows, keys, committed)
        : insertAll(rows, keys, committed);
  }

  private RowBatch insertAll(RowBatch rows, List<RowKey> keys, long[] committed) {
    Set<RowKey> seen = new HashSet<>();
    for (int row = 0; row < keys.size(); row++) {
      RowKey key = keys.get(row);
      if (committed[row] != QueryNodeService.ABSENT
          || !seen.add(key)
          || writes.rowWithKey(key).isPresent()) {
        throw duplicate(key);
      }
    }
    writes.insert(rows);
    return rows;
  }

  private QuiverException duplicate(RowKey key) {
    return RowConstraints.duplicateKey(table, key.values(), scope.format());
  }

  private RowBatch insertAbsent(RowBatch rows, List<RowKey> keys, long[] committed) {
    Set<RowKey> seen = new HashSet<>();
    int[] absent = new int[rows.rowCount()];
    int count = 0;
    for (int row = 0; row < keys.size(); row++) {
      RowKey key = keys.get(row);
      if (committed[row] == QueryNodeService.ABSENT
          && seen.add(key)
          && writes.rowWithKey(key).isEmpty()) {
        absent[count++] = row;
      }
    }
    RowBatch inserted = count == rows.rowCount() ? rows : rows.gather(absent, 0, count);
    if (count > 0) {
      writes.insert(inserted);
    }
    return inserted;
  }

  private RowBatch upsert(RowBatch rows, List<RowKey> keys, long[] committed, Conflicts update) {
    int[] absent = new int[rows.rowCount()];
    int absentCount = 0;
    List<Integer> present = new ArrayList<>();
    List<RowBatch> existing = new ArrayList<>();
    List<Long> addresses = new ArrayList<>();
    for (int row = 0; row < keys.size(); row++) {
      RowKey key = keys.get(row);
      if (!affected.add(key)) {
        throw new QuiverException(
                SqlState.CARDINALITY_VIOLATION,
                "ON CONFLICT DO UPDATE command cannot affect row a second time")
            .withHint(
                "Ensure that no rows proposed for insertion within the same command have"
                    + " duplicate constrained values.");
      }
      Optional<Integer> own = writes.rowWithKey(key);
      if (own.isPresent()) {
        present.add(row);
        existing.add(writes.rowAt(own.get()));
        addresses.add(RowAddress.of(0, own.get()));
      } else if (committed[row] != QueryNodeService.ABSENT) {
        Optional<KeyLookup.FoundRow> found = lookup.read(key.values());
        if (found.isEmpty()) {
          throw new IllegalStateException("a key was found and its row was not");
        }
        present.add(row);
        existing.add(found.get().row());
        addresses.add(found.get().address());
      } else {
        absent[absentCount++] = row;
      }
    }
    RowBatch inserted = absentCount == rows.rowCount() ? rows : rows.gather(absent, 0, absentCount);
    if (absentCount > 0) {
      writes.insert(inserted);
    }
    if (present.isEmpty()) {
      return inserted;
    }
    RowBatch excluded =
        rows.gather(present.stream().mapToInt(Integer::intValue).toArray(), 0, present.size());
    Updated updated = update(RowBatches.concatenate(types, existing), excluded, addresses, update);
    return inOrder(rows.rowCount(), absent, absentCount, inserted, present, updated);
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
    RowBatch newRows = update.newRow().evaluate(chosen);
    constraints.check(newRows);
    scope.transaction().reserve(newRows);
    for (int i = 0; i < count; i++) {
      writes.delete(addresses.get(positions[i]));
    }
    if (count > 0) {
      requireKeysFree(chosen, newRows);
      writes.insert(newRows);
    }
    return new Updated(newRows, Arrays.copyOf(positions, count));
  }

  /// DO UPDATE may change the key itself: the new one must be free.
  private void requireKeysFree(RowBatch old, RowBatch rows) {
    DatumOrder[] orders = RowKey.orders(rows, keyOrdinals);
    boolean changed = false;
    Set<RowKey> seen = new HashSet<>();
    for (int row = 0; row < rows.rowCount(); row++) {
      RowKey key = RowKey.of(rows, row, keyOrdinals, orders);
      changed |= !key.equals(RowKey.of(old, row, keyOrdinals, orders));
      if (!seen.add(key) || writes.rowWithKey(key).isPresent()) {
        throw duplicate(key);
      }
    }
    if (changed) {
      long[] committed = lookup.find(rows, writes);
      for (int row = 0; row < committed.length; row++) {
        if (committed[row] != QueryNodeService.ABSENT) {
          throw duplicate(RowKey.of(rows, row, keyOrdinals, orders));
        }
      }
    }
  }

  /// Inserted and updated rows in the order the command gave them.
  private RowBatch inOrder(
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
    int count = 0;
    for (int source : from) {
      if (source >= 0) {
        order[count++] = source;
      }
    }
    return RowBatches.concatenate(types, List.of(inserted, updated.rows())).gather(order, 0, count);
  }
}
