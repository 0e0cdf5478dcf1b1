package quiver.common.type;

/// How the values of a type lie in a column.
public enum Layout {
  /// `long[]`: booleans (0, 1), integers, OIDs, dates, times, timestamps.
  LONG,
  /// `double[]`: float4 (widened exactly) and float8.
  DOUBLE,
  /// Row-major float32 rows of one dimension: `vector(n)`.
  VECTOR,
  /// One Java object a row; which class is in [BaseType].
  OBJECT
}
