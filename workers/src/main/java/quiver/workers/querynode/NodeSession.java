package quiver.workers.querynode;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import quiver.common.catalog.CatalogImage;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.SessionState;
import quiver.execution.function.SessionContext;
import quiver.rpc.Cancellation;

/// What functions may read of a session on a query node. Functions that change the session or need
/// the whole server run in the front end only; the planner leaves them out of leaf fragments.
final class NodeSession implements SessionContext {
  private static final Instant POSTGRES_EPOCH = Instant.parse("2000-01-01T00:00:00Z");

  private final SessionState state;
  private final Supplier<CatalogImage> catalog;
  private final RandomGenerator random;
  private final InstantSource clock;
  private final String productVersion;
  private final Cancellation cancellation;

  NodeSession(
      SessionState state,
      Supplier<CatalogImage> catalog,
      RandomGenerator random,
      InstantSource clock,
      String productVersion,
      Cancellation cancellation) {
    this.state = state;
    this.catalog = catalog;
    this.random = random;
    this.clock = clock;
    this.productVersion = productVersion;
    this.cancellation = cancellation;
  }

  @Override
  public SessionState state() {
    return state;
  }

  @Override
  public CatalogImage catalog() {
    return catalog.get();
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public double nextRandom() {
    return random.nextDouble();
  }

  @Override
  public void setSeed(double seed) {
    throw elsewhere("setseed");
  }

  @Override
  public String currentQuery() {
    throw elsewhere("current_query");
  }

  @Override
  public long clockMicros() {
    return Duration.between(POSTGRES_EPOCH, clock.instant()).toNanos() / 1000;
  }

  @Override
  public void checkCancelled() {
    cancellation.check();
  }

  @Override
  public String productVersion() {
    return productVersion;
  }

  @Override
  public Optional<String> setting(String name) {
    return Optional.ofNullable(state.settings().get(name));
  }

  private static QuiverException elsewhere(String function) {
    return new QuiverException(
        SqlState.INTERNAL_ERROR, "function %s was sent to a query node", function);
  }

  @Override
  public long serverStartMicros() {
    throw elsewhere("pg_postmaster_start_time");
  }

  @Override
  public Optional<Long> systemRelationOid(String schema, String name) {
    throw elsewhere("regclass");
  }

  @Override
  public Optional<SystemRelationName> systemRelationName(long oid) {
    throw elsewhere("regclass");
  }

  @Override
  public String setSetting(String name, String value, boolean local) {
    throw elsewhere("set_config");
  }

  @Override
  public long nextSequenceValue(long sequenceId) {
    throw elsewhere("nextval");
  }

  @Override
  public Optional<Long> currentSequenceValue(long sequenceId) {
    throw elsewhere("currval");
  }

  @Override
  public Optional<Long> lastSequenceValue() {
    throw elsewhere("lastval");
  }

  @Override
  public void setSequenceValue(long sequenceId, long value, boolean isCalled) {
    throw elsewhere("setval");
  }

  @Override
  public SequencePosition sequencePosition(long sequenceId) {
    throw elsewhere("pg_sequence_last_value");
  }

  @Override
  public String transactionStatus(String name) {
    throw elsewhere("quiver_txn_status");
  }

  @Override
  public double indexRecall(long indexId, int k, int queryCount) {
    throw elsewhere("quiver_index_recall");
  }

  @Override
  public long relationSizeBytes(long relationId) {
    throw elsewhere("pg_relation_size");
  }

  @Override
  public boolean signalBackend(int pid, boolean terminate) {
    throw elsewhere("pg_cancel_backend");
  }

  @Override
  public AdvisoryLocks advisoryLocks() {
    throw elsewhere("pg_advisory_lock");
  }

  @Override
  public void keepRows(long tableId, long[] addresses, boolean exclusive) {
    throw elsewhere("FOR UPDATE");
  }

  @Override
  public long cursorRow(String cursor, long tableId) {
    throw elsewhere("WHERE CURRENT OF");
  }

  @Override
  public void notify(String channel, String payload) {
    throw elsewhere("pg_notify");
  }

  @Override
  public void sleep(double seconds) {
    throw elsewhere("pg_sleep");
  }
}
