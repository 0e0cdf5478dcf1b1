package quiver.jdbc;

import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.net.URL;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.Date;
import java.sql.NClob;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.SQLXML;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.Calendar;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;
import quiver.jdbc.forward.ForwardingPreparedStatement;
import quiver.jdbc.host.DriverProperty;
import quiver.jdbc.sql.InsertText;
import quiver.jdbc.sql.StatementText;
import quiver.jdbc.sql.StatementText.Kind;
import quiver.jdbc.wire.VectorTypes;

/// A prepared statement of pgjdbc. It keeps the parameters, to give them to another front end and
/// to send the rows of a batch by COPY.
class QuiverPreparedStatement extends ForwardingPreparedStatement {
  private static final int PARAMETERS_INITIAL = 8;
  private static final String THRESHOLD_PROPERTY = "prepareThreshold";

  private final RoutedConnection connection;
  private final String sql;
  private final StatementText text;
  private final boolean isCopyAllowed;
  private final Attached<PreparedStatement> attached;
  private @Nullable Binder[] binders = new Binder[PARAMETERS_INITIAL];
  private @Nullable Object[] values = new Object[PARAMETERS_INITIAL];
  private int parameterCount;
  private @Nullable CopyBatch batch;
  private boolean isBatchInDelegate;
  private boolean isDelegateBehind;
  private boolean isTimed;

  /// @param isPlain whether nobody asks for generated keys
  QuiverPreparedStatement(
      RoutedConnection connection,
      String sql,
      boolean isPlain,
      Attached.Maker<PreparedStatement> maker)
      throws SQLException {
    this.connection = connection;
    this.sql = sql;
    this.text = StatementText.of(sql);
    this.isCopyAllowed = isPlain && connection.settings().is(DriverProperty.COPY_BATCH);
    // Vectors arrive in binary only if pgjdbc knows the columns before it asks for rows.
    boolean describesFirst =
        text.kind() == Kind.READ && !connection.settings().theirs().containsKey(THRESHOLD_PROPERTY);
    this.attached =
        new Attached<>(
            connection,
            c -> {
              PreparedStatement made = maker.make(c);
              if (describesFirst) {
                made.unwrap(PGStatement.class).setPrepareThreshold(-1);
              }
              return made;
            });
  }

  @Override
  protected final PreparedStatement delegate() {
    return attached.last();
  }

  @Override
  public final Connection getConnection() {
    return connection;
  }

  // --- parameters --------------------------------------------------------------------------------

  /// Takes a parameter whose setter is not one of [Setter].
  private void set(int index, Binder binder) throws SQLException {
    set(index, binder, null);
  }

  private void set(int index, Binder binder, @Nullable Object value) throws SQLException {
    CopyBatch rows = batch;
    if (rows != null && !rows.isEmpty() && binder.isValueEnough() && rows.hasParameter(index)) {
      isDelegateBehind = true;
    } else {
      if (rows != null && !rows.isEmpty()) {
        handOver(rows);
      }
      binder.bind(delegate(), index, value);
    }
    if (index > binders.length) {
      binders = Arrays.copyOf(binders, Math.max(index, 2 * binders.length));
      values = Arrays.copyOf(values, binders.length);
    }
    binders[index - 1] = binder;
    values[index - 1] = value;
    parameterCount = Math.max(parameterCount, index);
  }

  /// Gives the delegate what it has not been given.
  private void bindAll() throws SQLException {
    bindTo(binders, values);
    isDelegateBehind = false;
  }

  private void bindTo(@Nullable Binder[] rowBinders, @Nullable Object[] row) throws SQLException {
    for (int i = 0; i < rowBinders.length; i++) {
      Binder binder = rowBinders[i];
      if (binder != null) {
        binder.bind(delegate(), i + 1, row[i]);
      }
    }
  }

  /// The statement for the connection of now, with all parameters.
  private PreparedStatement fresh() throws SQLException {
    if (attached.renew()) {
      if (isBatchInDelegate) {
        throw LostConnection.unrepeatable("a batch");
      }
      isDelegateBehind = true;
    }
    if (isDelegateBehind) {
      bindAll();
    }
    return delegate();
  }

  @Override
  public void clearParameters() throws SQLException {
    delegate().clearParameters();
    Arrays.fill(binders, null);
    Arrays.fill(values, null);
    parameterCount = 0;
    isDelegateBehind = false;
  }

