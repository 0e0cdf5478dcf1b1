package quiver.execution.aggregate;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.type.SqlType;
import quiver.common.value.ByteWriter;
import quiver.common.value.DatumCodec;
import quiver.common.value.Numeric;

/// sum, avg, and the exact variances of numerics and integers: count, sum and sum of squares.
///
/// Source: `numeric_stddev_internal` of PostgreSQL's numeric.c.
final class NumericAccumulator extends ObjectAccumulator<NumericAccumulator.State> {
  /// What is made of the sums.
  enum Result {
    SUM,
    AVERAGE,
    VARIANCE_POPULATION,
    VARIANCE_SAMPLE,
    DEVIATION_POPULATION,
    DEVIATION_SAMPLE;

    boolean needsSquares() {
      return this != SUM && this != AVERAGE;
    }

    boolean isSample() {
      return this == VARIANCE_SAMPLE || this == DEVIATION_SAMPLE;
    }

    boolean isDeviation() {
      return this == DEVIATION_POPULATION || this == DEVIATION_SAMPLE;
    }
  }

  /// Sums of one group.
  static final class State {
    private long count;
    private Numeric sum = Numeric.ZERO;
    private Numeric sumOfSquares = Numeric.ZERO;
  }

  private final Result result;

  NumericAccumulator(Result result) {
    this.result = result;
  }

  @Override
  State create() {
    grow(144);
    return new State();
  }

  @Override
  void add(State state, List<Column> arguments, int row) {
    Object value = arguments.getFirst().valueAt(row);
    Numeric number = value instanceof Long integer ? Numeric.of(integer) : (Numeric) value;
    if (number == null) {
      return;
    }
    state.count++;
    state.sum = state.sum.add(number);
    if (result.needsSquares()) {
      state.sumOfSquares = state.sumOfSquares.add(square(number));
    }
  }

  private static Numeric square(Numeric number) {
    return number.isFinite() ? number.multiply(number) : Numeric.NAN;
  }

  @Override
  @Nullable Object result(State state) {
    return switch (result) {
      case SUM -> state.sum;
      case AVERAGE -> state.sum.divide(Numeric.of(state.count));
      case VARIANCE_POPULATION, VARIANCE_SAMPLE, DEVIATION_POPULATION, DEVIATION_SAMPLE ->
          spread(state);
    };
  }

  private @Nullable Numeric spread(State state) {
    if (result.isSample() && state.count < 2) {
      return null;
    }
    if (!state.sum.isFinite() || !state.sumOfSquares.isFinite()) {
      return Numeric.NAN;
    }
    BigDecimal count = BigDecimal.valueOf(state.count);
    BigDecimal sum = state.sum.decimal();
    BigDecimal numerator = count.multiply(state.sumOfSquares.decimal()).subtract(sum.multiply(sum));
    if (numerator.signum() <= 0) {
      return Numeric.ZERO;
    }
    BigInteger n = BigInteger.valueOf(state.count);
    BigInteger divisor = n.multiply(result.isSample() ? n.subtract(BigInteger.ONE) : n);
    Numeric variance = Numeric.of(numerator).divide(Numeric.of(new BigDecimal(divisor)));
    return result.isDeviation() ? squareRoot(variance) : variance;
  }

  /// The root with the scale of the variance.
  private static Numeric squareRoot(Numeric variance) {
    BigDecimal value = variance.decimal();
    int scale = value.scale();
    int digits = Math.max(1, value.precision() - scale) + scale + 4;
    BigDecimal root = value.sqrt(new MathContext(digits, RoundingMode.HALF_UP));
    return Numeric.of(root.setScale(scale, RoundingMode.HALF_UP));
  }

  @Override
  public void write(int group, ByteWriter out) {
    State state = stateOrNull(group);
    if (state == null) {
      out.putLong(0);
      return;
    }
    out.putLong(state.count);
    DatumCodec.write(out, SqlType.NUMERIC, state.sum);
    DatumCodec.write(out, SqlType.NUMERIC, state.sumOfSquares);
  }

  @Override
  public void merge(int group, ByteBuffer in) {
    long count = in.getLong();
    if (count == 0) {
      return;
    }
    State state = state(group);
    state.count += count;
    state.sum = state.sum.add((Numeric) DatumCodec.read(in, SqlType.NUMERIC));
    state.sumOfSquares = state.sumOfSquares.add((Numeric) DatumCodec.read(in, SqlType.NUMERIC));
  }
}
