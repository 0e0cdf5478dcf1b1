package quiver.workers.segment;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.column.RowBatch;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.common.value.Bytes;
import quiver.common.value.DatumOrder;

/// Primary keys of several rows, with their hashes. Equal keys have equal hashes, in every process
/// and for ever: hashes are stored in files.
public final class Keys {
  private final List<Integer> ordinals;
  private final List<Column> columns;
  private final List<DatumOrder> orders;
  private final long[] hashes;

  private Keys(List<Integer> ordinals, List<Column> columns) {
    this.ordinals = ordinals;
    this.columns = columns;
    this.orders = columns.stream().map(column -> DatumOrder.of(column.type())).toList();
    int rowCount = columns.getFirst().rowCount();
    this.hashes = new long[rowCount];
    for (Column column : columns) {
      addHashes(column, hashes);
    }
  }

  /// Keys in columns of their own.
  ///
  /// @param ordinals where the columns lie in the table, in key order
  /// @param keys the key columns in key order, without NULLs
  public static Keys of(List<Integer> ordinals, RowBatch keys) {
    return new Keys(List.copyOf(ordinals), keys.columns());
  }

  /// The keys of whole rows.
  public static Keys ofRows(List<Integer> ordinals, RowBatch rows) {
    List<Column> columns = new ArrayList<>();
    for (int ordinal : ordinals) {
      columns.add(rows.column(ordinal));
    }
    return new Keys(List.copyOf(ordinals), columns);
  }

  /// One key.
  ///
  /// @param key datums in key order
  public static Keys ofDatums(List<Integer> ordinals, List<SqlType> types, List<Object> key) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < ordinals.size(); i++) {
      columns.add(Columns.ofDatum(types.get(ordinals.get(i)), key.get(i)));
    }
    return new Keys(List.copyOf(ordinals), columns);
  }

  public int count() {
    return hashes.length;
  }

  public long hash(int index) {
    return hashes[index];
  }

  /// The key's datums, in key order.
  public List<Object> values(int index) {
    List<Object> values = new ArrayList<>(columns.size());
    for (Column column : columns) {
      values.add(Objects.requireNonNull(column.valueAt(index)));
    }
    return values;
  }

  /// Whether row `row` of `rows` has key `index`.
  public boolean matches(int index, SegmentRows rows, int row) {
    for (int i = 0; i < columns.size(); i++) {
      if (!equal(columns.get(i), index, rows.column(ordinals.get(i), row, 1), 0, orders.get(i))) {
        return false;
      }
    }
    return true;
  }

  /// Whether key `index` equals key `otherIndex` of `other`, keys of the same table.
  public boolean matches(int index, Keys other, int otherIndex) {
    if (hashes[index] != other.hashes[otherIndex]) {
      return false;
    }
    for (int i = 0; i < columns.size(); i++) {
      if (!equal(columns.get(i), index, other.columns.get(i), otherIndex, orders.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean equal(Column a, int aRow, Column b, int bRow, DatumOrder order) {
    if (a instanceof LongColumn left && b instanceof LongColumn right) {
      return left.values()[aRow] == right.values()[bRow];
    }
    Object left = a.valueAt(aRow);
    Object right = b.valueAt(bRow);
    return left != null && right != null && order.equal(left, right);
  }

  private static void addHashes(Column column, long[] hashes) {
    switch (column) {
      case LongColumn longs -> {
        for (int row = 0; row < hashes.length; row++) {
          hashes[row] = mix(hashes[row], longs.values()[row]);
        }
      }
      case DoubleColumn doubles -> {
        for (int row = 0; row < hashes.length; row++) {
          hashes[row] = mix(hashes[row], doubleBits(doubles.values()[row]));
        }
      }
      default -> {
        for (int row = 0; row < hashes.length; row++) {
          hashes[row] = mix(hashes[row], datumHash(column.type(), column.valueAt(row)));
        }
      }
    }
  }

  private static long doubleBits(double value) {
    // Adding zero makes the two zeros one.
    return Double.doubleToLongBits(value + 0.0);
  }

  private static long datumHash(SqlType type, @Nullable Object datum) {
    return switch (datum) {
      case null -> 0;
      case String text ->
          bytesHash(
              (type.base() == BaseType.BPCHAR ? DatumOrder.withoutPadding(text) : text)
                  .getBytes(StandardCharsets.UTF_8));
      case UUID uuid -> mix(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
      case Bytes bytes -> bytesHash(bytes.array());
      case Boolean bool -> bool ? 1 : 0;
      case Long number -> number;
      case Double number -> doubleBits(number);
      case ArrayValue array -> {
        long hash = array.size();
        for (Object element : array.elements()) {
          hash = mix(hash, datumHash(SqlType.of(array.element()), element));
        }
        yield hash;
      }
      default -> DatumOrder.of(type).hash(datum);
    };
  }

  private static long bytesHash(byte[] bytes) {
    long hash = bytes.length;
    int at = 0;
    for (; at + 8 <= bytes.length; at += 8) {
      long word = 0;
      for (int i = 7; i >= 0; i--) {
        word = (word << 8) | (bytes[at + i] & 0xff);
      }
      hash = mix(hash, word);
    }
    long tail = 0;
    for (int i = bytes.length - 1; i >= at; i--) {
      tail = (tail << 8) | (bytes[i] & 0xff);
    }
    return mix(hash, tail);
  }

  /// Mixes one more word into a hash. Source: the finaliser of Stafford's variant 13 of
  /// MurmurHash3.
  private static long mix(long hash, long word) {
    long mixed = (hash * 0x9E3779B97F4A7C15L) ^ word;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
