package quiver.execution.rows;

import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.column.ObjectColumn;
import quiver.common.column.RowBatch;
import quiver.common.column.VectorColumn;
import quiver.common.search.TextVector;
import quiver.common.value.ArrayValue;
import quiver.common.value.BitString;
import quiver.common.value.Bytes;
import quiver.common.value.HalfVector;
import quiver.common.value.Jsonb;
import quiver.common.value.Numeric;
import quiver.common.value.RecordValue;
import quiver.common.value.SparseVector;

/// Estimates of what rows take in memory, for accounting: right within a factor of two.
public final class ColumnSizes {
  private static final int REFERENCE_BYTES = 8;
  private static final int OBJECT_BYTES = 32;
  private static final int NUMERIC_BYTES = 72;

  private ColumnSizes() {}

  public static long of(RowBatch batch) {
    long bytes = 0;
    for (Column column : batch.columns()) {
      bytes += of(column);
    }
    return bytes;
  }

  public static long of(Column column) {
    return switch (column) {
      case LongColumn c -> 8L * c.rowCount();
      case DoubleColumn c -> 8L * c.rowCount();
      case VectorColumn c -> 4L * c.rowCount() * c.dimension();
      case ObjectColumn c -> {
        long bytes = 0;
        for (int row = 0; row < c.rowCount(); row++) {
          bytes += ofDatum(c.values()[row]);
        }
        yield bytes;
      }
    };
  }

  /// A datum and the reference to it.
  public static long ofDatum(@Nullable Object datum) {
    return REFERENCE_BYTES
        + switch (datum) {
          case null -> 0;
          case String text -> OBJECT_BYTES + 16 + text.length();
          case float[] vector -> 16 + 4L * vector.length;
          case Bytes bytes -> OBJECT_BYTES + bytes.length();
          case Numeric ignored -> NUMERIC_BYTES;
          case HalfVector vector -> OBJECT_BYTES + 2L * vector.dimension();
          case SparseVector vector -> OBJECT_BYTES + 8L * vector.count();
          case BitString bits -> OBJECT_BYTES + bits.length() / 8;
          case TextVector document -> OBJECT_BYTES + 96L * document.lexemes().size();
          case Jsonb json -> OBJECT_BYTES + ofJson(json);
          case ArrayValue array -> OBJECT_BYTES + ofAll(array.elements());
          case RecordValue record -> OBJECT_BYTES + ofAll(record.values());
          default -> OBJECT_BYTES;
        };
  }

  private static long ofAll(@Nullable Object[] data) {
    long bytes = 0;
    for (Object datum : data) {
      bytes += ofDatum(datum);
    }
    return bytes;
  }

  private static long ofJson(Jsonb json) {
    return switch (json) {
      case Jsonb.Items items -> items.items().stream().mapToLong(ColumnSizes::ofDatum).sum();
      case Jsonb.Fields fields ->
          fields.keys().stream().mapToLong(ColumnSizes::ofDatum).sum()
              + fields.values().stream().mapToLong(ColumnSizes::ofDatum).sum();
      default -> OBJECT_BYTES;
    };
  }
}
