package quiver.frontend.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.CopyOptions;
import quiver.common.plan.PlanNode;
import quiver.common.plan.RowValues;
import quiver.common.plan.SessionCommand;
import quiver.common.plan.StatementPlan;
import quiver.common.plan.StatementPlan.OutputColumn;
import quiver.execution.rows.HeapCopies;
import quiver.execution.runtime.PlanInputs;
import quiver.execution.runtime.SharedRows;
import quiver.execution.runtime.StatisticsCollector;
import quiver.execution.source.BatchStream;
import quiver.frontend.statement.ConstraintValidation;
import quiver.frontend.statement.CopyExport;
import quiver.frontend.statement.CopyImport;
import quiver.frontend.statement.Explanation;
import quiver.frontend.statement.ListIndexSample;
import quiver.frontend.statement.Modification;
import quiver.frontend.statement.ModifyResult;
import quiver.frontend.statement.QueryRunner;
import quiver.frontend.statement.StatementScope;
import quiver.frontend.statement.TableRewrite;
import quiver.frontend.transaction.PendingChecks;
import quiver.frontend.transaction.Transaction;
import quiver.frontend.transaction.UniqueKey;
import quiver.rpc.ClusterService.SegmentStatus;
import quiver.rpc.RootCoordinatorService;
import quiver.rpc.RootCoordinatorService.DdlResult;

/// Runs plans for one session. Used by the session's thread only.
final class StatementRunner {
  private final SessionServices services;
  private final Session session;
  private final SessionCommands commands;
  private final QueryRunner queries;
  private final Modification modification;
  private final SchemaChanger schemaChanger;

  StatementRunner(SessionServices services, Session session, SessionCommands commands) {
    this.services = services;
    this.session = session;
    this.commands = commands;
    this.queries = new QueryRunner(services.statements());
    this.modification = new Modification(services.statements());
    this.schemaChanger = new SchemaChanger(services.statements().root());
  }

  private static boolean locksRows(PlanNode node) {
    return node instanceof PlanNode.LockRows
        || PlanInputs.of(node).stream().anyMatch(StatementRunner::locksRows);
  }

  /// Begins to run a plan.
  ///
  /// @param parameters the client's, then the plan's constants
  StatementResult run(StatementPlan plan, @Nullable Object[] parameters) {
    requireWritable(plan);
    return switch (plan) {
      case StatementPlan.Query query ->
          rows(
              query,
              locksRows(query.root())
                  ? session.scope(parameters, Optional.empty())
                  : session.readScope(query, parameters));
      case StatementPlan.Insert insert ->
          modify(insert, session.scope(parameters, Optional.empty()));
      case StatementPlan.Update update ->
          modify(update, session.scope(parameters, Optional.empty()));
      case StatementPlan.Delete delete ->
          modify(delete, session.scope(parameters, Optional.empty()));
      case StatementPlan.Merge merge -> merge(merge, session.scope(parameters, Optional.empty()));
      case StatementPlan.Modifying modifying ->
          run(modifying, session.scope(parameters, Optional.empty()));
      case StatementPlan.Ddl ddl -> {
        define(ddl.command(), ddl.tag());
        yield StatementResult.done(ddl.tag());
      }
      case StatementPlan.AlterTable alter -> alterTable(alter);
      case StatementPlan.CreateTableAs create -> createTableAs(create, parameters);
      case StatementPlan.Explain explain -> explain(explain, parameters);
      case StatementPlan.CopyIn copy -> copyIn(copy);
      case StatementPlan.CopyOut copy -> copyOut(copy, parameters);
      case StatementPlan.Session(SessionCommand.DeclareCursor declare, var _, var types) ->
          commands.declare(declare, types, parameters);
      case StatementPlan.Session(SessionCommand command, var output, var types) ->
          commands.run(command, output);
    };
  }

  private StatementResult rows(StatementPlan.Query query, StatementScope scope) {
    return new StatementResult(
        true, query.output(), queries.open(query.root(), scope), count -> "SELECT " + count);
  }

