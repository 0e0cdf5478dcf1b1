package quiver.vector.graph;

import quiver.vector.index.SharedSearch;

/// The limit of a [SharedSearch] in the mapped space of one segment's graph. Reused from query to
/// query; used by one thread.
final class SharedLimit {
  private SharedSearch search;
  private double offset;
  private double factor = 1;
  private boolean squared;
  private double converted = Double.POSITIVE_INFINITY;
  private float squaredDistance = Float.POSITIVE_INFINITY;

  /// @param search that has found nothing
  SharedLimit(SharedSearch search) {
    this.search = search;
  }

  /// Begins a query.
  ///
  /// @param query not zero
  void set(VectorMapping mapping, float[] query, SharedSearch newSearch) {
    search = newSearch;
    converted = Double.POSITIVE_INFINITY;
    squaredDistance = Float.POSITIVE_INFINITY;
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
    double distance = search.limit();
    if (distance != converted) {
      converted = distance;
      squaredDistance = convert(distance);
    }
    return squaredDistance;
  }

  private float convert(double distance) {
    if (distance == Double.POSITIVE_INFINITY) {
      return Float.POSITIVE_INFINITY;
    }
    double mapped = offset + factor * distance;
    return (float) (squared ? mapped * Math.abs(mapped) : mapped);
  }

  /// Tells the other segments of a row found.
  void offer(float squaredDistanceFound) {
    double mapped = squared ? Math.sqrt(squaredDistanceFound) : squaredDistanceFound;
    search.offer((mapped - offset) / factor);
  }
}
