package quiver.execution.search;

import java.util.Optional;
import quiver.common.vector.DistanceMetric;

/// What is asked of every segment.
///
/// @param vectorOrdinal the vector column
/// @param indexId the index to use where a segment has it
/// @param limit rows wanted of the whole table, at least 1; `Long.MAX_VALUE`: all
public record NearestQuestion(
    float[] query,
    DistanceMetric metric,
    int vectorOrdinal,
    Optional<Long> indexId,
    DistanceInterval interval,
    long limit) {}
