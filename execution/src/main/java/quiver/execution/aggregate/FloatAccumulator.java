package quiver.execution.aggregate;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.ByteWriter;

/// sum, avg, variances, covariances and regressions of floats: counts, sums and sums of squares of
/// deviations, in double.
///
/// Source: the Youngs-Cramer updates of PostgreSQL's float.c (`float8_accum`, `float8_regr_accum`,
/// and their combine functions).
final class FloatAccumulator extends Accumulator {
  /// What is made of the sums. Of the functions of two arguments the first is Y, the second X.
  enum Result {
    SUM,
    SUM_REAL,
    AVERAGE,
    VARIANCE_POPULATION,
    VARIANCE_SAMPLE,
    DEVIATION_POPULATION,
    DEVIATION_SAMPLE,
    CORRELATION,
    COVARIANCE_POPULATION,
    COVARIANCE_SAMPLE,
    REGRESSION_AVERAGE_X,
    REGRESSION_AVERAGE_Y,
    REGRESSION_INTERCEPT,
    REGRESSION_R2,
    REGRESSION_SLOPE,
    REGRESSION_SXX,
    REGRESSION_SXY,
    REGRESSION_SYY
  }

  private static final int N = 0;
  private static final int SX = 1;
  private static final int SXX = 2;
  private static final int SY = 3;
  private static final int SYY = 4;
  private static final int SXY = 5;

  private final Result result;
  private final boolean twoArguments;
  private final int width;
  private double[] states;

  FloatAccumulator(Result result) {
    this.result = result;
    this.twoArguments = result.compareTo(Result.CORRELATION) >= 0;
    this.width = twoArguments ? 6 : result.compareTo(Result.AVERAGE) <= 0 ? 2 : 3;
    this.states = new double[16 * width];
  }

  @Override
  public void ensureGroups(int groupCount) {
    if (groupCount * width > states.length) {
      states = Arrays.copyOf(states, Math.max(groupCount * width, states.length * 2));
    }
  }

  @Override
  public void add(int[] groups, List<Column> arguments, int rowCount) {
    if (twoArguments) {
      addPairs(groups, arguments, rowCount);
      return;
    }
    DoubleColumn column = (DoubleColumn) arguments.getFirst();
    double[] values = column.values();
    boolean anyNull = column.nulls().any();
    for (int row = 0; row < rowCount; row++) {
      if (anyNull && column.nulls().isNull(row)) {
        continue;
      }
      int at = groups[row] * width;
      double value = values[row];
      double n = ++states[at + N];
      double sum = states[at + SX] + value;
      if (Double.isInfinite(sum)
          && !Double.isInfinite(states[at + SX])
          && !Double.isInfinite(value)) {
        throw overflow();
      }
      states[at + SX] = sum;
      if (width > 2) {
        states[at + SXX] = moreSquares(states[at + SXX], n, sum, value);
      }
    }
  }

  /// The sum of squared deviations after one more value.
  private static double moreSquares(double squares, double n, double sum, double value) {
    if (n <= 1) {
      return Double.isFinite(value) ? 0 : Double.NaN;
    }
    double deviation = value * n - sum;
    return squares + deviation * deviation / (n * (n - 1));
  }

  private void addPairs(int[] groups, List<Column> arguments, int rowCount) {
    DoubleColumn yColumn = (DoubleColumn) arguments.get(0);
    DoubleColumn xColumn = (DoubleColumn) arguments.get(1);
    for (int row = 0; row < rowCount; row++) {
      if (yColumn.isNull(row) || xColumn.isNull(row)) {
        continue;
      }
      int at = groups[row] * width;
      double x = xColumn.values()[row];
      double y = yColumn.values()[row];
      double n = ++states[at + N];
      states[at + SX] += x;
      states[at + SY] += y;
      if (n > 1) {
        // In PostgreSQL's order of operations, so that the last digits agree.
        double dx = x * n - states[at + SX];
        double dy = y * n - states[at + SY];
        double scale = 1.0 / (n * (n - 1));
        states[at + SXX] += dx * dx * scale;
        states[at + SYY] += dy * dy * scale;
        states[at + SXY] += dx * dy * scale;
      } else {
        states[at + SXX] = Double.isFinite(x) ? 0 : Double.NaN;
        states[at + SYY] = Double.isFinite(y) ? 0 : Double.NaN;
        states[at + SXY] = Double.isFinite(x) && Double.isFinite(y) ? 0 : Double.NaN;
      }
    }
  }