  private StatementResult modify(StatementPlan plan, StatementScope scope) {
    ModifyResult result = modified(plan, scope);
    String tag =
        switch (plan) {
          case StatementPlan.Insert _ -> "INSERT 0 ";
          case StatementPlan.Update _ -> "UPDATE ";
          default -> "DELETE ";
        };
    String complete = tag + result.rowCount();
    return plan.output().isEmpty()
        ? StatementResult.done(complete)
        : StatementResult.rows(plan.output(), result.returning(), count -> complete);
  }

  private ModifyResult modified(StatementPlan plan, StatementScope scope) {
    return switch (plan) {
      case StatementPlan.Insert insert -> modification.insert(insert, scope);
      case StatementPlan.Update update -> modification.update(update, scope);
      case StatementPlan.Delete delete -> modification.delete(delete, scope);
      default -> throw new IllegalStateException("not a modification");
    };
  }

  /// The steps of a WITH clause that changes rows, then the statement itself, all in one scope.
  private StatementResult run(StatementPlan.Modifying modifying, StatementScope scope) {
    runSteps(modifying, scope);
    return switch (modifying.body()) {
      case StatementPlan.Query query -> rows(query, scope);
      case StatementPlan.Merge merge -> merge(merge, scope);
      case StatementPlan body -> modify(body, scope);
    };
  }

  private StatementResult merge(StatementPlan.Merge merge, StatementScope scope) {
    List<RowBatch> rows = collected(merge.rows(), scope);
    requireOnceEach(rows);
    scope.share(new SharedRows(merge.rowsId(), () -> rows));
    long count = 0;
    // What goes away first makes room for what comes.
    for (int pass = 0; pass < 3; pass++) {
      for (StatementPlan clause : merge.clauses()) {
        int order =
            clause instanceof StatementPlan.Delete
                ? 0
                : clause instanceof StatementPlan.Update ? 1 : 2;
        if (order == pass) {
          count += modified(clause, scope).rowCount();
        }
      }
    }
    return StatementResult.done("MERGE " + count);
  }

  private static void requireOnceEach(List<RowBatch> rows) {
    Set<Long> seen = new HashSet<>();
    for (RowBatch batch : rows) {
      for (int row = 0; row < batch.rowCount(); row++) {
        if (batch.column(1).valueAt(row) instanceof Long address && !seen.add(address)) {
          throw new QuiverException(
                  SqlState.CARDINALITY_VIOLATION, "MERGE command cannot affect row a second time")
              .withHint("Ensure that not more than one source row matches any one target row.");
        }
      }
    }
  }

  private void runSteps(StatementPlan.Modifying modifying, StatementScope scope) {
    for (StatementPlan.Step step : modifying.steps()) {
      if (step.statement() instanceof StatementPlan.Query query) {
        scope.share(new SharedRows(step.id(), () -> collected(query, scope)));
      } else {
        List<RowBatch> returned = modified(step.statement(), scope).returning();
        scope.share(new SharedRows(step.id(), () -> returned));
      }
    }
  }

  private List<RowBatch> collected(StatementPlan.Query query, StatementScope scope) {
    List<RowBatch> batches = new ArrayList<>();
    try (BatchStream rows = queries.open(query.root(), scope)) {
      for (Optional<RowBatch> next = rows.next(); next.isPresent(); next = rows.next()) {
        session.running().cancelSwitch().check();
        batches.add(HeapCopies.of(next.get()));
      }
    }
    return batches;
  }

