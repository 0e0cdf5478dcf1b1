package quiver.jdbc;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import quiver.jdbc.forward.ForwardingConnection;
import quiver.jdbc.host.ConnectionSettings;
import quiver.jdbc.host.Connector;
import quiver.jdbc.host.DriverProperty;
import quiver.jdbc.sql.StatementText;
import quiver.jdbc.sql.StatementText.Kind;
import quiver.jdbc.wire.ForeignConnection;

/// A connection of pgjdbc, replaced by one to another front end when it is lost.
///
/// Statements that change nothing are then sent again, and so is whatever comes first in a
/// transaction, because no COMMIT was sent. Everything else fails: `08006` if it had no effect,
/// `08007` if that is unknown. A transaction that is lost must be rolled back by the program before
/// it goes on, or its second half would run without the first.
final class RoutedConnection extends ForwardingConnection implements QuiverConnection {
  /// A write after a longer pause is preceded by a test whether the front end is still there.
  private static final long IDLE_NANOS_MAX = 1_000_000_000L;

  private static final int TEST_TIMEOUT_SECONDS = 5;

  /// What is sent to the server besides what it has run.
  interface Call<T> {
    T run() throws SQLException;
  }

  private final Connector connector;
  private final String url;
  private final SessionState state = new SessionState();
  private final SessionTokens.@Nullable Holder tokens;
  private final TransactionRetry retry;
  private final ForeignConnection foreign = new ForeignConnection();
  private final boolean isFailover;
  private volatile Connector.Link link;
  private volatile boolean isClosed;
  private int generation;
  private boolean isInTransaction;
  private boolean isRollbackDue;
  private long transactionNumber;
  private long lastUsedNanos = System.nanoTime();

  /// Connects.
  RoutedConnection(Connector connector, String url, SessionTokens tokens, TransactionRetry retry)
      throws SQLException {
    this.connector = connector;
    this.url = url;
    this.retry = retry;
    this.isFailover = connector.settings().is(DriverProperty.FAILOVER);
    this.tokens =
        connector.settings().get(DriverProperty.CONSISTENCY).equals("session")
            ? new SessionTokens.Holder(tokens)
            : null;
    this.link = open();
  }

  private Connector.Link open() throws SQLException {
    Connector.Link opened = connector.connect();
    try {
      state.restore(opened.connection());
      if (tokens != null) {
        tokens.opened(opened.connection());
      }
      return opened;
    } catch (SQLException e) {
      opened.connection().close();
      throw e;
    }
  }

  // --- running -----------------------------------------------------------------------------------

  /// Runs what a statement sends, on another front end if this one goes away and it is safe.
  ///
  /// @param call asks its statement for the delegate anew
  <T> T run(StatementText text, String sql, Call<T> call) throws SQLException {
    for (int attempt = 0; ; attempt++) {
      prepare(text);
      boolean wasInTransaction = isInTransaction;
      try {
        T result = call.run();
        executed(text, sql, wasInTransaction);
        return result;
      } catch (SQLException e) {
        if (!isLost(e)) {
          noteTransaction();
          throw e;
        }
        lose(wasInTransaction);
        boolean isSafe =
            text.kind() == Kind.READ
                || text.kind() == Kind.SET
                || LostConnection.isNothingExecuted(e)
                || (text.kind() == Kind.WRITE && !state.autoCommit());
        if (wasInTransaction
            || !isSafe
            || !isFailover
            || attempt >= connector.settings().hosts().size()) {
          throw LostConnection.duringStatement(link.host(), text, wasInTransaction, e);
        }
      }
    }
  }

  /// Makes sure that there is a front end to send to.
  private void prepare(StatementText text) throws SQLException {
    if (isRollbackDue) {
      if (text.kind() != Kind.ROLLBACK) {
        throw LostConnection.beforeRollback(link.host());
      }
      isRollbackDue = false;
    }
    if (isClosed) {
      return;
    }
    BaseConnection current = link.connection();
    if (current.isClosed() || (!isInTransaction && text.kind() != Kind.READ && isGone(current))) {
      reconnect();
    }
    if (tokens != null && !isInTransaction) {
      tokens.beforeStatement(link.connection());
    }
  }

  /// Whether the front end went away while nothing was sent to it. A write must not find that out
  /// by itself: its outcome would be unknown.
  private boolean isGone(BaseConnection current) throws SQLException {
    return isFailover
        && System.nanoTime() - lastUsedNanos > IDLE_NANOS_MAX
        && !current.isValid(TEST_TIMEOUT_SECONDS);
  }

  private void reconnect() throws SQLException {
    if (isInTransaction) {
      lose(true);
      throw LostConnection.beforeRollback(link.host());
    }
    if (!state.pin().isEmpty()) {
      throw LostConnection.pinned(link.host(), state.pin());
    }
    if (!isFailover) {
      return;
    }
    Connector.Link old = link;
    connector.lost(old.host());
    old.connection().close();
    link = open();
    generation++;
  }

