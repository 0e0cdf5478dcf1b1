package quiver.common.catalog;

import java.util.List;
import java.util.Optional;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;

/// What ANALYZE has found about the values of a column: PostgreSQL's `pg_statistic`.
///
/// @param columnId [ColumnDefinition#id]
/// @param base the column's type when it was analysed: the profile of another type says nothing
/// @param nullFraction share of rows that are NULL
/// @param averageWidth bytes of a value that is not NULL, as PostgreSQL stores it
/// @param distinct number of distinct values; negative: minus their share of all rows; 0: unknown
/// @param commonValues the most common values, the most common first; datums of the type
/// @param commonFrequencies their shares of all rows
/// @param bounds of parts of the other values that are equally large, ascending
/// @param correlation between the order of the values and that of the rows
public record ColumnProfile(
    int columnId,
    BaseType base,
    boolean array,
    double nullFraction,
    int averageWidth,
    double distinct,
    List<Object> commonValues,
    List<Double> commonFrequencies,
    List<Object> bounds,
    Optional<Double> correlation) {
  public ColumnProfile {
    commonValues = List.copyOf(commonValues);
    commonFrequencies = List.copyOf(commonFrequencies);
    bounds = List.copyOf(bounds);
  }

  /// The type the values are stored as.
  public SqlType type() {
    return array ? SqlType.arrayOf(base) : SqlType.of(base);
  }

  /// Whether the column still has the type it was analysed with.
  public boolean fits(ColumnDefinition column) {
    return column.id() == columnId
        && column.type().base() == base
        && column.type().array() == array;
  }

  /// The number of distinct values among `rowCount` rows; 0: unknown.
  public double distinctAmong(double rowCount) {
    return distinct < 0 ? -distinct * rowCount : distinct;
  }

  /// Numbers only.
  public ColumnProfile withoutValues() {
    return new ColumnProfile(
        columnId,
        base,
        array,
        nullFraction,
        averageWidth,
        distinct,
        List.of(),
        List.of(),
        List.of(),
        correlation);
  }
}
