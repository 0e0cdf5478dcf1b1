package quiver.execution.runtime;

import java.util.concurrent.Executor;

/// Threads for work that keeps a core busy.
///
/// @param executor runs tasks on platform threads, or refuses them with
///   `RejectedExecutionException`; the engine then does the work itself
/// @param parallelism how many tasks one statement may have running, at least 1; with 1 nothing is
///   handed to the executor
public record CpuPool(Executor executor, int parallelism) {
  public CpuPool {
    if (parallelism < 1) {
      throw new IllegalArgumentException("parallelism " + parallelism);
    }
  }

  /// Everything on the thread of the statement.
  public static CpuPool callerOnly() {
    return new CpuPool(Runnable::run, 1);
  }
}
