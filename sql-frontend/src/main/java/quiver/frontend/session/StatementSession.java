package quiver.frontend.session;

import java.util.Optional;
import java.util.random.RandomGenerator;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.Privilege;
import quiver.common.catalog.SecuredKind;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.SessionState;
import quiver.common.security.Authority;
import quiver.execution.function.SessionContext;
import quiver.frontend.statement.IndexRecall;
import quiver.frontend.statement.QueryRunner;
import quiver.frontend.statement.TransactionStatus;
import quiver.rpc.ClusterService.SegmentStatus;
import quiver.rpc.RootCoordinatorService;

/// What the functions of one statement may do in its session. Safe for the statement's threads.
record StatementSession(
    Session session, SessionServices services, SessionState state, CatalogImage catalog)
    implements SessionContext {
  @Override
  public RandomGenerator random() {
    return services.statements().random();
  }

  @Override
  public double nextRandom() {
    return session.randomSequence().next(random());
  }

  @Override
  public void setSeed(double seed) {
    session.randomSequence().seed(seed);
  }

  @Override
  public String currentQuery() {
    return session.running().text();
  }

  @Override
  public long clockMicros() {
    return services.nowMicros();
  }

  @Override
  public void checkCancelled() {
    session.running().check();
  }

  @Override
  public String productVersion() {
    return services.productVersion();
  }

  @Override
  public long serverStartMicros() {
    return services.serverStartMicros();
  }

  @Override
  public Optional<Long> systemRelationOid(String schema, String name) {
    return services.systemViews().oid(schema, name);
  }

  @Override
  public Optional<SystemRelationName> systemRelationName(long oid) {
    return services.systemViews().name(oid);
  }

  @Override
  public Optional<String> setting(String name) {
    return session.setting(name);
  }

  @Override
  public String setSetting(String name, String value, boolean local) {
    return session.setSetting(name, value, local);
  }

  @Override
  public long nextSequenceValue(long sequenceId) {
    requireOn(sequenceId, Privilege.USAGE, Privilege.UPDATE);
    return session.sequences().next(sequence(sequenceId));
  }

  @Override
  public Optional<Long> currentSequenceValue(long sequenceId) {
    requireOn(sequenceId, Privilege.USAGE, Privilege.SELECT);
    return session.sequences().current(sequenceId);
  }

  @Override
  public Optional<Long> lastSequenceValue() {
    return session.sequences().last();
  }

  @Override
  public void setSequenceValue(long sequenceId, long value, boolean isCalled) {
    requireOn(sequenceId, Privilege.UPDATE);
    session.sequences().set(sequence(sequenceId), value, isCalled);
  }

  @Override
  public SequencePosition sequencePosition(long sequenceId) {
    requireOn(sequenceId, Privilege.USAGE, Privilege.SELECT);
    RootCoordinatorService.SequencePosition position =
        services.statements().root().sequencePosition(sequence(sequenceId));
    return new SequencePosition(position.value(), position.isCalled(), position.reserved());
  }

  /// Any of the privileges will do. What makes the values of an identity column needs none.
  private void requireOn(long sequenceId, Privilege... privileges) {
    long role = session.currentRoleId(catalog);
    int granted = new Authority(catalog).privileges(role, SecuredKind.SEQUENCE, sequenceId);
    if ((granted & Privilege.bits(privileges)) == 0 && !isOfIdentity(sequenceId)) {
      throw AccessChecks.denied("sequence " + sequence(sequenceId).name());
    }
  }

  private boolean isOfIdentity(long sequenceId) {
    return sequence(sequenceId)
        .ownedByTable()
        .flatMap(catalog::table)
        .filter(table ->
            table.columns().stream()
                .anyMatch(column ->
                    column.identity() != ColumnDefinition.Identity.NONE
                        && column.sequenceId().filter(id -> id == sequenceId).isPresent()))
        .isPresent();
  }

  private SequenceDefinition sequence(long id) {
    return catalog
        .sequence(id)
        .orElseThrow(
            () -> new QuiverException(SqlState.UNDEFINED_TABLE, "relation %d does not exist", id));
  }

  @Override
  public long relationSizeBytes(long relationId) {
    long sum = 0;
    for (var segment : services.statements().cluster().segments()) {
      if (segment.tableId() == relationId) {
        sum += segment.sizeBytes();
      }
    }
    return sum;
  }

  @Override
  public String transactionStatus(String name) {
    return TransactionStatus.of(name, session.loginRoleId(), services.statements().cluster());
  }

  @Override
  public double indexRecall(long indexId, int k, int queryCount) {
    for (TableDefinition table : catalog.tables()) {
      for (IndexDefinition index : table.indexes()) {
        if (index.id() == indexId) {
          long rowCount =
              services.statements().cluster().segments().stream()
                  .filter(segment -> segment.tableId() == table.id())
                  .mapToLong(SegmentStatus::rowCount)
                  .sum();
          return new IndexRecall(
                  new QueryRunner(services.statements()),
                  parameters -> session.scope(parameters, Optional.empty()),
                  table,
                  index)
              .measure(k, queryCount, rowCount);
        }
      }
    }
    throw new QuiverException(SqlState.WRONG_OBJECT_TYPE, "relation %d is not an index", indexId);
  }

  @Override
  public boolean signalBackend(int pid, boolean terminate) {
    return session.signalBackend(pid, terminate);
  }

  @Override
  public AdvisoryLocks advisoryLocks() {
    return session.locks();
  }

  @Override
  public void keepRows(long tableId, long[] addresses, boolean exclusive) {
    session.keepRows(catalog.table(tableId).orElseThrow(), addresses, exclusive);
  }

  @Override
  public long cursorRow(String cursor, long tableId) {
    return session.portals().cursorRow(cursor, catalog.table(tableId).orElseThrow());
  }

  @Override
  public void notify(String channel, String payload) {
    session.notifications().notify(channel, payload);
  }

  @Override
  public void sleep(double seconds) {
    session.sleep(seconds);
  }
}