  private void requireWritable(StatementPlan plan) {
    if (!session.transaction().current().isReadOnly()) {
      return;
    }
    String command =
        switch (plan) {
          case StatementPlan.Insert insert -> isTemporary(insert.tableId()) ? "" : "INSERT";
          case StatementPlan.Update update -> isTemporary(update.tableId()) ? "" : "UPDATE";
          case StatementPlan.Delete delete -> isTemporary(delete.tableId()) ? "" : "DELETE";
          case StatementPlan.Merge ignored -> "MERGE";
          case StatementPlan.Modifying modifying -> {
            modifying.steps().forEach(step -> requireWritable(step.statement()));
            requireWritable(modifying.body());
            yield "";
          }
          case StatementPlan.Ddl ddl -> ddl.tag();
          case StatementPlan.AlterTable alter -> alter.tag();
          case StatementPlan.CreateTableAs create -> create.tag();
          case StatementPlan.CopyIn copy -> isTemporary(copy.insert().tableId()) ? "" : "COPY FROM";
          case StatementPlan.Explain explain -> {
            if (explain.options().analyze()) {
              requireWritable(explain.statement());
            }
            yield "";
          }
          case StatementPlan.Query ignored -> "";
          case StatementPlan.CopyOut copy -> {
            requireWritable(copy.source());
            yield "";
          }
          case StatementPlan.Session ignored -> "";
        };
    if (!command.isEmpty()) {
      throw new QuiverException(
          SqlState.READ_ONLY_SQL_TRANSACTION,
          "cannot execute %s in a read-only transaction",
          command);
    }
  }

  /// Rows that go with the session may be changed even where nothing may.
  private boolean isTemporary(long tableId) {
    return session.catalog().table(tableId).flatMap(TableDefinition::temporary).isPresent();
  }

  /// @return whether anything was changed
  private boolean define(DdlCommand command, String tag) {
    requireNoBlock(command, tag);
    if (command instanceof DdlCommand.Reindex) {
      session.forbidReplay();
    }
    CatalogImage before = session.catalog();
    session
        .temporary()
        .schemaFor(command, before)
        .ifPresent(schema -> {
          var _ = decide(schema);
        });
    DdlResult result = decide(Passwords.hidden(command, services, session));
    requireNothingPending(before, tag);
    validate(before);
    for (RootCoordinatorService.Notice notice : result.notices()) {
      session.send(Notice.of(notice.sqlState(), notice.message()).withDetail(notice.detail()));
    }
    if (command instanceof DdlCommand.ReplaceSequence || command instanceof DdlCommand.Truncate) {
      session.sequences().forgetCached();
    }
    if (result.changed() && ListIndexSample.isNeeded(command)) {
      adviseAboutLists(before);
    }
    return result.changed();
  }

  /// Keeps what ANALYZE has found until COMMIT.
  void define(DdlCommand.StoreStatistics command) {
    boolean _ = define(command, "ANALYZE");
  }

  /// pgvector's notice about lists without vectors to learn from.
  private void adviseAboutLists(CatalogImage before) {
    CatalogImage after = session.catalog();
    StatementScope scope = session.scope(new Object[0], Optional.empty());
    for (TableDefinition table : after.tables()) {
      TableDefinition old = before.table(table.id()).orElse(table);
      for (IndexDefinition index : table.indexes()) {
        if (old.indexes().stream().noneMatch(one -> one.id() == index.id())
            && new ListIndexSample(services.statements(), scope).isSmall(table, index)) {
          session.send(
              Notice.notice("00000", "ivfflat index created with little data")
                  .withDetail(Optional.of("This will cause low recall."))
                  .withHint("Drop the index until the table has more data."));
        }
      }
    }
  }

  /// DISCARD TEMP.
  void dropTemporaryObjects() {
    session
        .temporary()
        .dropping()
        .ifPresent(command -> {
          var _ = decide(command);
        });
  }

  private DdlResult decide(DdlCommand command) {
    DdlResult result =
        schemaChanger.execute(
            session.inOwnName(command),
            session.transaction().current(),
            this::uniqueKeys,
            session.running().cancelSwitch()::check);
    session.renewDefinitions();
    return result;
  }

  /// Tables stay as they are while keys of their rows wait to be checked.
  private void requireNothingPending(CatalogImage before, String tag) {
    PendingChecks pending = session.transaction().current().pending();
    if (pending.isEmpty()) {
      return;
    }
    CatalogImage after = session.catalog();
    for (TableDefinition table : before.tables()) {
      boolean isChanged =
          after
              .table(table.id())
              .filter(now -> now.withVersion(table.version(), now.incarnation()).equals(table))
              .isEmpty();
      if (isChanged && pending.concerns(table.id())) {
        throw new QuiverException(
            SqlState.OBJECT_IN_USE,
            "cannot %s \"%s\" because it has pending trigger events",
            tag.equals("TRUNCATE TABLE") ? "TRUNCATE" : tag,
            table.name());
      }
    }
  }