  @Override
  public void setNull(int parameterIndex, int sqlType) throws SQLException {
    set(parameterIndex, new NullOf(sqlType));
  }

  /// A null of a type.
  private record NullOf(int sqlType) implements Binder {
    @Override
    public void bind(PreparedStatement statement, int index, @Nullable Object value)
        throws SQLException {
      statement.setNull(index, sqlType);
    }

    @Override
    public boolean isValueEnough() {
      return true;
    }
  }

  @Override
  public void setBoolean(int parameterIndex, boolean x) throws SQLException {
    set(parameterIndex, Setter.BOOLEAN, x);
  }

  @Override
  public void setByte(int parameterIndex, byte x) throws SQLException {
    set(parameterIndex, Setter.BYTE, x);
  }

  @Override
  public void setShort(int parameterIndex, short x) throws SQLException {
    set(parameterIndex, Setter.SHORT, x);
  }

  @Override
  public void setInt(int parameterIndex, int x) throws SQLException {
    set(parameterIndex, Setter.INT, x);
  }

  @Override
  public void setLong(int parameterIndex, long x) throws SQLException {
    set(parameterIndex, Setter.LONG, x);
  }

  @Override
  public void setFloat(int parameterIndex, float x) throws SQLException {
    set(parameterIndex, Setter.FLOAT, x);
  }

  @Override
  public void setDouble(int parameterIndex, double x) throws SQLException {
    set(parameterIndex, Setter.DOUBLE, x);
  }

  @Override
  public void setBigDecimal(int parameterIndex, @Nullable BigDecimal x) throws SQLException {
    set(parameterIndex, Setter.BIG_DECIMAL, x);
  }

  @Override
  public void setString(int parameterIndex, @Nullable String x) throws SQLException {
    set(parameterIndex, Setter.STRING, x);
  }

  @Override
  public void setBytes(int parameterIndex, byte @Nullable [] x) throws SQLException {
    set(parameterIndex, Setter.BYTES, x);
  }

  @Override
  public void setDate(int parameterIndex, @Nullable Date x) throws SQLException {
    set(parameterIndex, Setter.DATE, x == null ? null : x.clone());
  }

  @Override
  public void setTime(int parameterIndex, @Nullable Time x) throws SQLException {
    set(parameterIndex, Setter.TIME, x == null ? null : x.clone());
  }

  @Override
  public void setTimestamp(int parameterIndex, @Nullable Timestamp x) throws SQLException {
    set(parameterIndex, Setter.TIMESTAMP, x == null ? null : x.clone());
  }

  @Override
  public void setObject(int parameterIndex, @Nullable Object x) throws SQLException {
    set(parameterIndex, Setter.OBJECT, x == null ? null : VectorTypes.toParameter(x));
  }

  @Override
  public void setObject(int parameterIndex, @Nullable Object x, int targetSqlType)
      throws SQLException {
    Object value = x == null ? null : VectorTypes.toParameter(x);
    set(parameterIndex, (s, i, v) -> s.setObject(i, v, targetSqlType), value);
  }

  @Override
  public void setObject(
      int parameterIndex, @Nullable Object x, int targetSqlType, int scaleOrLength)
      throws SQLException {
    Object value = x == null ? null : VectorTypes.toParameter(x);
    set(parameterIndex, (s, i, v) -> s.setObject(i, v, targetSqlType, scaleOrLength), value);
  }

  @Override
  public void setObject(int parameterIndex, @Nullable Object x, SQLType targetSqlType)
      throws SQLException {
    if (targetSqlType instanceof QuiverTypes type) {
      set(parameterIndex, Setter.OBJECT, x == null ? null : VectorTypes.cast(x, type.getName()));
    } else {
      setObject(parameterIndex, x, jdbcType(targetSqlType));
    }
  }

  @Override
  public void setObject(
      int parameterIndex, @Nullable Object x, SQLType targetSqlType, int scaleOrLength)
      throws SQLException {
    if (targetSqlType instanceof QuiverTypes) {
      setObject(parameterIndex, x, targetSqlType);
    } else {
      setObject(parameterIndex, x, jdbcType(targetSqlType), scaleOrLength);
    }
  }

