package quiver.execution.search;

import java.util.Optional;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.VectorQuery;

/// What is asked of every segment.
///
/// @param vectorOrdinal the vector column, if `computed` is empty
/// @param computed the distance, where it is not that of a `vector(n)` column
/// @param indexId the index to use where a segment has it
/// @param limit rows wanted of the whole table, at least 1; `Long.MAX_VALUE`: all
public record NearestQuestion(
    VectorQuery target,
    DistanceMetric metric,
    int vectorOrdinal,
    Optional<ComputedDistance> computed,
    Optional<Long> indexId,
    DistanceInterval interval,
    long limit) {
  /// The query of a search in a `vector(n)` column.
  float[] query() {
    return ((VectorQuery.Dense) target).values();
  }
}
