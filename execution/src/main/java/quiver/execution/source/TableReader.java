package quiver.execution.source;

/// Opens the part of a table that this process holds, at the statement's snapshot. A query node
/// answers with growing and sealed segments; a front end with the rows its transaction has inserted
/// and not yet committed (segment 0). Safe for every thread.
public interface TableReader {
  /// The rows of a table; the caller closes the snapshot.
  ///
  /// @param tableVersion the definition the plan was made for
  /// @throws quiver.common.error.QuiverException `42P01` if the table is not here, `40001` if its
  ///   definition has changed
  TableSnapshot open(long tableId, int tableVersion);

  /// A reader without any table: for plans that only gather.
  static TableReader none() {
    return (tableId, tableVersion) -> {
      throw new IllegalStateException("no table is held here, asked for " + tableId);
    };
  }
}