  private static int jdbcType(SQLType type) {
    return type.getVendorTypeNumber();
  }

  @Override
  public void setNull(int parameterIndex, int sqlType, @Nullable String typeName)
      throws SQLException {
    set(parameterIndex, (s, i, v) -> s.setNull(i, sqlType, typeName));
  }

  @Override
  public void setDate(int parameterIndex, @Nullable Date x, @Nullable Calendar calendar)
      throws SQLException {
    Object value = x == null ? null : x.clone();
    set(parameterIndex, (s, i, v) -> s.setDate(i, (Date) v, calendar), value);
  }

  @Override
  public void setTime(int parameterIndex, @Nullable Time x, @Nullable Calendar calendar)
      throws SQLException {
    Object value = x == null ? null : x.clone();
    set(parameterIndex, (s, i, v) -> s.setTime(i, (Time) v, calendar), value);
  }

  @Override
  public void setTimestamp(int parameterIndex, @Nullable Timestamp x, @Nullable Calendar calendar)
      throws SQLException {
    Object value = x == null ? null : x.clone();
    set(parameterIndex, (s, i, v) -> s.setTimestamp(i, (Timestamp) v, calendar), value);
  }

  @Override
  public void setArray(int parameterIndex, @Nullable Array x) throws SQLException {
    set(parameterIndex, (s, i, v) -> s.setArray(i, (Array) v), x);
  }

  @Override
  public void setURL(int parameterIndex, @Nullable URL x) throws SQLException {
    set(parameterIndex, (s, i, v) -> s.setURL(i, (URL) v), x);
  }

  @Override
  public void setRef(int parameterIndex, @Nullable Ref x) throws SQLException {
    set(parameterIndex, (s, i, v) -> s.setRef(i, (Ref) v), x);
  }

  @Override
  public void setRowId(int parameterIndex, @Nullable RowId x) throws SQLException {
    set(parameterIndex, (s, i, v) -> s.setRowId(i, (RowId) v), x);
  }

  @Override
  public void setNString(int parameterIndex, @Nullable String x) throws SQLException {
    set(parameterIndex, (s, i, v) -> s.setNString(i, (String) v), x);
  }

  @Override
  public void setBlob(int parameterIndex, @Nullable Blob x) throws SQLException {
    set(parameterIndex, (s, i, v) -> s.setBlob(i, (Blob) v), x);
  }

  @Override
  public void setClob(int parameterIndex, @Nullable Clob x) throws SQLException {
    set(parameterIndex, (s, i, v) -> s.setClob(i, (Clob) v), x);
  }

  @Override
  public void setNClob(int parameterIndex, @Nullable NClob x) throws SQLException {
    set(parameterIndex, (s, i, v) -> s.setNClob(i, (NClob) v), x);
  }

  @Override
  public void setSQLXML(int parameterIndex, @Nullable SQLXML x) throws SQLException {
    set(parameterIndex, (s, i, v) -> s.setSQLXML(i, (SQLXML) v), x);
  }

  @Override
  public void setAsciiStream(int parameterIndex, @Nullable InputStream x, int length)
      throws SQLException {
    setStream(parameterIndex, (s, i, v) -> s.setAsciiStream(i, x, length));
  }

  @Override
  public void setAsciiStream(int parameterIndex, @Nullable InputStream x, long length)
      throws SQLException {
    setStream(parameterIndex, (s, i, v) -> s.setAsciiStream(i, x, length));
  }

  @Override
  public void setAsciiStream(int parameterIndex, @Nullable InputStream x) throws SQLException {
    setStream(parameterIndex, (s, i, v) -> s.setAsciiStream(i, x));
  }

  @Override
  public void setBinaryStream(int parameterIndex, @Nullable InputStream x, int length)
      throws SQLException {
    setStream(parameterIndex, (s, i, v) -> s.setBinaryStream(i, x, length));
  }

  @Override
  public void setBinaryStream(int parameterIndex, @Nullable InputStream x, long length)
      throws SQLException {
    setStream(parameterIndex, (s, i, v) -> s.setBinaryStream(i, x, length));
  }

  @Override
  public void setBinaryStream(int parameterIndex, @Nullable InputStream x) throws SQLException {
    setStream(parameterIndex, (s, i, v) -> s.setBinaryStream(i, x));
  }

