package quiver.frontend.session;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.DdlCommand;
import quiver.common.column.ObjectColumn;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.expression.Expression;
import quiver.common.plan.SessionCommand;
import quiver.common.plan.StatementPlan;
import quiver.common.plan.StatementPlan.OutputColumn;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.execution.source.BatchStream;
import quiver.frontend.activity.SettingRow;
import quiver.frontend.statement.Committer.Outcome;
import quiver.frontend.transaction.PendingChecks;

/// The statements a session answers by itself. Used by the session's thread only.
final class SessionCommands {
  private final SessionServices services;
  private final Session session;

  SessionCommands(SessionServices services, Session session) {
    this.services = services;
    this.session = session;
  }

  StatementResult run(SessionCommand command, List<OutputColumn> output) {
    return switch (command) {
      case SessionCommand.Set set -> set(set);
      case SessionCommand.Reset(String name) -> {
        session.variables().reset(name, false);
        yield StatementResult.done("RESET");
      }
      case SessionCommand.ResetAll() -> {
        session.variables().resetAll();
        yield StatementResult.done("RESET");
      }
      case SessionCommand.Show(String name) -> {
        Map.Entry<String, String> shown = session.variables().show(name);
        String value =
            shown.getKey().equals(SnapshotChoice.TOKEN)
                ? Long.toString(session.sessionToken())
                : shown.getValue();
        yield StatementResult.rows(
            describe(command, output), List.of(text(List.of(value))), n -> "SHOW");
      }
      case SessionCommand.ShowAll() -> showAll(describe(command, output));
      case SessionCommand.Begin begin -> {
        session.forbidReplay();
        session.transaction().begin(services.nowMicros(), begin.isolation(), begin.readOnly());
        yield StatementResult.done(begin.tag());
      }
      case SessionCommand.SetTransaction set -> setTransaction(set);
      case SessionCommand.SetConstraints set -> setConstraints(set);
      case SessionCommand.Commit(boolean chain) -> commit(chain);
      case SessionCommand.Rollback(boolean chain) -> rollback(chain);
      case SessionCommand.Listen(String channel) -> {
        session.notifications().listen(channel);
        yield StatementResult.done("LISTEN");
      }
      case SessionCommand.Unlisten(Optional<String> channel) -> {
        session.notifications().unlisten(channel);
        yield StatementResult.done("UNLISTEN");
      }
      case SessionCommand.Notify(String channel, String payload) -> {
        session.notifications().notify(channel, payload);
        yield StatementResult.done("NOTIFY");
      }
      case SessionCommand.LockTable lock -> lockTables(lock);
      case SessionCommand.Savepoint(String name) -> {
        requireBlock("SAVEPOINT");
        session.transaction().savepoint(name);
        yield StatementResult.done("SAVEPOINT");
      }
      case SessionCommand.ReleaseSavepoint(String name) -> {
        requireBlock("RELEASE SAVEPOINT");
        session.transaction().release(name);
        yield StatementResult.done("RELEASE");
      }
      case SessionCommand.RollbackToSavepoint(String name) -> {
        requireBlock("ROLLBACK TO SAVEPOINT");
        session.transaction().rollbackTo(name);
        yield StatementResult.done("ROLLBACK");
      }
      case SessionCommand.Prepare prepare -> {
        session.prepareFromSql(prepare.name(), prepare.types(), prepare.statement());
        yield StatementResult.done("PREPARE");
      }
      case SessionCommand.Execute execute -> {
        Executed executed = executed(execute);
        yield session.runner().run(executed.plan(), executed.parameters());
      }
      case SessionCommand.CreateTableAs create -> {
        Executed executed = executed(create);
        yield session.runner().run(executed.plan(), executed.parameters());
      }
      case SessionCommand.Deallocate(Optional<String> name) -> {
        session.statements().deallocate(name);
        yield StatementResult.done(name.isPresent() ? "DEALLOCATE" : "DEALLOCATE ALL");
      }
      case SessionCommand.DeclareCursor declare -> declare(declare, List.of(), new Object[0]);
      case SessionCommand.Fetch fetch -> fetch(fetch);
      case SessionCommand.FetchFrom fetch -> fetchFrom(fetch);
      case SessionCommand.CloseCursor(Optional<String> name) -> {
        if (name.isPresent()) {
          session.portals().require(name.get());
          session.portals().close(name.get());
        } else {
          session.closeCursors();
        }
        yield StatementResult.done(name.isPresent() ? "CLOSE CURSOR" : "CLOSE CURSOR ALL");
      }
      case SessionCommand.Discard(String what) -> discard(what);
      case SessionCommand.NoOperation(String tag, Optional<String> notice) -> {
        notice.ifPresent(text -> session.send(Notice.notice("00000", text)));
        yield StatementResult.done(tag);
      }
      case SessionCommand.Maintain maintain -> new Maintenance(services, session).run(maintain);
      case SessionCommand.Flush flush -> {
        if (session.transaction().inBlock()) {
          throw new QuiverException(
              SqlState.ACTIVE_SQL_TRANSACTION,
              "%s cannot run inside a transaction block",
              flush.tag());
        }
        services
            .statements()
            .cluster()
            .flush(flush.tableIds(), session.running().cancelSwitch()::check);
        yield StatementResult.done(flush.tag());
      }
    };
  }

