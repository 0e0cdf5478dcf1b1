package quiver.execution.source;

import java.util.List;
import java.util.Optional;
import quiver.common.column.RowBatch;

/// Rows on demand: every operator, and what it reads from. Used by one thread at a time.
public interface BatchStream extends AutoCloseable {
  /// The next rows, at least one; empty at the end, and again whenever asked after it.
  ///
  /// @throws quiver.common.error.QuiverException what the statement fails with; the stream is then
  ///   only good for [#close]
  Optional<RowBatch> next();

  /// Stops work and frees what is held. Idempotent.
  @Override
  void close();

  /// A stream without rows.
  static BatchStream empty() {
    return of(List.of());
  }

  /// A stream of batches that are there already; empty ones are left out.
  static BatchStream of(List<RowBatch> batches) {
    return new ListStream(batches);
  }
}