  private void executed(StatementText text, String sql, boolean wasInTransaction)
      throws SQLException {
    noteTransaction();
    if (text.kind() != Kind.READ) {
      state.executed(text, sql, isInTransaction);
      if (tokens != null && !isInTransaction) {
        tokens.written(link.connection());
      }
    }
    if (wasInTransaction && !isInTransaction && text.kind() != Kind.COMMIT) {
      state.rolledBack();
    }
  }

  /// Looks whether a transaction is open, after something has been sent.
  void noteTransaction() {
    isInTransaction = link.connection().getTransactionState() != TransactionState.IDLE;
    transactionNumber += isInTransaction ? 0 : 1;
    lastUsedNanos = System.nanoTime();
  }

  private boolean isLost(SQLException e) throws SQLException {
    String sqlState = String.valueOf(e.getSQLState());
    return !isClosed && (link.connection().isClosed() || sqlState.matches("57P0[123]"));
  }

  private void lose(boolean wasInTransaction) throws SQLException {
    connector.lost(link.host());
    link.connection().close();
    isInTransaction = false;
    transactionNumber++;
    state.rolledBack();
    isRollbackDue = wasInTransaction;
  }

  /// Another number is another transaction.
  long transactionNumber() {
    return transactionNumber;
  }

  /// Counts the front ends that have been changed: a statement made for another number is stale.
  int generation() {
    return generation;
  }

  /// The connection of pgjdbc of now.
  BaseConnection current() {
    return link.connection();
  }

  ConnectionSettings settings() {
    return connector.settings();
  }

  Map<String, Class<?>> foreignTypes() {
    return foreign.types();
  }

  @Override
  protected Connection delegate() {
    return link.connection();
  }

  /// A new statement, on another front end if this one is gone.
  <S> S make(Attached.Maker<S> maker) throws SQLException {
    if (!isClosed && !isRollbackDue && link.connection().isClosed()) {
      reconnect();
    }
    return maker.make(link.connection());
  }

  // --- statements --------------------------------------------------------------------------------

  @Override
  public Statement createStatement() throws SQLException {
    return new QuiverStatement(this, Connection::createStatement);
  }

  @Override
  public Statement createStatement(int type, int concurrency) throws SQLException {
    return new QuiverStatement(this, c -> c.createStatement(type, concurrency));
  }

  @Override
  public Statement createStatement(int type, int concurrency, int holdability) throws SQLException {
    return new QuiverStatement(this, c -> c.createStatement(type, concurrency, holdability));
  }

  @Override
  public PreparedStatement prepareStatement(String sql) throws SQLException {
    return new QuiverPreparedStatement(this, sql, true, c -> c.prepareStatement(sql));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency)
      throws SQLException {
    return new QuiverPreparedStatement(
        this, sql, true, c -> c.prepareStatement(sql, type, concurrency));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    return new QuiverPreparedStatement(
        this, sql, true, c -> c.prepareStatement(sql, type, concurrency, holdability));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int autoGeneratedKeys) throws SQLException {
    return new QuiverPreparedStatement(
        this,
        sql,
        autoGeneratedKeys == Statement.NO_GENERATED_KEYS,
        c -> c.prepareStatement(sql, autoGeneratedKeys));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int[] columnIndexes) throws SQLException {
    return new QuiverPreparedStatement(
        this, sql, false, c -> c.prepareStatement(sql, columnIndexes));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, String[] columnNames) throws SQLException {
    return new QuiverPreparedStatement(this, sql, false, c -> c.prepareStatement(sql, columnNames));
  }

  @Override
  public CallableStatement prepareCall(String sql) throws SQLException {
    return new QuiverCallableStatement(this, sql, c -> c.prepareCall(sql));
  }

  @Override
  public CallableStatement prepareCall(String sql, int type, int concurrency) throws SQLException {
    return new QuiverCallableStatement(this, sql, c -> c.prepareCall(sql, type, concurrency));
  }

  @Override
  public CallableStatement prepareCall(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    return new QuiverCallableStatement(
        this, sql, c -> c.prepareCall(sql, type, concurrency, holdability));
  }

  @Override
  public DatabaseMetaData getMetaData() throws SQLException {
    return MetaData.of(this, url);
  }

  // --- transactions ------------------------------------------------------------------------------

  @Override
  public void commit() throws SQLException {
    if (isRollbackDue) {
      throw LostConnection.beforeRollback(link.host());
    }
    boolean hasWork = isInTransaction;
    try {
      delegate().commit();
    } catch (SQLException e) {
      ended(hasWork, e);
      return;
    }
    noteTransaction();
    state.committed();
    if (tokens != null && hasWork) {
      tokens.written(link.connection());
    }
  }

  /// What follows from an error of a COMMIT.
  private void ended(boolean hasWork, SQLException e) throws SQLException {
    if (!isLost(e)) {
      noteTransaction();
      state.rolledBack();
      throw e;
    }
    lose(false);
    if (hasWork) {
      throw LostConnection.duringCommit(link.host(), e);
    }
  }

