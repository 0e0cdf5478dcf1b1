package quiver.vector.index;

import java.lang.foreign.Arena;
import java.util.concurrent.Executor;

/// What an index build may use.
///
/// @param executor runs the helpers; the calling thread works too, and the build finishes even if
///   the executor never runs anything
/// @param threadCount threads at most, the caller included
/// @param arena owns the finished index; kept open as long as the index is searched
public record BuildResources(
    Executor executor, int threadCount, Arena arena, BuildMonitor monitor) {
  public BuildResources {
    if (threadCount < 1) {
      throw new IllegalArgumentException("threadCount " + threadCount);
    }
  }

  /// Builds on the calling thread alone.
  public static BuildResources onCaller(Arena arena) {
    return new BuildResources(Runnable::run, 1, arena, BuildMonitor.NONE);
  }
}
