package quiver.benchmarks.vector;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import quiver.benchmarks.vector.engine.EngineName;
import quiver.benchmarks.vector.engine.EngineProcess;
import quiver.benchmarks.vector.engine.EngineSetup;

/// What one thread reaches without a server: the measure for what a server reaches.
public final class InProcessRate {
  private static final int WARM_UP_PASSES = 6;
  private static final int PASSES = 5;
  private static final int K = 10;

  private InProcessRate() {}

  /// Queries a second over WordNet x MiniLM with the graph that `USING hnsw` builds, best of some
  /// passes.
  ///
  /// @param data the directory of the set
  /// @param work for decoded data
  public static double measure(Path data, Path work, int effort) throws IOException {
    Files.createDirectories(work);
    VectorDataset set = VectorDataset.load(data, work.toRealPath()).getFirst();
    int core = Runtime.getRuntime().availableProcessors() - 1;
    EngineSetup setup =
        new EngineSetup(set.base(), set.queries(), set.metric(), core, 1, 16, 200, 0, 1);
    try (EngineProcess process = new EngineProcess(EngineName.GRAPH, setup, work.toRealPath())) {
      process.build();
      double best = 0;
      for (int pass = 0; pass < WARM_UP_PASSES + PASSES; pass++) {
        Measurement measured = Measurement.of(process.search(effort, K), set.answers(), effort, K);
        if (pass >= WARM_UP_PASSES) {
          best = Math.max(best, measured.point().queriesPerSecond());
        }
      }
      return best;
    }
  }
}