  @Override
  public void setCharacterStream(int parameterIndex, @Nullable Reader x, int length)
      throws SQLException {
    setStream(parameterIndex, (s, i, v) -> s.setCharacterStream(i, x, length));
  }

  @Override
  public void setCharacterStream(int parameterIndex, @Nullable Reader x, long length)
      throws SQLException {
    setStream(parameterIndex, (s, i, v) -> s.setCharacterStream(i, x, length));
  }

  @Override
  public void setCharacterStream(int parameterIndex, @Nullable Reader x) throws SQLException {
    setStream(parameterIndex, (s, i, v) -> s.setCharacterStream(i, x));
  }

  @Override
  public void setNCharacterStream(int parameterIndex, @Nullable Reader x, long length)
      throws SQLException {
    setStream(parameterIndex, (s, i, v) -> s.setNCharacterStream(i, x, length));
  }

  @Override
  public void setNCharacterStream(int parameterIndex, @Nullable Reader x) throws SQLException {
    setStream(parameterIndex, (s, i, v) -> s.setNCharacterStream(i, x));
  }

  @Override
  public void setBlob(int parameterIndex, @Nullable InputStream x, long length)
      throws SQLException {
    setStream(parameterIndex, (s, i, v) -> s.setBlob(i, x, length));
  }

  @Override
  public void setBlob(int parameterIndex, @Nullable InputStream x) throws SQLException {
    setStream(parameterIndex, (s, i, v) -> s.setBlob(i, x));
  }

  @Override
  public void setClob(int parameterIndex, @Nullable Reader x, long length) throws SQLException {
    setStream(parameterIndex, (s, i, v) -> s.setClob(i, x, length));
  }

  @Override
  public void setClob(int parameterIndex, @Nullable Reader x) throws SQLException {
    setStream(parameterIndex, (s, i, v) -> s.setClob(i, x));
  }

  @Override
  public void setNClob(int parameterIndex, @Nullable Reader x, long length) throws SQLException {
    setStream(parameterIndex, (s, i, v) -> s.setNClob(i, x, length));
  }

  @Override
  public void setNClob(int parameterIndex, @Nullable Reader x) throws SQLException {
    setStream(parameterIndex, (s, i, v) -> s.setNClob(i, x));
  }

  /// A stream can be read only once: what follows it goes to the statement it was given to.
  private void setStream(int index, Binder binder) throws SQLException {
    set(index, binder);
    binders[index - 1] = new Once(delegate());
  }

  /// Stands for a stream that has been given to a statement.
  private record Once(PreparedStatement statement) implements Binder {
    @Override
    @SuppressWarnings("ReferenceEquality") // another object is another statement
    public void bind(PreparedStatement other, int index, @Nullable Object value)
        throws SQLException {
      if (other != statement) {
        throw LostConnection.unrepeatable("a stream");
      }
    }
  }

  // --- running -----------------------------------------------------------------------------------

  @Override
  public final boolean execute() throws SQLException {
    return connection.run(text, sql, () -> fresh().execute());
  }

  @Override
  public final ResultSet executeQuery() throws SQLException {
    return new QuiverResultSet(
        connection.run(text, sql, () -> fresh().executeQuery()), this, connection);
  }

  @Override
  public final int executeUpdate() throws SQLException {
    return connection.run(text, sql, () -> fresh().executeUpdate());
  }

  @Override
  public final long executeLargeUpdate() throws SQLException {
    return connection.run(text, sql, () -> fresh().executeLargeUpdate());
  }

  @Override
  public final @Nullable ResultSet getResultSet() throws SQLException {
    ResultSet rows = delegate().getResultSet();
    return rows == null ? null : new QuiverResultSet(rows, this, connection);
  }

  @Override
  public final ResultSet getGeneratedKeys() throws SQLException {
    return new QuiverResultSet(delegate().getGeneratedKeys(), this, connection);
  }

  @Override
  public final @Nullable ResultSetMetaData getMetaData() throws SQLException {
    return connection.run(text, sql, () -> fresh().getMetaData());
  }

  @Override
  public final ParameterMetaData getParameterMetaData() throws SQLException {
    return connection.run(text, sql, () -> fresh().getParameterMetaData());
  }

  // --- batches -----------------------------------------------------------------------------------

