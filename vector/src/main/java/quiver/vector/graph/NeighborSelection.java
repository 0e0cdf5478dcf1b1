package quiver.vector.graph;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import quiver.vector.index.CandidatePool;

/// Chooses a vertex's neighbours among candidates: the nearest first, and none that lies nearer to
/// a chosen one than to the vertex (times a slack). Scratch inside: used by one thread.
///
/// Source: the relative neighbourhood rule of HNSW's algorithm 4 and of DiskANN's RobustPrune
/// (Subramanya and others, 2019). We strike out all candidates behind a chosen one at once, four
/// distances at a time.
final class NeighborSelection {
  private final BuildVectors vectors;
  private final float slack;
  private final MemorySegment query;
  private long[] candidates = new long[512];
  private int candidateCount;
  private int[] ids = new int[512];
  private float[] distances = new float[512];
  private float[] others = new float[512];
  private int[] products = new int[512];
  private int[] rejected = new int[512];
  private float[] rejectedDistances = new float[512];

  NeighborSelection(BuildVectors vectors, float slack) {
    this.vectors = vectors;
    this.slack = slack;
    this.query = Arena.ofAuto().allocate(2L * vectors.vectorBytes(), 64);
  }

  void clear() {
    candidateCount = 0;
  }

  void add(int vertex, float distance) {
    if (candidateCount == candidates.length) {
      candidates = Arrays.copyOf(candidates, 2 * candidateCount);
    }
    candidates[candidateCount++] = CandidatePool.entry(vertex, distance);
  }

  /// Sorts the candidates and leaves out repetitions.
  int sort() {
    Arrays.sort(candidates, 0, candidateCount);
    int count = 0;
    for (int i = 0; i < candidateCount; i++) {
      if (count == 0 || candidates[i] != candidates[count - 1]) {
        candidates[count++] = candidates[i];
      }
    }
    candidateCount = count;
    return count;
  }

  /// Writes the sorted candidates as they are, at most `degree`.
  void keepAll(NeighborLists lists, int vertex) {
    int count = Math.min(candidateCount, lists.degree);
    int at = vertex * lists.degree;
    for (int i = 0; i < count; i++) {
      lists.ids[at + i] = CandidatePool.nodeOf(candidates[i]);
      lists.distances[at + i] = CandidatePool.scoreOf(candidates[i]);
    }
    lists.counts[vertex] = count;
  }

  /// Chooses among the sorted candidates.
  ///
  /// @param fill whether places left are filled with the nearest candidates struck out
  void choose(NeighborLists lists, int vertex, boolean fill) {
    unpack();
    int remaining = candidateCount;
    int rejectedCount = 0;
    int chosen = 0;
    int at = vertex * lists.degree;
    while (remaining > 0 && chosen < lists.degree) {
      int best = ids[0];
      lists.ids[at + chosen] = best;
      lists.distances[at + chosen] = distances[0];
      chosen++;
      remaining--;
      System.arraycopy(ids, 1, ids, 0, remaining);
      System.arraycopy(distances, 1, distances, 0, remaining);
      if (chosen == lists.degree || remaining == 0) {
        break;
      }
      vectors.widen(best, query);
      vectors.distances(best, query, ids, remaining, products, others);
      int kept = 0;
      for (int i = 0; i < remaining; i++) {
        if (slack * others[i] < distances[i]) {
          rejected[rejectedCount] = ids[i];
          rejectedDistances[rejectedCount++] = distances[i];
        } else {
          ids[kept] = ids[i];
          distances[kept++] = distances[i];
        }
      }
      remaining = kept;
    }
    if (fill && chosen < lists.degree) {
      chosen += fill(lists, at + chosen, lists.degree - chosen, rejectedCount);
    }
    lists.counts[vertex] = chosen;
  }

  private int fill(NeighborLists lists, int at, int room, int rejectedCount) {
    for (int i = 0; i < rejectedCount; i++) {
      candidates[i] = CandidatePool.entry(rejected[i], rejectedDistances[i]);
    }
    Arrays.sort(candidates, 0, rejectedCount);
    int count = Math.min(room, rejectedCount);
    for (int i = 0; i < count; i++) {
      lists.ids[at + i] = CandidatePool.nodeOf(candidates[i]);
      lists.distances[at + i] = CandidatePool.scoreOf(candidates[i]);
    }
    return count;
  }

  private void unpack() {
    if (ids.length < candidateCount) {
      int length = candidates.length;
      ids = new int[length];
      distances = new float[length];
      others = new float[length];
      products = new int[length];
      rejected = new int[length];
      rejectedDistances = new float[length];
    }
    for (int i = 0; i < candidateCount; i++) {
      ids[i] = CandidatePool.nodeOf(candidates[i]);
      distances[i] = CandidatePool.scoreOf(candidates[i]);
    }
  }
}
