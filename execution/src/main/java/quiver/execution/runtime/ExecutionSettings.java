package quiver.execution.runtime;

import java.nio.file.Path;
import java.util.Optional;

/// Settings of a session that the engine obeys.
///
/// @param searchEffort `hnsw.ef_search`: candidates a graph search keeps
/// @param workMemoryBytes what one sort, join or aggregate holds before it spills to a file
/// @param spillDirectory where spill files go; empty: nothing is spilled, only the limit of
///   [QueryMemory] counts
public record ExecutionSettings(
    int searchEffort, long workMemoryBytes, Optional<Path> spillDirectory) {
  /// pgvector's default for `hnsw.ef_search`.
  public static final int SEARCH_EFFORT_DEFAULT = 40;

  /// Work memory before an operator spills.
  public static final long WORK_MEMORY_BYTES_DEFAULT = 64L << 20;

  /// Default effort and work memory, no spilling.
  public static final ExecutionSettings DEFAULT =
      new ExecutionSettings(SEARCH_EFFORT_DEFAULT, WORK_MEMORY_BYTES_DEFAULT, Optional.empty());
}
