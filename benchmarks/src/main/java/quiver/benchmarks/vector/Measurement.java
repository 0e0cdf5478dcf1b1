package quiver.benchmarks.vector;

import java.util.Arrays;
import quiver.benchmarks.report.RecallCurve;
import quiver.benchmarks.vector.engine.SearchPass;

/// What one pass over the queries came to.
///
/// @param point recall and speed
/// @param fullShare the part of the queries that got as many rows as exist, `k` at most
record Measurement(RecallCurve.Point point, double fullShare) {

  /// Compares a pass with the true answers.
  static Measurement of(SearchPass pass, int[][] answers, int effort, int k) {
    long hits = 0;
    long expected = 0;
    int full = 0;
    for (int i = 0; i < pass.nearest().length; i++) {
      int[] truth = Arrays.copyOf(answers[i], Math.min(k, answers[i].length));
      int exists = count(truth);
      expected += exists;
      full += count(pass.nearest()[i]) >= exists ? 1 : 0;
      hits += hits(pass.nearest()[i], truth);
    }
    long[] sorted = pass.nanos().clone();
    Arrays.sort(sorted);
    int count = sorted.length;
    return new Measurement(
        new RecallCurve.Point(
            effort,
            expected == 0 ? 1 : hits / (double) expected,
            count * 1e9 / pass.wallNanos(),
            sorted[count / 2] / 1e3,
            sorted[count * 99 / 100] / 1e3,
            pass.cpuNanos() / 1e3 / count),
        full / (double) count);
  }

  private static int count(int[] rows) {
    int count = 0;
    for (int row : rows) {
      count += row >= 0 ? 1 : 0;
    }
    return count;
  }

  private static int hits(int[] found, int[] truth) {
    int hits = 0;
    for (int row : found) {
      for (int expected : truth) {
        if (row >= 0 && row == expected) {
          hits++;
        }
      }
    }
    return hits;
  }

  /// The one less disturbed by other work on the machine.
  Measurement better(Measurement other) {
    return point.cpuMicros() <= other.point.cpuMicros() ? this : other;
  }
}
