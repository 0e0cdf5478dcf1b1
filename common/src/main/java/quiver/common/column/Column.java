package quiver.common.column;

import org.jspecify.annotations.Nullable;
import quiver.common.type.SqlType;

/// Values of one type for rows `0 … rowCount-1`. Immutable once shared: whoever fills the arrays of
/// a column stops writing before handing it over. Records over arrays are never compared with
/// `equals`.
public sealed interface Column permits LongColumn, DoubleColumn, VectorColumn, ObjectColumn {
  SqlType type();

  int rowCount();

  /// Rows that are NULL; an empty mask object ([Nulls#NONE]) when no row is.
  Nulls nulls();

  default boolean isNull(int row) {
    return nulls().isNull(row);
  }

  /// The value of a row in the class that [quiver.common.type.BaseType] names; null for NULL.
  /// Boxes: not for inner loops.
  @Nullable Object valueAt(int row);

  /// The rows `rows[from] … rows[from+count-1]`, in that order, as a new column.
  Column gather(int[] rows, int from, int count);

  /// The rows `from … from+count-1`; may share arrays with this column.
  Column slice(int from, int count);

  /// The same values as values of another type that lie alike: an enum rather than its numbers.
  default Column as(SqlType type) {
    if (type().equals(type)) {
      return this;
    }
    return switch (this) {
      case LongColumn longs ->
          new LongColumn(type, longs.rowCount(), longs.values(), longs.nulls());
      case DoubleColumn doubles ->
          new DoubleColumn(type, doubles.rowCount(), doubles.values(), doubles.nulls());
      case ObjectColumn objects ->
          new ObjectColumn(type, objects.rowCount(), objects.values(), objects.nulls());
      case VectorColumn vectors ->
          new VectorColumn(
              type, vectors.dimension(), vectors.rowCount(), vectors.rows(), vectors.nulls());
    };
  }
}