  @Override
  public final void addBatch() throws SQLException {
    if (batch == null && !isBatchInDelegate && isCopyAllowed && !isTimed) {
      batch = InsertText.parse(sql).map(insert -> new CopyBatch(connection, insert)).orElse(null);
    }
    CopyBatch rows = batch;
    if (rows != null && !isBatchInDelegate) {
      if (rows.add(binders, values, parameterCount)) {
        return;
      }
      handOver(rows);
    }
    fresh().addBatch();
    isBatchInDelegate = true;
  }

  /// Gives the delegate the rows that were meant for COPY.
  private void handOver(CopyBatch rows) throws SQLException {
    List<CopyBatch.Row> taken = rows.take();
    PreparedStatement statement = fresh();
    for (CopyBatch.Row row : taken) {
      bindTo(row.binders(), row.values());
      statement.addBatch();
      isBatchInDelegate = true;
    }
    if (!taken.isEmpty()) {
      bindAll();
    }
  }

  @Override
  public final void clearBatch() throws SQLException {
    delegate().clearBatch();
    isBatchInDelegate = false;
    if (batch != null) {
      batch.take();
    }
  }

  @Override
  public final int[] executeBatch() throws SQLException {
    CopyBatch rows = batch;
    if (rows == null || rows.isEmpty()) {
      return runBatch(() -> fresh().executeBatch());
    }
    int count = rows.count();
    boolean isCopied = runBatch(() -> copyOrHandOver(rows));
    if (!isCopied) {
      return runBatch(() -> fresh().executeBatch());
    }
    int[] counts = new int[count];
    Arrays.fill(counts, 1);
    return counts;
  }

  @Override
  public final long[] executeLargeBatch() throws SQLException {
    CopyBatch rows = batch;
    if (rows == null || rows.isEmpty()) {
      return runBatch(() -> fresh().executeLargeBatch());
    }
    int count = rows.count();
    boolean isCopied = runBatch(() -> copyOrHandOver(rows));
    if (!isCopied) {
      return runBatch(() -> fresh().executeLargeBatch());
    }
    long[] counts = new long[count];
    Arrays.fill(counts, 1);
    return counts;
  }

  /// @return whether the rows are in the table; if not, they are with the delegate
  private boolean copyOrHandOver(CopyBatch rows) throws SQLException {
    if (rows.copy()) {
      rows.take();
      return true;
    }
    handOver(rows);
    return false;
  }

  private <T> T runBatch(RoutedConnection.Call<T> call) throws SQLException {
    boolean isDone = false;
    try {
      T result = connection.run(text, sql, call);
      isDone = !(result instanceof Boolean isCopied) || isCopied;
      return result;
    } catch (SQLException | RuntimeException e) {
      isDone = true;
      throw e;
    } finally {
      if (isDone) {
        isBatchInDelegate = false;
        if (batch != null) {
          batch.take();
        }
      }
    }
  }

  @Override
  public final void cancel() throws SQLException {
    CopyBatch rows = batch;
    if (rows != null && rows.isCopying()) {
      connection.current().cancelQuery();
    } else {
      delegate().cancel();
    }
  }

  // --- what another statement must be told as well
  // -------------------------------------------------

  @Override
  public final void setFetchSize(int rows) throws SQLException {
    attached.set("fetchSize", s -> s.setFetchSize(rows));
  }

  @Override
  public final void setMaxRows(int max) throws SQLException {
    attached.set("maxRows", s -> s.setMaxRows(max));
  }

  @Override
  public final void setLargeMaxRows(long max) throws SQLException {
    attached.set("maxRows", s -> s.setLargeMaxRows(max));
  }

  @Override
  public final void setQueryTimeout(int seconds) throws SQLException {
    attached.set("queryTimeout", s -> s.setQueryTimeout(seconds));
    isTimed = seconds > 0;
    if (isTimed && batch != null) {
      handOver(batch);
      batch = null;
    }
  }

  @Override
  public final void setMaxFieldSize(int max) throws SQLException {
    attached.set("maxFieldSize", s -> s.setMaxFieldSize(max));
  }

  @Override
  public final void closeOnCompletion() throws SQLException {
    attached.set("closeOnCompletion", Statement::closeOnCompletion);
  }

  @Override
  public final void close() throws SQLException {
    attached.close();
  }

  @Override
  public String toString() {
    return delegate().toString();
  }
}
