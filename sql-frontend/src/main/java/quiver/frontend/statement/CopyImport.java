package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.QuiverException.Field;
import quiver.common.error.SqlState;
import quiver.common.plan.PlanNode;
import quiver.common.plan.StatementPlan;
import quiver.execution.expression.CompiledExpression;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.expression.InputRows;
import quiver.frontend.copy.CopyReader;
import quiver.frontend.copy.CopyReader.RowContext;
import quiver.frontend.transaction.RowKey;
import quiver.frontend.transaction.UniqueKey;
import quiver.rpc.DataNodeService;
import quiver.rpc.DataNodeService.CommitRequest;
import quiver.rpc.DataNodeService.CommitResult;
import quiver.rpc.DataNodeService.KeyClaim;
import quiver.rpc.DataNodeService.TableWrite;

/// COPY FROM. Outside a transaction the rows go to the channel's owner as they come and count once
/// all of them are there; inside one they join its write set.
public final class CopyImport {
  /// Keys remembered to name the line of a duplicate inside the file; beyond, the owner finds it
  /// when the COPY ends.
  private static final int KEY_COUNT_MAX = 4_000_000;

  private final StatementServices services;
  private final QueryRunner runner;

  public CopyImport(StatementServices services) {
    this.services = services;
    this.runner = new QueryRunner(services);
  }

  /// Copies.
  ///
  /// @param data pieces of the stream; empty at its end
  /// @param streamed whether the COPY is a transaction of its own
  /// @return how many rows were written
  public long run(
      StatementPlan.CopyIn plan,
      StatementScope scope,
      Supplier<Optional<byte[]>> data,
      boolean streamed) {
    TableDefinition table =
        StatementTables.require(scope, plan.insert().tableId(), plan.insert().tableVersion());
    RowTarget target =
        streamed
                && table.foreignKeys().isEmpty()
                && table.indexes().stream().noneMatch(CopyImport::isCheckedLate)
            ? new Streamed(table, plan, scope)
            : new Buffered(new RowInserter(services, scope, plan.insert()), scope);
    Intake intake = new Intake(plan, scope, target);
    CopyReader reader =
        CopyReader.create(
            plan.options(),
            new CopyReader.Target(
                table.name(),
                plan.columns().stream().map(i -> table.columns().get(i).name()).toList()),
            plan.streamTypes(),
            scope.format().settings(),
            intake);
    try {
      for (Optional<byte[]> piece = data.get(); piece.isPresent(); piece = data.get()) {
        scope.cancel().check();
        reader.read(piece.get());
      }
      reader.finish();
      target.complete();
      return intake.count;
    } catch (RuntimeException e) {
      target.abandon();
      throw e;
    }
  }

  private static boolean isCheckedLate(IndexDefinition index) {
    return index.deferral().isDeferrable();
  }

  /// Where whole rows go.
  private interface RowTarget {
    void write(RowBatch rows, RowContext context);

    void complete();

    void abandon();
  }

  /// From rows of the stream to rows of the table: WHERE (over the stream's columns), assignments,
  /// defaults.
  private final class Intake implements CopyReader.BatchSink {
    private final List<List<CompiledExpression>> projections = new ArrayList<>();
    private final @Nullable CompiledExpression where;
    private final EvaluationScope evaluation;
    private final RowTarget target;
    private long count;

    Intake(StatementPlan.CopyIn plan, StatementScope scope, RowTarget target) {
      this.target = target;
      this.where = plan.where().map(runner::compile).orElse(null);
      this.evaluation = runner.evaluation(scope);
      PlanNode node = plan.insert().source();
      while (node instanceof PlanNode.Project project) {
        projections.addFirst(runner.compile(project.expressions()));
        node = project.input();
      }
      if (!(node instanceof PlanNode.Values)) {
        throw new IllegalStateException("COPY FROM over " + node.getClass().getSimpleName());
      }
    }

    @Override
    public void accept(RowBatch stream, RowContext context) {
      RowBatch rows = stream;
      RowContext origin = context;
      if (where != null) {
        int[] chosen = new int[rows.rowCount()];
        int chosenCount = where.selectTrue(InputRows.of(rows), evaluation, chosen);
        if (chosenCount < rows.rowCount()) {
          rows = rows.gather(chosen, 0, chosenCount);
          origin = row -> context.of(chosen[row]);
        }
      }
      for (List<CompiledExpression> projection : projections) {
        rows = RowEvaluation.evaluate(projection, rows, evaluation);
      }
      if (rows.rowCount() > 0) {
        target.write(rows, origin);
        count += rows.rowCount();
      }
    }
  }