  @Override
  public void rollback() throws SQLException {
    state.rolledBack();
    if (isRollbackDue || (!isClosed && delegate().isClosed())) {
      isRollbackDue = false;
      isInTransaction = false;
      return;
    }
    try {
      delegate().rollback();
    } catch (SQLException e) {
      if (!isLost(e)) {
        throw e;
      }
      lose(false);
      return;
    }
    noteTransaction();
  }

  @Override
  public void rollback(Savepoint savepoint) throws SQLException {
    requireTransaction();
    delegate().rollback(savepoint);
  }

  @Override
  public Savepoint setSavepoint() throws SQLException {
    requireTransaction();
    Savepoint savepoint = delegate().setSavepoint();
    noteTransaction();
    return savepoint;
  }

  @Override
  public Savepoint setSavepoint(String name) throws SQLException {
    requireTransaction();
    Savepoint savepoint = delegate().setSavepoint(name);
    noteTransaction();
    return savepoint;
  }

  private void requireTransaction() throws SQLException {
    if (isRollbackDue || (isInTransaction && !isClosed && delegate().isClosed())) {
      throw LostConnection.beforeRollback(link.host());
    }
  }

  @Override
  public void setAutoCommit(boolean autoCommit) throws SQLException {
    if (isRollbackDue) {
      throw LostConnection.beforeRollback(link.host());
    }
    boolean hasWork = isInTransaction;
    if (!isClosed && delegate().isClosed() && !hasWork) {
      state.autoCommit(autoCommit);
      return;
    }
    try {
      delegate().setAutoCommit(autoCommit);
    } catch (SQLException e) {
      ended(hasWork, e);
      state.autoCommit(autoCommit);
      return;
    }
    state.autoCommit(autoCommit);
    noteTransaction();
    if (hasWork && !isInTransaction) {
      state.committed();
    }
  }

  @Override
  public boolean getAutoCommit() throws SQLException {
    return isClosed ? delegate().getAutoCommit() : state.autoCommit();
  }

  @Override
  public <T> T inTransaction(TransactionWork<T> work) throws SQLException {
    if (isInTransaction || !getAutoCommit()) {
      throw new SQLException("a transaction is already in progress", "25001");
    }
    return retry.run(this, work, null);
  }

  @Override
  public <T> T inTransaction(String idempotencyKey, TransactionWork<T> work) throws SQLException {
    if (isInTransaction || !getAutoCommit()) {
      throw new SQLException("a transaction is already in progress", "25001");
    }
    return retry.run(this, work, idempotencyKey);
  }

  // --- what another front end must be told as well
  // -------------------------------------------------

  @Override
  public void setReadOnly(boolean readOnly) throws SQLException {
    delegate().setReadOnly(readOnly);
    state.readOnly(readOnly);
  }

  @Override
  public void setTransactionIsolation(int level) throws SQLException {
    delegate().setTransactionIsolation(level);
    state.isolation(level);
  }

  @Override
  public void setHoldability(int holdability) throws SQLException {
    delegate().setHoldability(holdability);
    state.holdability(holdability);
  }

  @Override
  public void setSchema(String schema) throws SQLException {
    delegate().setSchema(schema);
    state.schema(schema);
  }

  @Override
  public void setNetworkTimeout(Executor executor, int milliseconds) throws SQLException {
    delegate().setNetworkTimeout(executor, milliseconds);
    state.networkTimeout(executor, milliseconds);
  }

  @Override
  public void setClientInfo(String name, @Nullable String value) throws SQLClientInfoException {
    delegate().setClientInfo(name, value);
    state.clientInfo(name, value);
  }

  @Override
  public void setClientInfo(Properties properties) throws SQLClientInfoException {
    delegate().setClientInfo(properties);
    for (String name : properties.stringPropertyNames()) {
      state.clientInfo(name, properties.getProperty(name));
    }
  }

  // --- the connection itself
  // -----------------------------------------------------------------------

  @Override
  public BulkLoad bulkLoad(String table, String... columns) {
    return new BulkLoad(this, table, java.util.List.of(columns));
  }

  @Override
  public String frontEnd() {
    return link.host().toString();
  }

  @Override
  public void close() throws SQLException {
    isClosed = true;
    delegate().close();
  }

  @Override
  public void abort(Executor executor) throws SQLException {
    isClosed = true;
    delegate().abort(executor);
  }

  @Override
  public boolean isClosed() throws SQLException {
    return isClosed || (!isFailover && delegate().isClosed());
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (ForeignConnection.isForeign(type)) {
      return foreign.of(type, this::current);
    }
    return super.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return ForeignConnection.isForeign(type) || super.isWrapperFor(type);
  }

  @Override
  public String toString() {
    return "QuiverConnection[" + link.host() + "]";
  }
}
