package quiver.execution.aggregate;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.ByteWriter;
import quiver.common.value.Numeric;

/// sum and avg of integers, exact: a `long` per group, and a big integer once that overflows.
final class IntegerSumAccumulator extends Accumulator {
  /// What is made of sum and count.
  enum Result {
    BIGINT_SUM,
    NUMERIC_SUM,
    NUMERIC_AVERAGE
  }

  private final Result result;
  private long[] sums = new long[16];
  private long[] counts = new long[16];
  private @Nullable BigInteger[] overflows = new @Nullable BigInteger[0];

  IntegerSumAccumulator(Result result) {
    this.result = result;
  }

  @Override
  public void ensureGroups(int groupCount) {
    if (groupCount > sums.length) {
      int capacity = Math.max(groupCount, sums.length * 2);
      sums = Arrays.copyOf(sums, capacity);
      counts = Arrays.copyOf(counts, capacity);
    }
  }

  @Override
  public void add(int[] groups, List<Column> arguments, int rowCount) {
    LongColumn column = (LongColumn) arguments.getFirst();
    long[] values = column.values();
    boolean anyNull = column.nulls().any();
    for (int row = 0; row < rowCount; row++) {
      if (anyNull && column.nulls().isNull(row)) {
        continue;
      }
      int group = groups[row];
      counts[group]++;
      add(group, values[row]);
    }
  }

  @Override
  public boolean canRemove() {
    return true;
  }

  @Override
  public void remove(int[] groups, List<Column> arguments, int rowCount) {
    LongColumn column = (LongColumn) arguments.getFirst();
    for (int row = 0; row < rowCount; row++) {
      if (column.nulls().isNull(row)) {
        continue;
      }
      int group = groups[row];
      long value = column.values()[row];
      counts[group]--;
      if (value == Long.MIN_VALUE) {
        carry(group, BigInteger.valueOf(value).negate());
      } else {
        add(group, -value);
      }
    }
  }

  private void add(int group, long value) {
    long sum = sums[group] + value;
    if (((sums[group] ^ sum) & (value ^ sum)) < 0) {
      carry(group, BigInteger.valueOf(sums[group]));
      sum = value;
    }
    sums[group] = sum;
  }

  private void carry(int group, BigInteger amount) {
    if (group >= overflows.length) {
      overflows = Arrays.copyOf(overflows, sums.length);
    }
    BigInteger known = overflows[group];
    overflows[group] = known == null ? amount : known.add(amount);
  }

  private BigInteger total(int group) {
    BigInteger overflow = group < overflows.length ? overflows[group] : null;
    BigInteger sum = BigInteger.valueOf(sums[group]);
    return overflow == null ? sum : sum.add(overflow);
  }

  @Override
  public @Nullable Object result(int group) {
    if (counts[group] == 0) {
      return null;
    }
    BigInteger total = total(group);
    return switch (result) {
      case BIGINT_SUM -> {
        if (total.bitLength() > 63) {
          throw new QuiverException(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "bigint out of range");
        }
        yield total.longValue();
      }
      case NUMERIC_SUM -> Numeric.of(new BigDecimal(total));
      case NUMERIC_AVERAGE -> Numeric.of(new BigDecimal(total)).divide(Numeric.of(counts[group]));
    };
  }

  @Override
  public long sizeBytes() {
    return 16L * sums.length + 8L * overflows.length;
  }

  @Override
  public void write(int group, ByteWriter out) {
    byte[] total = total(group).toByteArray();
    out.putLong(counts[group]).putInt(total.length).putBytes(total);
  }

  @Override
  public void merge(int group, ByteBuffer in) {
    counts[group] += in.getLong();
    byte[] bytes = new byte[ByteWriter.length(in, 1)];
    in.get(bytes);
    BigInteger total = new BigInteger(bytes);
    if (total.bitLength() <= 63) {
      add(group, total.longValue());
    } else {
      carry(group, total);
    }
  }
}
