package quiver.storage.segment;

import org.jspecify.annotations.Nullable;

/// What is known about the values of a column, or of one block of it.
///
/// @param nullCount rows that are NULL
/// @param distinctCount estimate of the number of different values (not for vectors: 0)
/// @param min smallest value as a datum in the order of [quiver.common.value.DatumOrder]; null if
///   there is none, if the type has no order, or if it is too large to be kept
/// @param max as `min`
public record ColumnStatistics(
    int nullCount, long distinctCount, @Nullable Object min, @Nullable Object max) {
  /// Values whose stored form is larger are not kept as bounds.
  public static final int MAX_BOUND_BYTES = 64;
}