  /// Holds rows against constraints that a command has added.
  private void validate(CatalogImage before) {
    CatalogImage after = session.catalog();
    if (ConstraintValidation.isNeeded(before, after)) {
      StatementScope scope = session.scope(new Object[0], Optional.empty());
      session
          .transaction()
          .current()
          .requireUnchanged(
              new ConstraintValidation(services.statements(), scope).run(before, after));
    }
  }

  private void requireNoBlock(DdlCommand command, String tag) {
    boolean concurrently =
        switch (command) {
          case DdlCommand.CreateIndex create -> create.concurrently();
          case DdlCommand.Reindex reindex -> reindex.concurrently();
          default -> false;
        };
    if (concurrently && session.transaction().inBlock()) {
      throw new QuiverException(
          SqlState.ACTIVE_SQL_TRANSACTION,
          "%s CONCURRENTLY cannot run inside a transaction block",
          tag);
    }
  }

  private StatementResult alterTable(StatementPlan.AlterTable alter) {
    for (String notice : alter.notices()) {
      session.send(Notice.notice("42701", notice));
    }
    Transaction transaction = session.transaction().current();
    StatementScope before = session.scope(new Object[0], Optional.empty());
    TableRewrite rewrite = new TableRewrite(services.statements(), alter);
    TableDefinition after = rewrite.after(before);
    List<RowBatch> rows = alter.rows().isPresent() ? rewrite.check(before) : List.of();
    boolean _ = define(alter.command().with(after), alter.tag());
    if (alter.rows().isPresent()) {
      transaction.relyOnUnchanged(after.id(), before.snapshot());
    }
    if (alter.rewrite()) {
      transaction.noteWrite(before.snapshot());
      StatementScope scope = session.scope(new Object[0], Optional.empty());
      rewrite.write(rows, session.catalog().table(after.id()).orElseThrow(), scope);
    }
    return StatementResult.done(alter.tag());
  }

  private List<UniqueKey> uniqueKeys(TableDefinition table) {
    return modification.uniqueKeys(table, session.scope(new Object[0], Optional.empty()));
  }

  private StatementResult createTableAs(
      StatementPlan.CreateTableAs create, @Nullable Object[] parameters) {
    boolean created = define(create.command(), create.tag());
    if (!created || !create.withData()) {
      return StatementResult.done(create.tag());
    }
    CatalogImage catalog = session.catalog();
    TableDefinition table =
        catalog
            .table(create.table().schema(), create.table().name())
            .orElseThrow(() -> new IllegalStateException("the table just created is not there"));
    StatementPlan.Insert insert =
        new StatementPlan.Insert(
            table.id(),
            table.version(),
            create.query().root(),
            List.of(),
            Optional.empty(),
            RowValues.none(),
            List.of(),
            create.query().parameterTypes());
    ModifyResult result = modification.insert(insert, session.scope(parameters, Optional.empty()));
    return StatementResult.done(
        create.command() instanceof DdlCommand.RefreshView
            ? create.tag()
            : "SELECT " + result.rowCount());
  }