  /// The result columns of a command.
  List<OutputColumn> describe(SessionCommand command, List<OutputColumn> planned) {
    return switch (command) {
      case SessionCommand.Show(String name) ->
          List.of(textColumn(session.variables().show(name).getKey()));
      case SessionCommand.ShowAll() ->
          List.of(textColumn("name"), textColumn("setting"), textColumn("description"));
      case SessionCommand.Execute execute ->
          session.runner().describe(session.statements().require(execute.name()).plan());
      case SessionCommand.Fetch fetch -> fetch.move() ? List.of() : cursorColumns(fetch.name());
      case SessionCommand.FetchFrom fetch -> fetch.move() ? List.of() : cursorColumns(fetch.name());
      default -> planned;
    };
  }

  private List<OutputColumn> cursorColumns(String name) {
    return session
        .portals()
        .find(name)
        .map(portal -> session.runner().describe(portal.statement().plan()))
        .orElse(List.of());
  }

  boolean returnsRows(SessionCommand command) {
    return switch (command) {
      case SessionCommand.Show ignored -> true;
      case SessionCommand.ShowAll ignored -> true;
      case SessionCommand.Execute execute ->
          session.runner().returnsRows(session.statements().require(execute.name()).plan());
      case SessionCommand.Fetch fetch -> !fetch.move();
      case SessionCommand.FetchFrom fetch -> !fetch.move();
      default -> false;
    };
  }

  private static OutputColumn textColumn(String name) {
    return new OutputColumn(name, SqlType.TEXT, 0, 0);
  }

  private static RowBatch text(List<String> values) {
    List<ObjectColumn> columns = new ArrayList<>();
    for (String value : values) {
      columns.add(ObjectColumn.of(SqlType.TEXT, 1, new Object[] {value}));
    }
    return new RowBatch(1, List.copyOf(columns));
  }

  private StatementResult set(SessionCommand.Set set) {
    if (set.local() && !session.transaction().inBlock()) {
      session.send(
          Notice.warning(
              SqlState.NO_ACTIVE_SQL_TRANSACTION,
              "SET LOCAL can only be used in transaction blocks"));
    }
    String name = set.name().toLowerCase(Locale.ROOT);
    if (name.equals("transaction_isolation") && !set.values().isEmpty()) {
      session.variables().set(name, set.values(), true);
      session.transaction().setModes(Optional.of(set.values().getFirst()), Optional.empty());
    } else if (name.equals("transaction_read_only") && !set.values().isEmpty()) {
      session.variables().set(name, set.values(), true);
      boolean on = session.variables().isOn(name);
      session.transaction().setModes(Optional.empty(), Optional.of(on));
    } else {
      session.variables().set(set.name(), set.values(), set.local());
    }
    return StatementResult.done("SET");
  }

  private StatementResult setTransaction(SessionCommand.SetTransaction set) {
    if (set.sessionDefault()) {
      set.isolation()
          .ifPresent(level ->
              session.variables().set("default_transaction_isolation", List.of(level), false));
      set.readOnly()
          .ifPresent(on ->
              session
                  .variables()
                  .set("default_transaction_read_only", List.of(on ? "on" : "off"), false));
    } else {
      if (!session.transaction().inBlock()) {
        session.send(
            Notice.warning(
                SqlState.NO_ACTIVE_SQL_TRANSACTION,
                "SET TRANSACTION can only be used in transaction blocks"));
      }
      session.transaction().setModes(set.isolation(), set.readOnly());
    }
    return StatementResult.done("SET");
  }

