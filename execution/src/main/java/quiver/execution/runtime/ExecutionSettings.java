package quiver.execution.runtime;

import java.nio.file.Path;
import java.util.Optional;

/// Settings of a session that the engine obeys.
///
/// @param search how hard vector indexes are searched
/// @param workMemoryBytes what one sort, join or aggregate holds before it spills to a file
/// @param spillDirectory where spill files go; empty: nothing is spilled, only the limit of
///   [QueryMemory] counts
public record ExecutionSettings(
    SearchSettings search, long workMemoryBytes, Optional<Path> spillDirectory) {
  /// Work memory before an operator spills.
  public static final long WORK_MEMORY_BYTES_DEFAULT = 64L << 20;

  /// Default effort and work memory, no spilling.
  public static final ExecutionSettings DEFAULT =
      new ExecutionSettings(SearchSettings.DEFAULT, WORK_MEMORY_BYTES_DEFAULT, Optional.empty());
}
