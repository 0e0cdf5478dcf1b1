package quiver.workers.node;

/// Waits for threads to end.
final class Threads {
  private Threads() {}

  /// Waits, interrupted or not.
  static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
