package quiver.execution.operator;

import java.util.List;
import java.util.Optional;
import quiver.execution.expression.InputRows;
import quiver.execution.runtime.OperatorStatistics;
import quiver.execution.source.BatchStream;

/// A running plan node. Used by one thread at a time.
interface Operator extends BatchStream {
  /// As [#next], with columns fetched only when they are asked for. The rows are good until the
  /// operator is asked for more.
  Optional<InputRows> nextRows();

  /// Most memory held at once, in bytes.
  default long memoryBytesMax() {
    return 0;
  }

  /// Bytes written to spill files.
  default long spilledBytes() {
    return 0;
  }

  /// Lines for EXPLAIN ANALYZE.
  default List<OperatorStatistics.Detail> details() {
    return List.of();
  }
}
