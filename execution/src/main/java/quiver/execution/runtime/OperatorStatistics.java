package quiver.execution.runtime;

import java.util.List;

/// What one operator of a plan did: EXPLAIN ANALYZE.
///
/// @param rows rows emitted, over all loops
/// @param batches batches emitted, over all loops
/// @param nanos time in the operator and those below it, over all loops
/// @param startupNanos the part of it before the first rows
/// @param loops how often the operator was opened; 0: never executed
/// @param memoryBytesMax most memory held at once
/// @param spilledBytes bytes written to spill files
/// @param details further lines, in order, for example `Strategy` → `GRAPH`
public record OperatorStatistics(
    long rows,
    long batches,
    long nanos,
    long startupNanos,
    long loops,
    long memoryBytesMax,
    long spilledBytes,
    List<Detail> details) {
  public static final OperatorStatistics NEVER_EXECUTED =
      new OperatorStatistics(0, 0, 0, 0, 0, 0, 0, List.of());

  public OperatorStatistics {
    details = List.copyOf(details);
  }

  /// One line of EXPLAIN ANALYZE.
  public record Detail(String name, String value) {}
}