  private static QuiverException overflow() {
    return new QuiverException(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "value out of range: overflow");
  }

  @Override
  public @Nullable Object result(int group) {
    int at = group * width;
    double n = states[at + N];
    return n == 0 ? null : result(at, n);
  }

  private @Nullable Double result(int at, double n) {
    return switch (result) {
      case SUM -> states[at + SX];
      case SUM_REAL -> real(states[at + SX]);
      case AVERAGE, REGRESSION_AVERAGE_X -> states[at + SX] / n;
      case VARIANCE_POPULATION -> states[at + SXX] / n;
      case VARIANCE_SAMPLE -> n < 2 ? null : (Double) (states[at + SXX] / (n - 1));
      case DEVIATION_POPULATION -> Math.sqrt(states[at + SXX] / n);
      case DEVIATION_SAMPLE -> n < 2 ? null : (Double) Math.sqrt(states[at + SXX] / (n - 1));
      case CORRELATION -> {
        double sxx = states[at + SXX];
        double syy = states[at + SYY];
        yield sxx == 0 || syy == 0 ? null : (Double) (states[at + SXY] / Math.sqrt(sxx * syy));
      }
      case COVARIANCE_POPULATION -> states[at + SXY] / n;
      case COVARIANCE_SAMPLE -> n < 2 ? null : (Double) (states[at + SXY] / (n - 1));
      case REGRESSION_AVERAGE_Y -> states[at + SY] / n;
      case REGRESSION_INTERCEPT -> {
        double sxx = states[at + SXX];
        yield sxx == 0
            ? null
            : (Double) ((states[at + SY] - states[at + SX] * states[at + SXY] / sxx) / n);
      }
      case REGRESSION_R2 -> {
        double sxx = states[at + SXX];
        double syy = states[at + SYY];
        double sxy = states[at + SXY];
        yield sxx == 0 ? null : syy == 0 ? (Double) 1.0 : (Double) (sxy * sxy / (sxx * syy));
      }
      case REGRESSION_SLOPE -> {
        double sxx = states[at + SXX];
        yield sxx == 0 ? null : (Double) (states[at + SXY] / sxx);
      }
      case REGRESSION_SXX -> states[at + SXX];
      case REGRESSION_SXY -> states[at + SXY];
      case REGRESSION_SYY -> states[at + SYY];
    };
  }

  private static Double real(double sum) {
    double rounded = (float) sum;
    if (Double.isInfinite(rounded) && !Double.isInfinite(sum)) {
      throw overflow();
    }
    return rounded;
  }

  @Override
  public long sizeBytes() {
    return 8L * states.length;
  }

  @Override
  public void write(int group, ByteWriter out) {
    for (int i = 0; i < width; i++) {
      out.putDouble(states[group * width + i]);
    }
  }

  @Override
  public void merge(int group, ByteBuffer in) {
    double[] other = new double[width];
    for (int i = 0; i < width; i++) {
      other[i] = in.getDouble();
    }
    int at = group * width;
    double n1 = states[at + N];
    double n2 = other[N];
    if (n2 == 0) {
      return;
    }
    if (n1 == 0) {
      System.arraycopy(other, 0, states, at, width);
      return;
    }
    if (width > 2) {
      double dx = states[at + SX] / n1 - other[SX] / n2;
      states[at + SXX] += other[SXX] + n1 * n2 * dx * dx / (n1 + n2);
      if (twoArguments) {
        double dy = states[at + SY] / n1 - other[SY] / n2;
        states[at + SYY] += other[SYY] + n1 * n2 * dy * dy / (n1 + n2);
        states[at + SXY] += other[SXY] + n1 * n2 * dx * dy / (n1 + n2);
        states[at + SY] += other[SY];
      }
    }
    states[at + N] = n1 + n2;
    states[at + SX] += other[SX];
  }
}