  private StatementResult explain(StatementPlan.Explain explain, @Nullable Object[] parameters) {
    Optional<SessionCommands.Executed> executed = commands.executed(explain.statement());
    if (executed.isPresent()) {
      StatementPlan plan = executed.get().plan();
      return explain(
          new StatementPlan.Explain(plan, explain.options(), explain.output()),
          executed.get().parameters());
    }
    Explanation explanation =
        new Explanation(
            explain, session.catalog(), parameters, session.format(), surroundings(explain));
    if (!explain.options().analyze()) {
      return StatementResult.rows(explain.output(), explanation.rows(), count -> "EXPLAIN");
    }
    StatisticsCollector collector = new StatisticsCollector();
    long begin = services.nanoTime().getAsLong();
    StatementScope scope = session.scope(parameters, Optional.of(collector));
    switch (explain.statement()) {
      case StatementPlan.Query query -> {
        try (BatchStream rows = queries.open(query.root(), scope)) {
          while (rows.next().isPresent()) {
            session.running().cancelSwitch().check();
          }
        }
      }
      case StatementPlan.Insert insert -> modification.insert(insert, scope);
      case StatementPlan.Update update -> modification.update(update, scope);
      case StatementPlan.Delete delete -> modification.delete(delete, scope);
      case StatementPlan.Merge merge -> merge(merge, scope).close();
      case StatementPlan.Modifying modifying -> {
        try (StatementResult result = run(modifying, scope)) {
          result.skip(Long.MAX_VALUE);
        }
      }
      case StatementPlan other ->
          throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED,
              "EXPLAIN ANALYZE of %s is not supported",
              other.getClass().getSimpleName());
    }
    return StatementResult.rows(
        explain.output(),
        explanation.rows(collector, services.nanoTime().getAsLong() - begin),
        count -> "EXPLAIN");
  }

  private Explanation.Surroundings surroundings(StatementPlan.Explain explain) {
    Map<Long, Long> rowCounts = new HashMap<>();
    if (explain.options().costs()) {
      for (SegmentStatus segment : services.statements().cluster().segments()) {
        rowCounts.merge(segment.tableId(), segment.rowCount() - segment.deletedCount(), Long::sum);
      }
    }
    return new Explanation.Surroundings(
        table -> rowCounts.getOrDefault(table, 0L),
        explain.options().settings() ? session.variables().changedForPlans() : Map.of(),
        session.planningNanos());
  }

  private StatementResult copyIn(StatementPlan.CopyIn copy) {
    session.forbidReplay();
    Client client = session.client();
    boolean binary = copy.options().format() == CopyOptions.Format.BINARY;
    client.copyInResponse(binary, copy.columns().size());
    long count =
        new CopyImport(services.statements())
            .run(
                copy,
                session.scope(new Object[0], Optional.empty()),
                client::nextCopyData,
                !session.transaction().inBlock()
                    && session
                        .catalog()
                        .table(copy.insert().tableId())
                        .flatMap(TableDefinition::temporary)
                        .filter(commit -> commit == TableDefinition.OnCommit.DELETE_ROWS)
                        .isEmpty()
                    && !session.transaction().current().hasWrites()
                    && session.transaction().current().definitions().isEmpty()
                    && session.transaction().current().key().isEmpty());
    return StatementResult.done("COPY " + count);
  }

  private StatementResult copyOut(StatementPlan.CopyOut copy, @Nullable Object[] parameters) {
    Client client = session.client();
    List<OutputColumn> columns = copy.source().output();
    StatementScope scope = session.scope(parameters, Optional.empty());
    boolean binary = copy.options().format() == CopyOptions.Format.BINARY;
    long count;
    try (BatchStream rows = source(copy.source(), scope)) {
      client.copyOutResponse(binary, columns.size());
      count =
          new CopyExport(copy.options(), columns, session.format())
              .run(rows, client::copyData, session.running().cancelSwitch());
    }
    client.copyDone();
    return StatementResult.done("COPY " + count);
  }

  /// The rows of what is copied to a client; what changes rows has changed them all by then.
  private BatchStream source(StatementPlan source, StatementScope scope) {
    if (source instanceof StatementPlan.Query query) {
      return queries.open(query.root(), scope);
    }
    session.forbidReplay();
    if (!(source instanceof StatementPlan.Modifying modifying)) {
      return BatchStream.of(modified(source, scope).returning());
    }
    runSteps(modifying, scope);
    return source(modifying.body(), scope);
  }

  /// The columns a plan returns, without running it.
  List<OutputColumn> describe(StatementPlan plan) {
    return plan instanceof StatementPlan.Session(SessionCommand command, var output, var types)
        ? commands.describe(command, output)
        : plan.output();
  }

  /// Whether running the plan gives rows, perhaps none.
  boolean returnsRows(StatementPlan plan) {
    return switch (plan) {
      case StatementPlan.Query ignored -> true;
      case StatementPlan.Explain ignored -> true;
      case StatementPlan.Session(SessionCommand command, var output, var types) ->
          commands.returnsRows(command);
      case StatementPlan other -> !other.output().isEmpty();
    };
  }
}
