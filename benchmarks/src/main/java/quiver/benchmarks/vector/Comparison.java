package quiver.benchmarks.vector;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import quiver.benchmarks.report.RecallCurve;
import quiver.benchmarks.report.RecallCurve.Point;
import quiver.benchmarks.vector.engine.EngineName;
import quiver.benchmarks.vector.engine.EngineProcess;

/// Builds every engine's index over one set and takes each engine's recall curve in turns: one
/// effort of the first, one of the second, and so on, round after round. The better of a point's
/// rounds counts, for every engine alike.
final class Comparison {
  private static final double[] RECALLS = {0.95, 0.99};

  private final VectorDataset dataset;
  private final RunOptions options;
  private final Report report;
  private final List<Contender> contenders = new ArrayList<>();

  /// One engine with what it has shown so far.
  private static final class Contender {
    private final EngineProcess process;
    private final EngineProcess.Build build;
    private final Map<Integer, Measurement> points = new LinkedHashMap<>();
    private boolean done;

    Contender(EngineProcess process, EngineProcess.Build build) {
      this.process = process;
      this.build = build;
    }

    EngineName name() {
      return process.name();
    }

    RecallCurve curve() {
      return new RecallCurve(points.values().stream().map(Measurement::point).toList());
    }
  }

  Comparison(VectorDataset dataset, RunOptions options, Report report) {
    this.dataset = dataset;
    this.options = options;
    this.report = report;
  }

  void run(List<EngineProcess> processes) throws IOException {
    for (EngineProcess process : processes) {
      report.progress("%-10s %-8s building", process.name().engine(), process.name().index());
      EngineProcess.Build build = process.build();
      report.build(dataset.name(), process.name(), options.threads(), build, "build");
      if (options.rebuild() && process.name().isOurs()) {
        build = process.build();
        report.build(dataset.name(), process.name(), options.threads(), build, "rebuild");
      }
      contenders.add(new Contender(process, build));
    }
    for (Contender contender : contenders) {
      warmUp(contender);
    }
    for (int round = 0; round < options.rounds(); round++) {
      report.progress("round %d of %d", round + 1, options.rounds());
      takeTurns(round);
    }
    for (Contender contender : contenders) {
      for (Measurement measured : contender.points.values()) {
        report.search(dataset.name(), contender.name(), "search", "", measured, Map.of());
      }
    }
    tabulate();
  }

  private void warmUp(Contender contender) throws IOException {
    int[] efforts = contender.name().efforts();
    int effort = efforts[efforts.length / 3];
    for (int asked = 0; asked < options.warmUpQueries(); ) {
      contender.process.search(effort, options.k());
      asked += dataset.queries().rowCount();
    }
  }

  private void takeTurns(int round) throws IOException {
    int longest = contenders.stream().mapToInt(c -> c.name().efforts().length).max().orElse(0);
    for (int at = 0; at < longest; at++) {
      for (Contender contender : contenders) {
        int[] efforts = contender.name().efforts();
        if (at >= efforts.length || (round == 0 && contender.done)) {
          continue;
        }
        int effort = efforts[at];
        if (round > 0 && !contender.points.containsKey(effort)) {
          continue;
        }
        Measurement measured =
            Measurement.of(
                contender.process.search(effort, options.k()),
                dataset.answers(),
                effort,
                options.k());
        contender.points.merge(effort, measured, Measurement::better);
        contender.done |= measured.point().recall() >= options.stopRecall();
      }
    }
  }

  private void tabulate() {
    for (Contender ours : contenders) {
      for (Contender theirs : contenders) {
        if (ours.name().isOurs() && !theirs.name().isOurs()) {
          for (double recall : RECALLS) {
            speed(ours, theirs, recall, "queries/s", Point::queriesPerSecond, true);
            speed(ours, theirs, recall, "cpu us/query", Point::cpuMicros, false);
          }
          cost(ours, theirs, "build cpu s", EngineProcess.Build::cpuSeconds);
          cost(ours, theirs, "index MB", build -> build.indexBytes() / 1e6);
        }
      }
    }
    if (contenders.stream().allMatch(c -> c.name().isOurs())) {
      for (Contender ours : contenders) {
        for (double recall : RECALLS) {
          speed(ours, ours, recall, "queries/s", Point::queriesPerSecond, true);
        }
      }
    }
  }

  private void speed(
      Contender ours,
      Contender theirs,
      double recall,
      String unit,
      ToDoubleFunction<Point> figure,
      boolean moreIsBetter) {
    OptionalDouble a = ours.curve().at(recall, figure);
    OptionalDouble b = theirs.curve().at(recall, figure);
    String ratio = "";
    if (a.isPresent() && b.isPresent()) {
      ratio =
          ratio(
              moreIsBetter ? a.getAsDouble() / b.getAsDouble() : b.getAsDouble() / a.getAsDouble());
    }
    report.compare(
        dataset.name(),
        ours.name().index(),
        String.format(Locale.ROOT, "%s at recall %.2f", unit, recall),
        number(a),
        ours == theirs ? "" : theirs.name().engine(),
        ours == theirs ? "" : number(b),
        ours == theirs ? "" : ratio);
  }

  private void cost(
      Contender ours,
      Contender theirs,
      String figure,
      ToDoubleFunction<EngineProcess.Build> value) {
    double a = value.applyAsDouble(ours.build);
    double b = value.applyAsDouble(theirs.build);
    report.compare(
        dataset.name(),
        ours.name().index(),
        figure,
        number(OptionalDouble.of(a)),
        theirs.name().engine(),
        number(OptionalDouble.of(b)),
        a == 0 ? "" : ratio(b / a));
  }

  private static String ratio(double value) {
    return String.format(Locale.ROOT, "%.2fx", value);
  }

  private static String number(OptionalDouble value) {
    return value.isEmpty()
        ? "not reached"
        : String.format(Locale.ROOT, "%.1f", value.getAsDouble());
  }
}
