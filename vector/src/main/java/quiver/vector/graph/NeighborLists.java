package quiver.vector.graph;

import java.util.Arrays;

/// The neighbours of every vertex while a graph is built, nearest first. Each vertex is written by
/// one thread.
final class NeighborLists {
  final int degree;

  /// `vertexCount × degree`; those of vertex `v` start at `v × degree`.
  final int[] ids;

  final float[] distances;
  final int[] counts;

  NeighborLists(int vertexCount, int degree) {
    this.degree = degree;
    this.ids = new int[vertexCount * degree];
    this.distances = new float[vertexCount * degree];
    this.counts = new int[vertexCount];
  }

  int vertexCount() {
    return counts.length;
  }

  /// The vertices that link to each vertex: `sources[starts[v] … starts[v + 1])`, ascending.
  record Reverse(int[] starts, int[] sources, float[] distances) {}

  Reverse reverse() {
    int[] starts = new int[counts.length + 1];
    for (int v = 0; v < counts.length; v++) {
      for (int i = v * degree; i < v * degree + counts[v]; i++) {
        starts[ids[i] + 1]++;
      }
    }
    for (int v = 0; v < counts.length; v++) {
      starts[v + 1] += starts[v];
    }
    int[] next = Arrays.copyOf(starts, counts.length);
    int[] sources = new int[starts[counts.length]];
    float[] reversed = new float[sources.length];
    for (int v = 0; v < counts.length; v++) {
      for (int i = v * degree; i < v * degree + counts[v]; i++) {
        int at = next[ids[i]]++;
        sources[at] = v;
        reversed[at] = distances[i];
      }
    }
    return new Reverse(starts, sources, reversed);
  }
}
