package quiver.execution.rows;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.ObjectColumn;
import quiver.common.type.SqlType;
import quiver.common.value.DatumOrder;

/// One key column of a [GroupTable]: the values of its entries, NULL equal to NULL. Used by one
/// thread.
abstract class KeyColumn {
  private static final int NULL_HASH = 0x5bd1e995;

  final SqlType type;
  private long[] nulls = new long[1];
  private boolean anyNull;

  KeyColumn(SqlType type) {
    this.type = type;
  }

  static KeyColumn of(SqlType type) {
    return switch (type.layout()) {
      case LONG -> new Longs(type);
      case DOUBLE -> new Doubles(type);
      case OBJECT, VECTOR -> new Objects(type);
    };
  }

  /// Mixes the value of each row into `hashes`.
  final void hash(Column column, int rowCount, int[] hashes) {
    hashValues(column, rowCount, hashes);
  }

  abstract void hashValues(Column column, int rowCount, int[] hashes);

  abstract boolean equalValues(int entry, Column column, int row);

  abstract void store(int entry, Column column, int row);

  /// Entries `from … from+count-1`.
  abstract Column build(int from, int count);

  abstract long sizeBytes(int entries);

  final boolean equal(int entry, Column column, int row) {
    boolean entryNull = anyNull && (nulls[entry >>> 6] & (1L << entry)) != 0;
    if (entryNull || column.isNull(row)) {
      return entryNull && column.isNull(row);
    }
    return equalValues(entry, column, row);
  }

  final void put(int entry, Column column, int row) {
    if (entry >>> 6 >= nulls.length) {
      nulls = Arrays.copyOf(nulls, nulls.length * 2);
    }
    if (column.isNull(row)) {
      anyNull = true;
      nulls[entry >>> 6] |= 1L << entry;
    }
    store(entry, column, row);
  }

  final Nulls nulls(int from, int count) {
    return anyNull ? Nulls.ofWords(nulls.clone()).slice(from, count) : Nulls.NONE;
  }

  static int mix(int hash, long value) {
    return hash * 31 + (int) ((value * 0x9E3779B97F4A7C15L) >>> 32);
  }

  private static final class Longs extends KeyColumn {
    private long[] values = new long[16];

    Longs(SqlType type) {
      super(type);
    }

    @Override
    void hashValues(Column column, int rowCount, int[] hashes) {
      long[] input = ((LongColumn) column).values();
      boolean anyNull = column.nulls().any();
      for (int row = 0; row < rowCount; row++) {
        hashes[row] = mix(hashes[row], anyNull && column.isNull(row) ? NULL_HASH : input[row]);
      }
    }

    @Override
    boolean equalValues(int entry, Column column, int row) {
      return values[entry] == ((LongColumn) column).values()[row];
    }

    @Override
    void store(int entry, Column column, int row) {
      if (entry == values.length) {
        values = Arrays.copyOf(values, entry * 2);
      }
      values[entry] = ((LongColumn) column).values()[row];
    }

    @Override
    Column build(int from, int count) {
      return new LongColumn(
          type, count, Arrays.copyOfRange(values, from, from + count), nulls(from, count));
    }

    @Override
    long sizeBytes(int entries) {
      return 8L * values.length;
    }
  }

  private static final class Doubles extends KeyColumn {
    private double[] values = new double[16];

    Doubles(SqlType type) {
      super(type);
    }

    @Override
    void hashValues(Column column, int rowCount, int[] hashes) {
      double[] input = ((DoubleColumn) column).values();
      for (int row = 0; row < rowCount; row++) {
        hashes[row] =
            mix(
                hashes[row],
                column.isNull(row) ? NULL_HASH : Double.doubleToLongBits(input[row] + 0.0));
      }
    }

    @Override
    boolean equalValues(int entry, Column column, int row) {
      return DatumOrder.compareDoubles(values[entry], ((DoubleColumn) column).values()[row]) == 0;
    }

    @Override
    void store(int entry, Column column, int row) {
      if (entry == values.length) {
        values = Arrays.copyOf(values, entry * 2);
      }
      values[entry] = ((DoubleColumn) column).values()[row];
    }

    @Override
    Column build(int from, int count) {
      return new DoubleColumn(
          type, count, Arrays.copyOfRange(values, from, from + count), nulls(from, count));
    }

    @Override
    long sizeBytes(int entries) {
      return 8L * values.length;
    }
  }

  private static final class Objects extends KeyColumn {
    private final DatumOrder order;
    private @Nullable Object[] values = new @Nullable Object[16];
    private long datumBytes;

    Objects(SqlType type) {
      super(type);
      this.order = DatumOrder.of(type);
    }

    @Override
    void hashValues(Column column, int rowCount, int[] hashes) {
      for (int row = 0; row < rowCount; row++) {
        Object value = valueOf(column, row);
        hashes[row] = mix(hashes[row], value == null ? NULL_HASH : order.hash(value));
      }
    }

    private static @Nullable Object valueOf(Column column, int row) {
      return column instanceof ObjectColumn objects ? objects.values()[row] : column.valueAt(row);
    }

    @Override
    boolean equalValues(int entry, Column column, int row) {
      Object mine = values[entry];
      Object theirs = valueOf(column, row);
      return mine != null && theirs != null && order.equal(mine, theirs);
    }

    @Override
    void store(int entry, Column column, int row) {
      if (entry == values.length) {
        values = Arrays.copyOf(values, entry * 2);
      }
      Object value = valueOf(column, row);
      values[entry] = value;
      datumBytes += ColumnSizes.ofDatum(value);
    }

    @Override
    Column build(int from, int count) {
      ColumnBuilder builder = new ColumnBuilder(type, count);
      for (int i = 0; i < count; i++) {
        builder.append(values[from + i]);
      }
      return builder.build(count);
    }

    @Override
    long sizeBytes(int entries) {
      return datumBytes + 8L * (values.length - entries);
    }
  }
}