  private static final class Buffered implements RowTarget {
    private final RowInserter inserter;

    Buffered(RowInserter inserter, StatementScope scope) {
      this.inserter = inserter;
      scope.transaction().noteWrite(scope.snapshot());
    }

    @Override
    public void write(RowBatch rows, RowContext context) {
      try {
        RowBatch written = inserter.write(rows).rows();
        assert written.rowCount() == rows.rowCount();
      } catch (QuiverException e) {
        throw e.field(Field.WHERE).isPresent()
            ? e
            : e.with(Field.WHERE, "COPY " + inserter.table().name());
      }
    }

    @Override
    public void complete() {
      inserter.complete();
    }

    @Override
    public void abandon() {}
  }

  private final class Streamed implements RowTarget {
    private final TableDefinition table;
    private final StatementScope scope;
    private final RowConstraints constraints;
    private final KeyLookup lookup;
    private final List<UniqueKey> uniques;
    private final DataNodeService owner;
    private final UUID id;
    private final List<Set<RowKey>> seen = new ArrayList<>();
    private int chunkCount;

    Streamed(TableDefinition table, StatementPlan.CopyIn plan, StatementScope scope) {
      this.table = table;
      this.scope = scope;
      this.constraints = new RowConstraints(table, plan.insert().checks(), runner, scope);
      this.lookup = new KeyLookup(services, scope, table);
      this.uniques = UniqueKeys.of(table, runner, scope);
      uniques.forEach(_ -> seen.add(new HashSet<>()));
      this.owner = services.cluster().owner(table.id());
      this.id = Committer.transactionId(services.random());
    }

    @Override
    public void write(RowBatch rows, RowContext context) {
      RowConstraints.Violation violation = constraints.find(rows);
      if (violation != null) {
        throw violation.error().with(Field.WHERE, context.of(violation.row()));
      }
      List<KeyClaim> claims = new ArrayList<>();
      for (int i = 0; i < uniques.size(); i++) {
        UniqueKey key = uniques.get(i);
        UniqueKey.Entries entries = key.reader().read(rows);
        requireNewKeys(key, entries, rows.rowCount(), seen.get(i), context);
        if (!key.primary()) {
          claims.add(new KeyClaim(key.indexId(), true, entries.hashes()));
        }
      }
      owner.stage(
          id,
          chunkCount++,
          new TableWrite(
              table.id(),
              table.version(),
              table.incarnation(),
              new long[0],
              Optional.of(rows),
              claims));
    }

    private void requireNewKeys(
        UniqueKey key,
        UniqueKey.Entries entries,
        int rowCount,
        Set<RowKey> before,
        RowContext context) {
      KeyLookup.Found committed = lookup.find(key, entries, rowCount, new long[0], false);
      @Nullable RowKey[] byRow = entries.byRow(rowCount);
      for (int row = 0; row < rowCount; row++) {
        RowKey value = byRow[row];
        if (value == null) {
          continue;
        }
        boolean isNew = before.add(value);
        if (!committed.isAbsent(row) || !isNew) {
          throw RowConstraints.duplicateKey(table, key, value.values(), scope.format())
              .with(Field.WHERE, context.of(row));
        }
        // The owner finds later duplicates of the primary key by itself.
        if (key.primary() && before.size() > KEY_COUNT_MAX) {
          before.remove(value);
        }
      }
    }

    @Override
    public void complete() {
      if (chunkCount == 0) {
        return;
      }
      CommitResult result =
          Committer.send(owner, new CommitRequest(id, scope.snapshot(), chunkCount, List.of()));
      switch (result) {
        case CommitResult.Committed ignored -> {}
        case CommitResult.Conflict _, CommitResult.KeyClaimed _ ->
            throw Committer.concurrentUpdate();
        case CommitResult.DuplicateKey duplicate ->
            throw RowConstraints.duplicateKey(
                    table, uniques.getFirst(), nullable(duplicate.key()), scope.format())
                .with(Field.WHERE, "COPY " + table.name());
        case CommitResult.AlreadyCommitted _ ->
            throw new IllegalStateException("a streamed COPY has no idempotency key");
        case CommitResult.StaleTable ignored ->
            throw new QuiverException(
                SqlState.SERIALIZATION_FAILURE,
                "could not serialize access due to concurrent change of the table");
      }
    }

    private static List<@Nullable Object> nullable(List<Object> values) {
      List<@Nullable Object> list = new ArrayList<>(values.size());
      list.addAll(values);
      return list;
    }

    @Override
    public void abandon() {
      if (chunkCount > 0) {
        owner.abandon(id);
      }
    }
  }
}