  /// Checks that are not deferred any more are done at once.
  private StatementResult setConstraints(SessionCommand.SetConstraints set) {
    if (!session.transaction().inBlock()) {
      session.send(
          Notice.warning(
              SqlState.NO_ACTIVE_SQL_TRANSACTION,
              "SET CONSTRAINTS can only be used in transaction blocks"));
    }
    PendingChecks pending = session.transaction().current().pending();
    set.constraintIds()
        .ifPresentOrElse(
            ids -> pending.defer(ids, set.deferred()), () -> pending.deferAll(set.deferred()));
    if (!set.deferred()) {
      session.check(set.constraintIds().map(pending::take).orElseGet(pending::takeAll));
    }
    return StatementResult.done("SET CONSTRAINTS");
  }

  private StatementResult showAll(List<OutputColumn> columns) {
    List<SettingRow> rows = session.variables().rows();
    @Nullable Object[] names = new @Nullable Object[rows.size()];
    @Nullable Object[] values = new @Nullable Object[rows.size()];
    @Nullable Object[] descriptions = new @Nullable Object[rows.size()];
    for (int i = 0; i < rows.size(); i++) {
      names[i] = rows.get(i).name();
      values[i] = session.variables().show(rows.get(i).name()).getValue();
      descriptions[i] = rows.get(i).description();
    }
    RowBatch batch =
        new RowBatch(
            rows.size(),
            List.of(
                ObjectColumn.of(SqlType.TEXT, rows.size(), names),
                ObjectColumn.of(SqlType.TEXT, rows.size(), values),
                ObjectColumn.of(SqlType.TEXT, rows.size(), descriptions)));
    return StatementResult.rows(columns, List.of(batch), n -> "SHOW");
  }

  private void requireBlock(String command) {
    if (!session.transaction().inBlock()) {
      throw new QuiverException(
          SqlState.NO_ACTIVE_SQL_TRANSACTION, "%s can only be used in transaction blocks", command);
    }
  }

  private StatementResult commit(boolean chain) {
    session.forbidReplay();
    SessionTransaction transaction = session.transaction();
    Runnable next = chain ? nextOfChain("COMMIT AND CHAIN") : () -> {};
    if (!transaction.inBlock()) {
      session.send(noTransaction());
    }
    if (transaction.isFailed()) {
      transaction.rollback();
      session.key().ended();
      next.run();
      return StatementResult.done("ROLLBACK");
    }
    if (transaction.commit(session.format(), session.running().cancelSwitch()::check)
        instanceof Outcome.Refused(var error, var again)) {
      throw error;
    }
    session.key().ended();
    next.run();
    return StatementResult.done("COMMIT");
  }

  private StatementResult rollback(boolean chain) {
    session.forbidReplay();
    Runnable next = chain ? nextOfChain("ROLLBACK AND CHAIN") : () -> {};
    if (!session.transaction().inBlock()) {
      session.send(noTransaction());
    }
    session.transaction().rollback();
    session.key().ended();
    next.run();
    return StatementResult.done("ROLLBACK");
  }

  /// Begins a transaction with the modes of the one that is open now.
  private Runnable nextOfChain(String command) {
    requireBlock(command);
    boolean repeatable = session.transaction().current().isRepeatableRead();
    boolean readOnly = session.transaction().current().isReadOnly();
    return () ->
        session
            .transaction()
            .begin(
                services.nowMicros(),
                Optional.of(repeatable ? "repeatable read" : "read committed"),
                Optional.of(readOnly));
  }

  /// Locks of tables exclude each other, not writers: those meet at COMMIT. They are held like
  /// advisory locks of the transaction, under keys no number of the user's can be.
  private StatementResult lockTables(SessionCommand.LockTable lock) {
    requireBlock("LOCK TABLE");
    boolean shared = lock.mode().equals("SHARE");
    boolean weak = lock.mode().equals("ACCESS SHARE") || lock.mode().startsWith("ROW ");
    for (SessionCommand.LockedTable table : lock.tables()) {
      if (!weak && !session.locks().lockTable(table.tableId(), shared, !lock.nowait())) {
        throw new QuiverException(
            SqlState.LOCK_NOT_AVAILABLE, "could not obtain lock on relation \"%s\"", table.name());
      }
    }
    return StatementResult.done("LOCK TABLE");
  }

