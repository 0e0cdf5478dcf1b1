package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.RowBatch;
import quiver.common.plan.StatementPlan;
import quiver.execution.rows.HeapCopies;
import quiver.execution.source.BatchStream;
import quiver.frontend.transaction.RowKey;
import quiver.frontend.transaction.TableWrites;
import quiver.frontend.transaction.UniqueKey;

/// INSERT, UPDATE and DELETE: from the plan's rows to the transaction's write set. Stateless.
public final class Modification {
  private final StatementServices services;
  private final QueryRunner runner;

  public Modification(StatementServices services) {
    this.services = services;
    this.runner = new QueryRunner(services);
  }

  /// Inserts; afterwards the transaction has the rows.
  public ModifyResult insert(StatementPlan.Insert plan, StatementScope scope) {
    RowInserter inserter = new RowInserter(services, scope, plan);
    scope.transaction().noteWrite(scope.snapshot());
    Returning returning = new Returning(plan.returning(), runner, scope);
    long rowCount = 0;
    try (BatchStream source = runner.open(plan.source(), scope)) {
      for (Optional<RowBatch> batch = source.next(); batch.isPresent(); batch = source.next()) {
        scope.cancel().check();
        RowInserter.Written written = inserter.write(batch.get());
        rowCount += written.rows().rowCount();
        returning.add(written.withXmax());
      }
    }
    inserter.complete();
    return new ModifyResult(rowCount, returning.rows());
  }

  /// Updates. Keys are checked after all old versions are gone, so that a statement may move keys
  /// among its own rows.
  public ModifyResult update(StatementPlan.Update plan, StatementScope scope) {
    TableDefinition table = StatementTables.require(scope, plan.tableId(), plan.tableVersion());
    scope.transaction().noteWrite(scope.snapshot());
    int columnCount = table.columns().size();
    RowConstraints constraints = new RowConstraints(table, plan.checks(), runner, scope);
    RowConstraints existing = new RowConstraints(table, plan.existing(), runner, scope);
    Returning returning = new Returning(plan.returning(), runner, scope);
    TableWrites writes = StatementTables.writesTo(scope, table, runner);
    List<RowBatch> oldRows = new ArrayList<>();
    List<RowBatch> newRows = new ArrayList<>();
    Set<Long> addresses = new HashSet<>();
    List<Long> inOrder = new ArrayList<>();
    try (BatchStream source = runner.open(plan.source(), scope)) {
      for (Optional<RowBatch> batch = source.next(); batch.isPresent(); batch = source.next()) {
        scope.cancel().check();
        // They are written when the segments they come from may be closed.
        RowBatch rows =
            HeapCopies.of(firstOfEach(batch.get(), columnCount, writes, addresses, inOrder));
        if (rows.rowCount() > 0) {
          RowBatch changed =
              new RowBatch(
                  rows.rowCount(), rows.columns().subList(columnCount + 1, 2 * columnCount + 1));
          RowBatch old = new RowBatch(rows.rowCount(), rows.columns().subList(0, columnCount));
          existing.checkExisting(old);
          constraints.check(changed);
          scope.transaction().reserve(changed);
          oldRows.add(old);
          newRows.add(changed);
          returning.add(rows);
        }
      }
    }
    inOrder.forEach(writes::delete);
    UniqueChecks uniques = new UniqueChecks(services, scope, table, writes);
    List<Set<RowKey>> seen = uniques.noneSeen();
    for (int i = 0; i < newRows.size(); i++) {
      uniques.requireFree(oldRows.get(i), newRows.get(i), seen);
    }
    newRows.forEach(uniques::claim);
    newRows.forEach(writes::insert);
    uniques.complete();
    ForeignKeyChecks foreignKeys = new ForeignKeyChecks(services, scope, table);
    for (int i = 0; i < newRows.size(); i++) {
      foreignKeys.updated(oldRows.get(i), newRows.get(i));
    }
    foreignKeys.run();
    return new ModifyResult(inOrder.size(), returning.rows());
  }

  /// Deletes.
  public ModifyResult delete(StatementPlan.Delete plan, StatementScope scope) {
    TableDefinition table = StatementTables.require(scope, plan.tableId(), plan.tableVersion());
    scope.transaction().noteWrite(scope.snapshot());
    Returning returning = new Returning(plan.returning(), runner, scope);
    RowConstraints existing = new RowConstraints(table, plan.existing(), runner, scope);
    TableWrites writes = StatementTables.writesTo(scope, table, runner);
    ForeignKeyChecks foreignKeys = new ForeignKeyChecks(services, scope, table);
    Set<Long> addresses = new HashSet<>();
    List<Long> inOrder = new ArrayList<>();
    try (BatchStream source = runner.open(plan.source(), scope)) {
      for (Optional<RowBatch> batch = source.next(); batch.isPresent(); batch = source.next()) {
        scope.cancel().check();
        RowBatch rows =
            HeapCopies.of(
                firstOfEach(batch.get(), table.columns().size(), writes, addresses, inOrder));
        existing.checkExisting(
            new RowBatch(rows.rowCount(), rows.columns().subList(0, table.columns().size())));
        foreignKeys.deleted(rows);
        returning.add(rows);
      }
    }
    inOrder.forEach(writes::delete);
    foreignKeys.run();
    return new ModifyResult(inOrder.size(), returning.rows());
  }

  /// The rows whose address was not met before: a join may give a row several times, and the first
  /// one counts. Rows another step of the statement has changed are left alone.
  private static RowBatch firstOfEach(
      RowBatch rows,
      int addressColumn,
      TableWrites writes,
      Set<Long> addresses,
      List<Long> inOrder) {
    int[] chosen = new int[rows.rowCount()];
    int count = 0;
    for (int row = 0; row < rows.rowCount(); row++) {
      var address = KeyLookup.addressAt(rows, addressColumn, row);
      if (address.isPresent()
          && !writes.isDeleted(address.getAsLong())
          && addresses.add(address.getAsLong())) {
        inOrder.add(address.getAsLong());
        chosen[count++] = row;
      }
    }
    return count == rows.rowCount() ? rows : rows.gather(chosen, 0, count);
  }

  /// What is unique in a table.
  public List<UniqueKey> uniqueKeys(TableDefinition table, StatementScope scope) {
    return UniqueKeys.of(table, runner, scope);
  }
}
