package quiver.vector.graph;

import quiver.common.vector.DistanceMetric;

/// Maps rows and queries to one space where squared L2 orders rows as the metric does, inside the
/// unit ball: cosine by normalising; inner product by one more coordinate that gives every row norm
/// 1 (Bachrach and others, "Speeding up the Xbox recommender system", 2014); L2 by a scale.
///
/// @param scale one over the largest norm of a row; unused under cosine
record VectorMapping(DistanceMetric metric, int dimension, double scale) {
  /// A query this many times as long as the longest row leaves too few bits for differences between
  /// rows.
  private static final double QUERY_NORM_MAX = 1e3;

  VectorMapping {
    if (!suits(metric)) {
      throw new IllegalArgumentException("a code graph has no " + metric);
    }
  }

  /// Whether squared L2 can order rows as the metric does.
  static boolean suits(DistanceMetric metric) {
    return switch (metric) {
      case L2, INNER_PRODUCT, COSINE -> true;
      case L1, HAMMING, JACCARD -> false;
    };
  }

  /// Coordinates of a mapped vector.
  int mappedDimension() {
    return metric == DistanceMetric.INNER_PRODUCT ? dimension + 1 : dimension;
  }

  /// Whether mapped rows differ in their norm.
  boolean hasNorms() {
    return metric == DistanceMetric.L2;
  }

  /// Whether a query is mapped to the same vector.
  boolean mapsQueriesAs(VectorMapping other) {
    return metric == other.metric
        && dimension == other.dimension
        && (metric != DistanceMetric.L2 || scale == other.scale);
  }

  /// Maps a row in place.
  ///
  /// @param vector `dimension` floats, and room for one more under inner product
  /// @return the squared norm of the mapped row
  float mapRow(float[] vector) {
    double squaredNorm = squaredNorm(vector);
    return switch (metric) {
      case COSINE -> {
        multiply(vector, squaredNorm == 0 ? 0 : 1 / Math.sqrt(squaredNorm));
        yield 1;
      }
      case INNER_PRODUCT -> {
        multiply(vector, scale);
        vector[dimension] = (float) Math.sqrt(Math.max(0, 1 - squaredNorm * scale * scale));
        yield 1;
      }
      case L2 -> {
        multiply(vector, scale);
        yield (float) (squaredNorm * scale * scale);
      }
      case L1, HAMMING, JACCARD -> throw new IllegalStateException("no mapping for " + metric);
    };
  }

  /// Maps a query. False when the graph cannot tell rows apart for it: a zero vector, or one so far
  /// away that floats do not resolve the difference.
  ///
  /// @param mapped output, [#mappedDimension] floats
  boolean mapQuery(float[] query, float[] mapped) {
    double squaredNorm = squaredNorm(query);
    double factor = metric == DistanceMetric.L2 ? scale : 1 / Math.sqrt(squaredNorm);
    double length = Math.sqrt(squaredNorm) * factor;
    if (!(length < QUERY_NORM_MAX) || (metric != DistanceMetric.L2 && squaredNorm == 0)) {
      return false;
    }
    System.arraycopy(query, 0, mapped, 0, dimension);
    multiply(mapped, factor);
    if (metric == DistanceMetric.INNER_PRODUCT) {
      mapped[dimension] = 0;
    }
    return true;
  }

  private void multiply(float[] vector, double factor) {
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) (vector[i] * factor);
    }
  }

  private double squaredNorm(float[] vector) {
    return squaredNorm(vector, dimension);
  }

  /// In double: no finite float vector overflows. Four sums, so that none waits for itself.
  static double squaredNorm(float[] vector, int dimension) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i <= dimension - 4; i += 4) {
      a += (double) vector[i] * vector[i];
      b += (double) vector[i + 1] * vector[i + 1];
      c += (double) vector[i + 2] * vector[i + 2];
      d += (double) vector[i + 3] * vector[i + 3];
    }
    for (; i < dimension; i++) {
      a += (double) vector[i] * vector[i];
    }
    return (a + b) + (c + d);
  }
}
