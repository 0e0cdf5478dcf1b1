package quiver.vector.graph;

import java.util.concurrent.atomic.AtomicInteger;
import quiver.vector.index.BuildMonitor;
import quiver.vector.parallel.ParallelLoop;

/// Turns the steps of a build into one growing number of rows.
final class BuildProgress {
  private final BuildMonitor monitor;
  private final ParallelLoop loop;
  private final int rowsTotal;
  private final int weightTotal;
  private int weightDone;

  /// @param weightTotal the sum of the weights of all steps
  BuildProgress(BuildMonitor monitor, ParallelLoop loop, int rowsTotal, int weightTotal) {
    this.monitor = monitor;
    this.loop = loop;
    this.rowsTotal = rowsTotal;
    this.weightTotal = weightTotal;
  }

  ParallelLoop loop() {
    return loop;
  }

  void checkCancelled() {
    monitor.checkCancelled();
  }

  /// Runs one step over `count` items.
  ///
  /// @param weight its share of the whole build
  void run(int weight, int count, int chunkSize, ParallelLoop.Chunk chunk) {
    AtomicInteger done = new AtomicInteger();
    loop.run(
        count,
        chunkSize,
        (slot, from, to) -> {
          monitor.checkCancelled();
          chunk.run(slot, from, to);
          int items = done.addAndGet(to - from);
          // Slot 0 is the building thread, the only one that reports.
          if (slot == 0) {
            report(weightDone + (double) weight * items / count);
          }
        });
    weightDone += weight;
    report(weightDone);
  }

  private void report(double weight) {
    monitor.progress((int) (rowsTotal * Math.min(1, weight / weightTotal)), rowsTotal);
  }
}
