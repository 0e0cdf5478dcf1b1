package quiver.server.access;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import quiver.execution.runtime.CpuPool;

/// The threads that root fragments of a front end share.
public final class RootFragments implements AutoCloseable {
  /// Pieces of a root fragment that may wait for a thread; more are done by the session itself.
  private static final int CPU_QUEUE_LENGTH_MAX = 256;

  private final ThreadPoolExecutor threads;
  private final CpuPool pool;

  public RootFragments(int processors) {
    threads =
        new ThreadPoolExecutor(
            processors,
            processors,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(CPU_QUEUE_LENGTH_MAX),
            Thread.ofPlatform().daemon().name("quiver-root-fragment-", 0).factory());
    pool = new CpuPool(threads, processors);
  }

  public CpuPool pool() {
    return pool;
  }

  @Override
  public void close() {
    var _ = threads.shutdownNow();
  }
}
