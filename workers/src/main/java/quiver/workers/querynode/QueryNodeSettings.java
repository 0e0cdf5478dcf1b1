package quiver.workers.querynode;

import java.nio.file.Path;
import java.util.Optional;

/// What a query node may use.
///
/// @param threadCount threads that run fragments
/// @param queueLength fragments that may wait for one; more are refused with `53000`
/// @param queryMemoryBytes what one fragment may hold
/// @param spillDirectory where operators spill to; empty: they do not
/// @param productVersion answered by `version()`
public record QueryNodeSettings(
    int threadCount,
    int queueLength,
    long queryMemoryBytes,
    Optional<Path> spillDirectory,
    String productVersion) {
  /// Fragments that may wait for a thread.
  public static final int QUEUE_LENGTH_DEFAULT = 1024;

  /// What one fragment may hold.
  public static final long QUERY_MEMORY_BYTES_DEFAULT = 1L << 30;
}
