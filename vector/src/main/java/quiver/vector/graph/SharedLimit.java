package quiver.vector.graph;

import quiver.vector.index.DistanceBound;

/// A statement's [DistanceBound] in the mapped space of one query. Reused from query to query; used
/// by one thread.
final class SharedLimit {
  private DistanceBound bound = DistanceBound.none();
  private double offset;
  private double factor;
  private boolean squared;

  /// Begins a query.
  ///
  /// @param query not zero
  void set(VectorMapping mapping, float[] query, DistanceBound newBound) {
    bound = newBound;
    squared = false;
    switch (mapping.metric()) {
      case COSINE -> {
        offset = 0;
        factor = 2;
      }
      case INNER_PRODUCT -> {
        double norm = Math.sqrt(VectorMapping.squaredNorm(query, query.length));
        offset = 2;
        factor = 2 * mapping.scale() / norm;
      }
      case L2 -> {
        offset = 0;
        factor = mapping.scale();
        squared = true;
      }
      case L1, HAMMING, JACCARD -> throw new IllegalStateException("no such code graph");
    }
  }

  /// The squared distance of mapped vectors above which rows are of no use at this moment.
  float squaredDistance() {
    double distance = bound.get();
    if (distance == Double.POSITIVE_INFINITY) {
      return Float.POSITIVE_INFINITY;
    }
    double mapped = offset + factor * distance;
    return (float) (squared ? mapped * Math.abs(mapped) : mapped);
  }
}
