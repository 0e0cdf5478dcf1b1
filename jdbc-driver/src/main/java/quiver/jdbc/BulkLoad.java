package quiver.jdbc;

import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;

/// What a bulk load will do; [#open] begins it. Made by [QuiverConnection#bulkLoad]; immutable but
/// for its own methods, which return it.
///
/// ```java
/// var load = connection.unwrap(QuiverConnection.class)
///     .bulkLoad("items", "id", "category", "embedding")
///     .rowsPerCommit(100_000)
///     .onProgress(50_000, progress -> log.info("{} rows", progress.rows()));
/// try (BulkWriter writer = load.open()) {
///   for (Item item : items) {
///     writer.row(item.id(), item.category(), item.embedding());
///   }
///   writer.finish();
/// }
/// ```
public final class BulkLoad {
  private final RoutedConnection connection;
  private final String table;
  private final List<String> columns;
  private long rowsPerCommit;
  private long progressRows;
  private Consumer<BulkProgress> onProgress = progress -> {};

  BulkLoad(RoutedConnection connection, String table, List<String> columns) {
    this.connection = connection;
    this.table = table;
    this.columns = columns;
  }

  /// Commits after so many rows, again and again, instead of once at the end. With autocommit only.
  /// What is committed stays when a later row fails; one transaction holds no more than 1 GiB.
  public BulkLoad rowsPerCommit(long rows) {
    if (rows < 1) {
      throw new IllegalArgumentException("rowsPerCommit must be 1 or more, not " + rows);
    }
    rowsPerCommit = rows;
    return this;
  }

  /// Calls back on the thread that writes, each time so many more rows have been taken, and at the
  /// end.
  public BulkLoad onProgress(long everyRows, Consumer<BulkProgress> callback) {
    if (everyRows < 1) {
      throw new IllegalArgumentException("everyRows must be 1 or more, not " + everyRows);
    }
    progressRows = everyRows;
    onProgress = callback;
    return this;
  }

  /// Begins the load. Nothing else can be done with the connection until the writer is closed.
  ///
  /// @throws SQLException if there is no such table or column, or one of a type that cannot be sent
  ///   in binary; `25001` for rowsPerCommit in a transaction
  public BulkWriter open() throws SQLException {
    return new BulkWriter(connection, this);
  }

  String table() {
    return table;
  }

  List<String> columns() {
    return columns;
  }

  long rowsPerCommit() {
    return rowsPerCommit;
  }

  long progressRows() {
    return progressRows;
  }

  Consumer<BulkProgress> progressConsumer() {
    return onProgress;
  }
}
