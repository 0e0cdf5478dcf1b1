package quiver.execution.library;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import quiver.common.catalog.CatalogImage;
import quiver.common.plan.SessionState;
import quiver.execution.function.SessionContext;

/// A session with settings and nothing else.
final class FixedSession implements SessionContext {
  private final SessionState state;
  private final RandomGenerator random = new SplittableRandom(1);

  FixedSession(Map<String, String> settings) {
    state = new SessionState("quiver", "quiver", List.of("public"), 1, 0, 0, settings);
  }

  @Override
  public SessionState state() {
    return state;
  }

  @Override
  public CatalogImage catalog() {
    throw new UnsupportedOperationException();
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
    throw new UnsupportedOperationException();
  }

  @Override
  public String currentQuery() {
    return "";
  }

  @Override
  public long clockMicros() {
    return 0;
  }

  @Override
  public void checkCancelled() {}

  @Override
  public String productVersion() {
    return "test";
  }

  @Override
  public long serverStartMicros() {
    return 0;
  }

  @Override
  public Optional<Long> systemRelationOid(String schema, String name) {
    return Optional.empty();
  }

  @Override
  public Optional<SystemRelationName> systemRelationName(long oid) {
    return Optional.empty();
  }

  @Override
  public Optional<String> setting(String name) {
    return Optional.ofNullable(state.settings().get(name));
  }

  @Override
  public String setSetting(String name, String value, boolean local) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long nextSequenceValue(long sequenceId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<Long> currentSequenceValue(long sequenceId) {
    return Optional.empty();
  }

  @Override
  public Optional<Long> lastSequenceValue() {
    return Optional.empty();
  }

  @Override
  public void setSequenceValue(long sequenceId, long value, boolean isCalled) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SequencePosition sequencePosition(long sequenceId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String transactionStatus(String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public double indexRecall(long indexId, int k, int queryCount) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long relationSizeBytes(long relationId) {
    return 0;
  }

  @Override
  public boolean signalBackend(int pid, boolean terminate) {
    return false;
  }

  @Override
  public AdvisoryLocks advisoryLocks() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void keepRows(long tableId, long[] addresses, boolean exclusive) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long cursorRow(String cursor, long tableId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void notify(String channel, String payload) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void sleep(double seconds) {
    throw new UnsupportedOperationException();
  }
}
