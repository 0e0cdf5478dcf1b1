package quiver.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import quiver.benchmarks.report.RecallCurve.Point;

class RecallCurveTest {
  private static Point point(double recall, double queriesPerSecond) {
    return new Point(1, recall, queriesPerSecond, 1, 1, 1);
  }

  @Test
  void speedIsReadBetweenTheTwoPointsAroundARecall() {
    RecallCurve curve = new RecallCurve(List.of(point(0.99, 1_000), point(0.9, 4_000)));
    // Half of the way from one to two nines, on both scales.
    double recall = 1 - Math.pow(10, -1.5);
    assertThat(curve.at(recall, Point::queriesPerSecond).orElseThrow())
        .isEqualTo(2_000, within(1e-6));
    assertThat(curve.at(0.99, Point::queriesPerSecond).orElseThrow())
        .isEqualTo(1_000, within(1e-6));
  }

  @Test
  void aRecallThatIsNotReachedHasNoSpeed() {
    assertThat(new RecallCurve(List.of(point(0.9, 1))).at(0.95, Point::queriesPerSecond)).isEmpty();
    assertThat(new RecallCurve(List.of(point(0.97, 7))).at(0.95, Point::queriesPerSecond))
        .hasValue(7);
  }
}
