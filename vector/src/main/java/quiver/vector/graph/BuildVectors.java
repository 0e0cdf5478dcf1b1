package quiver.vector.graph;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import quiver.vector.kernel.CodeKernel;

/// The rotated vectors of a build as int8, in vertex order: all that the steps after the first look
/// at.
///
/// @param step the value of one unit
/// @param squaredNorms of the vertices; empty when all are 1
record BuildVectors(
    CodeKernel kernel,
    MemorySegment int8,
    int vectorBytes,
    int rotatedDimension,
    float step,
    float[] squaredNorms) {

  float squaredNorm(int vertex) {
    return squaredNorms.length == 0 ? 1 : squaredNorms[vertex];
  }

  long offset(int vertex) {
    return (long) vertex * vectorBytes;
  }

  /// Makes a vertex the query of [#distances].
  void widen(int vertex, MemorySegment query) {
    kernel.widenInt8(int8, offset(vertex), vectorBytes, query);
  }

  /// The rotated vector of a vertex.
  void toFloats(int vertex, float[] result) {
    kernel.int8ToFloats(int8, offset(vertex), rotatedDimension, step, result);
  }

  /// Squared distances of one vertex to `count` others.
  ///
  /// @param query the vertex, widened
  /// @param products scratch, as long as `distances`
  void distances(
      int vertex, MemorySegment query, int[] others, int count, int[] products, float[] distances) {
    kernel.int8Products(query, int8, vectorBytes, others, count, vectorBytes, products);
    float norm = squaredNorm(vertex);
    float twice = 2 * step * step;
    for (int i = 0; i < count; i++) {
      distances[i] = Math.max(0, norm + squaredNorm(others[i]) - twice * products[i]);
    }
  }

  /// The squared distance of two vertices.
  float distance(int a, int b) {
    long products = 0;
    for (int i = 0; i < vectorBytes; i++) {
      products +=
          int8.get(ValueLayout.JAVA_BYTE, offset(a) + i)
              * int8.get(ValueLayout.JAVA_BYTE, offset(b) + i);
    }
    return Math.max(0, squaredNorm(a) + squaredNorm(b) - 2 * step * step * products);
  }
}
