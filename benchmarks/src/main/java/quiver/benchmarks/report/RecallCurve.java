package quiver.benchmarks.report;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/// Speed against recall, one point for each search effort.
///
/// @param points in any order
public record RecallCurve(List<Point> points) {
  /// @param effort the engine's own parameter
  /// @param cpuMicros CPU time of one query
  public record Point(
      int effort,
      double recall,
      double queriesPerSecond,
      double p50Micros,
      double p99Micros,
      double cpuMicros) {}

  public RecallCurve {
    points = points.stream().sorted(Comparator.comparingDouble(Point::recall)).toList();
  }

  /// `figure` where the curve crosses `recall`: between the two points around it, straight in
  /// `log(1 - recall)` against `log(figure)`. Empty when no point reaches the recall; the figure of
  /// the weakest point when every point is above it.
  public OptionalDouble at(double recall, ToDoubleFunction<Point> figure) {
    Point below = null;
    for (Point point : points) {
      if (point.recall() >= recall) {
        return OptionalDouble.of(
            below == null
                ? figure.applyAsDouble(point)
                : between(
                    distance(below.recall()),
                    figure.applyAsDouble(below),
                    distance(point.recall()),
                    figure.applyAsDouble(point),
                    distance(recall)));
      }
      below = point;
    }
    return OptionalDouble.empty();
  }

  private static double distance(double recall) {
    return -Math.log(1 - Math.min(recall, 0.99999));
  }

  private static double between(double x0, double y0, double x1, double y1, double x) {
    double share = x1 == x0 ? 1 : (x - x0) / (x1 - x0);
    return Math.exp(Math.log(y0) * (1 - share) + Math.log(y1) * share);
  }
}
