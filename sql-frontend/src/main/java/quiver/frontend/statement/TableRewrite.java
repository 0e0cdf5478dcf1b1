package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.QuiverException.Field;
import quiver.common.error.SqlState;
import quiver.common.plan.StatementPlan;
import quiver.common.value.ByteWriter;
import quiver.common.value.Bytes;
import quiver.common.value.DatumCodec;
import quiver.common.value.DomainValues;
import quiver.execution.rows.HeapCopies;
import quiver.execution.source.BatchStream;
import quiver.frontend.transaction.RowKey;
import quiver.frontend.transaction.TableWrites;
import quiver.frontend.transaction.UniqueKey;
import quiver.rpc.RootCoordinatorService.SequenceRange;

/// What ALTER TABLE does with rows: looks at every one, and writes them anew where the change needs
/// it.
public final class TableRewrite {
  private final StatementServices services;
  private final QueryRunner runner;
  private final StatementPlan.AlterTable plan;

  public TableRewrite(StatementServices services, StatementPlan.AlterTable plan) {
    this.services = services;
    this.runner = new QueryRunner(services);
    this.plan = plan;
  }

  /// The definition with the values that rows older than its new columns have.
  public TableDefinition after(StatementScope scope) {
    TableDefinition after = plan.command().after();
    List<ColumnDefinition> columns = new ArrayList<>(after.columns());
    plan.missing()
        .forEach((ordinal, expression) -> {
          ColumnDefinition column = columns.get(ordinal);
          Object value = runner.value(expression, scope);
          if (value == null) {
            return;
          }
          ByteWriter out = new ByteWriter(32);
          DatumCodec.write(out, column.type(), value);
          columns.set(ordinal, column.withMissing(Optional.of(Bytes.of(out.toBytes()))));
        });
    return after
        .changed(columns, after.columnIdMax())
        .withVersion(after.version(), after.incarnation());
  }

  /// Looks at every row.
  ///
  /// @return the rows as they will be, if they are to be written anew
  /// @throws QuiverException `23502`, `23514`
  public List<RowBatch> check(StatementScope scope) {
    List<RowBatch> rewritten = new ArrayList<>();
    List<RowEvaluation> conditions = new ArrayList<>();
    for (StatementPlan.RowCheck check : plan.checks()) {
      conditions.add(new RowEvaluation(check.condition(), runner, scope));
    }
    try (BatchStream rows = runner.open(plan.rows().orElseThrow(), scope)) {
      for (Optional<RowBatch> batch = rows.next(); batch.isPresent(); batch = rows.next()) {
        scope.cancel().check();
        requireNotNull(batch.get());
        for (int i = 0; i < conditions.size(); i++) {
          LongColumn held = (LongColumn) conditions.get(i).evaluate(batch.get()).column(0);
          for (int row = 0; row < held.rowCount(); row++) {
            if (held.values()[row] == 0 && !held.isNull(row)) {
              throw violated(plan.checks().get(i));
            }
          }
        }
        if (plan.rewrite()) {
          scope.transaction().reserve(batch.get());
          rewritten.add(HeapCopies.of(batch.get()));
        }
      }
    }
    return rewritten;
  }

  private void requireNotNull(RowBatch rows) {
    TableDefinition after = plan.command().after();
    for (int ordinal : plan.notNull()) {
      ColumnDefinition column = after.columns().get(ordinal);
      if (plan.command().isSerial(column.id())) {
        continue;
      }
      if (rows.column(ordinal).nulls().any()) {
        throw new QuiverException(
                SqlState.NOT_NULL_VIOLATION,
                "column \"%s\" of relation \"%s\" contains null values",
                column.name(),
                after.name())
            .with(Field.SCHEMA, after.schema())
            .with(Field.TABLE, after.name())
            .with(Field.COLUMN, column.name());
      }
    }
  }

  private QuiverException violated(StatementPlan.RowCheck failed) {
    if (failed.kind() == StatementPlan.CheckKind.DOMAIN) {
      return DomainValues.violation(failed.domain(), failed.name());
    }
    String check = failed.name();
    TableDefinition after = plan.command().after();
    return new QuiverException(
            SqlState.CHECK_VIOLATION,
            "check constraint \"%s\" of relation \"%s\" is violated by some row",
            check,
            after.name())
        .with(Field.SCHEMA, after.schema())
        .with(Field.TABLE, after.name())
        .with(Field.CONSTRAINT, check);
  }

  /// Writes the rows to the table as the transaction has it now.
  ///
  /// @throws QuiverException `23505`
  public void write(List<RowBatch> rows, TableDefinition table, StatementScope scope) {
    TableWrites writes = StatementTables.writesTo(scope, table, runner);
    List<Set<RowKey>> seen = new ArrayList<>();
    writes.keys().forEach(_ -> seen.add(new HashSet<>()));
    for (RowBatch batch : rows) {
      RowBatch filled = filled(batch, table, scope);
      for (int i = 0; i < seen.size(); i++) {
        requireNew(table, writes.keys().get(i), filled, seen.get(i), scope);
      }
      long _ = writes.insert(filled);
    }
  }

  private static void requireNew(
      TableDefinition table, UniqueKey key, RowBatch rows, Set<RowKey> seen, StatementScope scope) {
    for (RowKey each : key.of(rows)) {
      if (each != null && !seen.add(each)) {
        String values = RowConstraints.shown(key.types(), each.values(), scope.format());
        throw new QuiverException(
                SqlState.UNIQUE_VIOLATION, "could not create unique index \"%s\"", key.name())
            .withDetail("Key (" + key.columns() + ")=(" + values + ") is duplicated.")
            .with(Field.SCHEMA, table.schema())
            .with(Field.TABLE, table.name())
            .with(Field.CONSTRAINT, key.name());
      }
    }
  }

  /// Columns that new sequences fill.
  private RowBatch filled(RowBatch rows, TableDefinition table, StatementScope scope) {
    List<Column> columns = new ArrayList<>(rows.columns());
    for (DdlCommand.NewSerial serial : plan.command().serials()) {
      int columnId = serial.columnId();
      int ordinal = table.ordinalOfId(columnId);
      if (plan.command().before().columnOfId(columnId).isPresent()) {
        continue;
      }
      ColumnDefinition column = table.columns().get(ordinal);
      SequenceDefinition sequence =
          scope.catalog().sequence(column.sequenceId().orElseThrow()).orElseThrow();
      long[] values = new long[rows.rowCount()];
      for (int at = 0; at < values.length; ) {
        SequenceRange range = services.root().nextSequenceValues(sequence, values.length - at);
        for (int i = 0; i < range.count(); i++) {
          values[at++] = range.first() + i * range.increment();
        }
      }
      columns.set(ordinal, new LongColumn(column.type(), rows.rowCount(), values, Nulls.NONE));
    }
    return new RowBatch(rows.rowCount(), columns);
  }
}
