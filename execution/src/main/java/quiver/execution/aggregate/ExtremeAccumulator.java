package quiver.execution.aggregate;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.type.BaseType;
import quiver.common.type.Layout;
import quiver.common.type.SqlType;
import quiver.common.value.ByteWriter;
import quiver.common.value.DatumCodec;
import quiver.common.value.DatumOrder;
import quiver.execution.rows.ColumnSizes;

/// min and max of any ordered type.
final class ExtremeAccumulator extends Accumulator {
  private final SqlType type;
  private final DatumOrder order;
  private final boolean max;
  private @Nullable Object[] best = new @Nullable Object[16];
  private long[] longs = new long[16];
  private boolean[] seen = new boolean[16];
  private long datumBytes;

  /// @param max whether the largest value is wanted
  ExtremeAccumulator(SqlType type, boolean max) {
    this.type = type;
    this.order = DatumOrder.of(type);
    this.max = max;
  }

  private boolean beats(int comparison) {
    return max ? comparison > 0 : comparison < 0;
  }

  @Override
  public void ensureGroups(int groupCount) {
    if (groupCount > seen.length) {
      int capacity = Math.max(groupCount, seen.length * 2);
      best = Arrays.copyOf(best, capacity);
      longs = Arrays.copyOf(longs, capacity);
      seen = Arrays.copyOf(seen, capacity);
    }
  }

  @Override
  public void add(int[] groups, List<Column> arguments, int rowCount) {
    Column column = arguments.getFirst();
    if (column instanceof LongColumn values) {
      addLongs(groups, values, rowCount);
      return;
    }
    if (column instanceof DoubleColumn values) {
      addDoubles(groups, values, rowCount);
      return;
    }
    for (int row = 0; row < rowCount; row++) {
      Object value = column.valueAt(row);
      if (value != null) {
        offer(groups[row], value);
      }
    }
  }

  private void addLongs(int[] groups, LongColumn column, int rowCount) {
    for (int row = 0; row < rowCount; row++) {
      if (!column.isNull(row)) {
        offerLong(groups[row], column.values()[row]);
      }
    }
  }

  private void offerLong(int group, long value) {
    if (!seen[group] || (max ? value > longs[group] : value < longs[group])) {
      longs[group] = value;
      seen[group] = true;
    }
  }

  /// Doubles are kept as their bits.
  private void addDoubles(int[] groups, DoubleColumn column, int rowCount) {
    for (int row = 0; row < rowCount; row++) {
      if (!column.isNull(row)) {
        offerDouble(groups[row], column.values()[row]);
      }
    }
  }

  private void offerDouble(int group, double value) {
    if (!seen[group]
        || beats(DatumOrder.compareDoubles(value, Double.longBitsToDouble(longs[group])))) {
      longs[group] = Double.doubleToRawLongBits(value);
      seen[group] = true;
    }
  }

  private void offer(int group, Object value) {
    Object known = best[group];
    if (known == null || beats(order.compare(value, known))) {
      best[group] = value;
      seen[group] = true;
      datumBytes += ColumnSizes.ofDatum(value) - ColumnSizes.ofDatum(known);
    }
  }

  @Override
  public @Nullable Object result(int group) {
    if (!seen[group]) {
      return null;
    }
    return switch (type.layout()) {
      case LONG ->
          type.base() == BaseType.BOOL ? (Object) (longs[group] != 0) : (Object) longs[group];
      case DOUBLE -> Double.longBitsToDouble(longs[group]);
      case OBJECT, VECTOR -> best[group];
    };
  }

  @Override
  public long sizeBytes() {
    return 17L * seen.length + datumBytes;
  }

  @Override
  public void write(int group, ByteWriter out) {
    Object value = result(group);
    out.putByte(value == null ? 0 : 1);
    if (value != null) {
      DatumCodec.write(out, type, value);
    }
  }

  @Override
  public void merge(int group, ByteBuffer in) {
    if (in.get() == 0) {
      return;
    }
    Object value = DatumCodec.read(in, type);
    switch (value) {
      case Long number when type.layout() == Layout.LONG -> offerLong(group, number);
      case Double number when type.layout() == Layout.DOUBLE -> offerDouble(group, number);
      default -> offer(group, value);
    }
  }
}