  private static Notice noTransaction() {
    return Notice.warning(
        SqlState.NO_ACTIVE_SQL_TRANSACTION, "there is no transaction in progress");
  }

  /// A prepared statement with the values of its parameters.
  ///
  /// @param parameters the given ones, then the plan's constants; not changed
  record Executed(StatementPlan plan, @Nullable Object[] parameters) {}

  /// What a command runs that runs a prepared statement; empty for the others.
  Optional<Executed> executed(StatementPlan plan) {
    return switch (plan) {
      case StatementPlan.Session(SessionCommand.Execute execute, _, _) ->
          Optional.of(executed(execute));
      case StatementPlan.Session(SessionCommand.CreateTableAs create, _, _) ->
          Optional.of(executed(create));
      default -> Optional.empty();
    };
  }

  private Executed executed(SessionCommand.Execute execute) {
    PreparedStatement statement = session.statements().require(execute.name());
    session.refresh(statement);
    session.requireRights(statement);
    PlannedStatement planned = statement.planned().orElseThrow();
    List<SqlType> types = planned.parameterTypes();
    if (types.size() != execute.arguments().size()) {
      throw new QuiverException(
              SqlState.SYNTAX_ERROR,
              "wrong number of parameters for prepared statement \"%s\"",
              execute.name())
          .withDetail(
              "Expected "
                  + types.size()
                  + " parameters but got "
                  + execute.arguments().size()
                  + ".");
    }
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      values.add(argument(execute, i, types.get(i)));
    }
    statement.countExecution();
    return new Executed(planned.plan(), Session.parameters(planned, values.toArray()));
  }

  /// The table with the columns of the prepared query.
  private Executed executed(SessionCommand.CreateTableAs create) {
    Executed executed = executed(create.execute());
    if (!(executed.plan() instanceof StatementPlan.Query query)) {
      throw new QuiverException(SqlState.WRONG_OBJECT_TYPE, "prepared statement is not a SELECT");
    }
    if (create.columns().size() > query.output().size()) {
      throw new QuiverException(SqlState.SYNTAX_ERROR, "too many column names were specified");
    }
    List<DdlCommand.NewColumn> columns = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < query.output().size(); i++) {
      OutputColumn output = query.output().get(i);
      String name = i < create.columns().size() ? create.columns().get(i) : output.name();
      if (!seen.add(name)) {
        throw new QuiverException(
            SqlState.DUPLICATE_COLUMN, "column \"%s\" specified more than once", name);
      }
      if (output.type().base() == BaseType.RECORD || output.type().isPseudo()) {
        throw new QuiverException(
            SqlState.INVALID_TABLE_DEFINITION,
            "column \"%s\" has pseudo-type %s",
            name,
            output.type().sqlName());
      }
      columns.add(DdlCommand.NewColumn.ofQuery(name, output.type()));
    }
    DdlCommand.CreateTable table = create.command().withColumns(columns);
    return new Executed(
        new StatementPlan.CreateTableAs(
            table,
            new DdlCommand.QualifiedName(table.schema(), table.name()),
            query,
            create.withData(),
            "CREATE TABLE AS"),
        executed.parameters());
  }

  private @Nullable Object argument(SessionCommand.Execute execute, int index, SqlType type) {
    Expression argument = execute.arguments().get(index);
    try {
      return session.evaluate(cast(argument, type));
    } catch (QuiverException e) {
      // Only a literal is read before the statement begins.
      boolean literal =
          argument instanceof Expression.Constant && argument.type().base() == BaseType.UNKNOWN;
      throw literal && e.position() == 0 ? e.at(execute.positions().get(index)) : e;
    }
  }

  private static Expression cast(Expression argument, SqlType type) {
    return argument.type().equals(type)
        ? argument
        : new Expression.Cast(argument, type, CastContext.ASSIGNMENT);
  }

  /// @param types of the parameters in the cursor's query
  /// @param values of them
  StatementResult declare(
      SessionCommand.DeclareCursor declare, List<SqlType> types, @Nullable Object[] values) {
    if (!declare.hold() && !session.transaction().inBlock()) {
      throw new QuiverException(
          SqlState.NO_ACTIVE_SQL_TRANSACTION,
          "DECLARE CURSOR can only be used in transaction blocks");
    }
    PreparedStatement statement = session.prepare("", declare.query(), types, true);
    session.requireRights(statement);
    Portal portal =
        new Portal(
            declare.name(),
            statement,
            values,
            new int[] {declare.binary() ? 1 : 0},
            new Portal.Kind(true, declare.binary(), declare.hold(), declare.scroll()),
            session.running().text(),
            services.nowMicros());
    session.portals().add(portal);
    try {
      portal.start(
          session
              .runner()
              .run(
                  statement.plan(), Session.parameters(statement.planned().orElseThrow(), values)));
    } catch (RuntimeException e) {
      session.portals().close(declare.name());
      throw e;
    }
    return StatementResult.done("DECLARE CURSOR");
  }

  private StatementResult fetch(SessionCommand.Fetch fetch) {
    session.forbidReplay();
    Portal portal = session.portals().require(fetch.name());
    session.setReading(portal);
    try {
      return fetch(fetch, portal);
    } finally {
      session.setReading(null);
    }
  }

  private StatementResult fetch(SessionCommand.Fetch fetch, Portal portal) {
    StatementResult rows = session.started(portal);
    long countMax = fetch.count().orElse(Long.MAX_VALUE);
    if (portal.kind().scrollable()) {
      return fetched(rows, portal.scroll().forward(countMax), fetch.move());
    }
    if (fetch.move()) {
      return StatementResult.done("MOVE " + rows.skip(countMax));
    }
    return fetched(rows, rows.take(countMax), false);
  }

  private StatementResult fetchFrom(SessionCommand.FetchFrom fetch) {
    session.forbidReplay();
    Portal portal = session.portals().require(fetch.name());
    session.setReading(portal);
    try {
      return fetchFrom(fetch, portal);
    } finally {
      session.setReading(null);
    }
  }

  private StatementResult fetchFrom(SessionCommand.FetchFrom fetch, Portal portal) {
    StatementResult rows = session.started(portal);
    if (!portal.kind().scrollable()) {
      return fetched(rows, forwardOnly(rows, fetch), fetch.move());
    }
    ScrollableRows scroll = portal.scroll();
    List<RowBatch> found =
        switch (fetch.direction()) {
          case FORWARD -> scroll.forward(fetch.count());
          case BACKWARD -> scroll.backward(fetch.count());
          case ABSOLUTE -> scroll.absolute(fetch.count());
          case RELATIVE -> scroll.relative(fetch.count());
        };
    return fetched(rows, found, fetch.move());
  }

  private static List<RowBatch> forwardOnly(StatementResult rows, SessionCommand.FetchFrom fetch) {
    long distance =
        switch (fetch.direction()) {
          case FORWARD, RELATIVE -> fetch.count();
          case BACKWARD -> -fetch.count();
          case ABSOLUTE -> fetch.count() < 0 ? -1 : fetch.count() - rows.givenCount();
        };
    if (distance <= 0) {
      throw new QuiverException(
              SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, "cursor can only scan forward")
          .withHint("Declare it with SCROLL option to enable backward scan.");
    }
    if (fetch.direction() == SessionCommand.Direction.ABSOLUTE
        || fetch.direction() == SessionCommand.Direction.RELATIVE) {
      rows.skip(distance - 1);
      return rows.take(1);
    }
    return rows.take(distance);
  }

  private static StatementResult fetched(
      StatementResult cursor, List<RowBatch> rows, boolean move) {
    if (move) {
      return StatementResult.done("MOVE " + rows.stream().mapToLong(RowBatch::rowCount).sum());
    }
    return new StatementResult(
        true, cursor.columns(), BatchStream.of(rows), count -> "FETCH " + count);
  }

  private StatementResult discard(String what) {
    switch (what.toLowerCase(Locale.ROOT)) {
      case "all" -> {
        if (session.transaction().inBlock()) {
          throw new QuiverException(
              SqlState.ACTIVE_SQL_TRANSACTION, "DISCARD ALL cannot run inside a transaction block");
        }
        session.closeCursors();
        session.variables().resetAll();
        session.statements().clear();
        session.sequences().discard();
        session.locks().unlockAll();
        session.notifications().unlisten(Optional.empty());
        session.runner().dropTemporaryObjects();
      }
      case "sequences" -> session.sequences().discard();
      case "temp", "temporary" -> session.runner().dropTemporaryObjects();
      case "plans" -> {
        // Plans are kept per server.
      }
      default -> throw new IllegalStateException("DISCARD " + what);
    }
    return StatementResult.done("DISCARD " + what.toUpperCase(Locale.ROOT));
  }
}
