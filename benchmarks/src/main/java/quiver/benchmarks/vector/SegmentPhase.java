package quiver.benchmarks.vector;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import quiver.benchmarks.report.RecallCurve;
import quiver.benchmarks.report.RecallCurve.Point;
import quiver.benchmarks.vector.engine.EngineProcess;

/// One segment against several of the same rows, at equal recall, in turns.
final class SegmentPhase {
  static final int SEGMENT_COUNT = 8;
  private static final double RECALL = 0.95;

  private final VectorDataset dataset;
  private final RunOptions options;
  private final Report report;

  SegmentPhase(VectorDataset dataset, RunOptions options, Report report) {
    this.dataset = dataset;
    this.options = options;
    this.report = report;
  }

  /// @param one built already
  /// @param several built already
  void run(EngineProcess one, EngineProcess several) throws IOException {
    warmUp(one);
    warmUp(several);
    List<Point> ofOne = new ArrayList<>();
    List<Point> ofSeveral = new ArrayList<>();
    for (int effort : one.name().efforts()) {
      if (ofOne.isEmpty() || ofOne.getLast().recall() < options.stopRecall()) {
        ofOne.add(best(one, effort).point());
      }
      if (ofSeveral.isEmpty() || ofSeveral.getLast().recall() < options.stopRecall()) {
        Measurement measured = best(several, effort);
        ofSeveral.add(measured.point());
        report.search(
            dataset.name(),
            several.name(),
            "segments",
            "",
            measured,
            Map.of("segments", SEGMENT_COUNT));
      }
    }
    OptionalDouble a = new RecallCurve(ofSeveral).at(RECALL, Point::cpuMicros);
    OptionalDouble b = new RecallCurve(ofOne).at(RECALL, Point::cpuMicros);
    if (a.isPresent() && b.isPresent()) {
      report.compare(
          dataset.name(),
          one.name().index(),
          SEGMENT_COUNT + " segments, cpu us at recall 0.95",
          String.format(Locale.ROOT, "%.1f", a.getAsDouble()),
          "one segment",
          String.format(Locale.ROOT, "%.1f", b.getAsDouble()),
          String.format(Locale.ROOT, "%.2fx the time", a.getAsDouble() / b.getAsDouble()));
    }
  }

  /// The first queries of a process are interpreted.
  private void warmUp(EngineProcess process) throws IOException {
    int[] efforts = process.name().efforts();
    for (int asked = 0; asked < options.warmUpQueries(); ) {
      process.search(efforts[efforts.length / 3], options.k());
      asked += dataset.queries().rowCount();
    }
  }

  private Measurement best(EngineProcess process, int effort) throws IOException {
    process.search(effort, options.k());
    Measurement best = pass(process, effort);
    for (int round = 1; round < options.rounds(); round++) {
      best = best.better(pass(process, effort));
    }
    return best;
  }

  private Measurement pass(EngineProcess process, int effort) throws IOException {
    return Measurement.of(
        process.search(effort, options.k()), dataset.answers(), effort, options.k());
  }
}
