package quiver.benchmarks.vector;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import quiver.benchmarks.report.RecallCurve;
import quiver.benchmarks.report.RecallCurve.Point;
import quiver.benchmarks.vector.engine.EngineName;
import quiver.benchmarks.vector.engine.EngineProcess;
import quiver.benchmarks.vector.engine.EngineSetup;
import quiver.benchmarks.vector.engine.MemoryLimit;

/// The index on disk in a process whose whole memory is limited: 15 % of the raw vectors for heap
/// data and page cache together, and a fixed share for the Java machine itself.
final class MemoryPhase {
  private static final double SHARE = 0.15;
  private static final long MACHINE_BYTES = 112L << 20;
  private static final double RECALL = 0.95;

  private final VectorDataset dataset;
  private final RunOptions options;
  private final Report report;

  MemoryPhase(VectorDataset dataset, RunOptions options, Report report) {
    this.dataset = dataset;
    this.options = options;
    this.report = report;
  }

  /// @param setup whose index file has been written, by a process that has ended
  void run(EngineSetup setup) throws IOException {
    long raw = (long) dataset.base().rowCount() * dataset.base().dimension() * Float.BYTES;
    long bytes = (long) (SHARE * raw) + MACHINE_BYTES;
    // Not a page of it stays in the cache.
    evict(setup.diskIndex());
    evict(dataset.base().path());
    List<Point> points = new ArrayList<>();
    long peak;
    try (MemoryLimit limit = MemoryLimit.of("quiver-bench", bytes)) {
      try (EngineProcess process =
          EngineProcess.limited(EngineName.DISKANN, setup, options.work(), limit)) {
        process.build();
        for (int effort : process.name().efforts()) {
          Measurement measured = pass(process, effort);
          for (int round = 1; round < options.rounds(); round++) {
            measured = pass(process, effort);
          }
          points.add(measured.point());
          Map<String, Object> more = new LinkedHashMap<>();
          more.put("raw_bytes", raw);
          more.put("limit_bytes", bytes);
          more.put("peak_bytes", limit.peakBytes());
          report.search(dataset.name(), process.name(), "memory", "", measured, more);
          if (measured.point().recall() >= options.stopRecall()) {
            break;
          }
        }
        peak = limit.peakBytes();
      }
    }
    OptionalDouble speed = new RecallCurve(points).at(RECALL, Point::queriesPerSecond);
    report.compare(
        dataset.name(),
        EngineName.DISKANN.index(),
        String.format(
            Locale.ROOT,
            "queries/s at recall 0.95 within %.0f MB (15%% of %.0f MB and %d MB)",
            bytes / 1e6,
            raw / 1e6,
            MACHINE_BYTES / 1_000_000),
        speed.isEmpty() ? "not reached" : String.format(Locale.ROOT, "%.1f", speed.getAsDouble()),
        "peak MB",
        String.format(Locale.ROOT, "%.1f", peak / 1e6),
        "");
  }

  private Measurement pass(EngineProcess process, int effort) throws IOException {
    return Measurement.of(
        process.search(effort, options.k()), dataset.answers(), effort, options.k());
  }

  private static void evict(Path file) throws IOException {
    List<String> command =
        List.of("dd", "of=" + file, "oflag=nocache", "conv=notrunc,fdatasync", "count=0");
    try {
      int exit =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
      if (exit != 0) {
        throw new IOException("dd cannot drop " + file + " from the page cache");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while dropping " + file, e);
    }
  }
}
