package quiver.vector.graph;

import java.util.Arrays;
import quiver.vector.index.CandidatePool;

/// The vertices a walk knows of and has not expanded, nearest first, by the mean of all estimates
/// made of each so far. Estimates from several vertices err independently, so their mean is better
/// than any. Used by one thread.
///
/// A small hash table from a vertex to its mean: cheaper than one for each vertex of the graph,
/// which would not stay in the first cache levels. And a heap with an entry for every mean a vertex
/// ever had: an entry that is not the latest is dropped when it comes up, which is cheaper than
/// moving it.
final class Frontier {
  private static final int EMPTY = -1;

  /// Above one over this share of used places the table is cleared as a whole.
  private static final int CLEAR_SHARE = 8;

  private static final int HASH_FACTOR = 0x9E37_79B9;

  private long[] heap = new long[1 << 10];
  private int size;
  private int[] vertices = new int[0];
  private float[] scores = new float[0];
  private float[] weights = new float[0];
  private int[] usedSlots = new int[0];
  private int shift;
  private int usedCount;
  private float poppedScore;
  private float poppedWeight;

  Frontier() {
    resize(1 << 10);
  }

  void clear() {
    size = 0;
    if (CLEAR_SHARE * usedCount > vertices.length) {
      Arrays.fill(vertices, EMPTY);
    } else {
      for (int i = 0; i < usedCount; i++) {
        vertices[usedSlots[i]] = EMPTY;
      }
    }
    usedCount = 0;
  }

  private void resize(int length) {
    int[] oldVertices = vertices;
    float[] oldScores = scores;
    float[] oldWeights = weights;
    vertices = new int[length];
    Arrays.fill(vertices, EMPTY);
    scores = new float[length];
    weights = new float[length];
    usedSlots = new int[length / 2];
    usedCount = 0;
    shift = Integer.numberOfLeadingZeros(length) + 1;
    for (int i = 0; i < oldVertices.length; i++) {
      if (oldVertices[i] != EMPTY) {
        int slot = slot(oldVertices[i]);
        usedSlots[usedCount++] = slot;
        vertices[slot] = oldVertices[i];
        scores[slot] = oldScores[i];
        weights[slot] = oldWeights[i];
      }
    }
  }

  /// Where a vertex is, or the empty place where it belongs.
  private int slot(int vertex) {
    int mask = vertices.length - 1;
    int slot = (vertex * HASH_FACTOR) >>> shift;
    while (vertices[slot] != vertex && vertices[slot] != EMPTY) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /// Takes in one more estimate of a vertex.
  ///
  /// @param weight one over its variance, relative to the other estimates
  void offer(int vertex, float estimate, float weight) {
    int slot = slot(vertex);
    if (vertices[slot] == EMPTY) {
      if (usedCount == usedSlots.length) {
        resize(2 * vertices.length);
        slot = slot(vertex);
      }
      usedSlots[usedCount++] = slot;
      vertices[slot] = vertex;
      scores[slot] = estimate;
      weights[slot] = weight;
      push(CandidatePool.entry(vertex, estimate));
      return;
    }
    float before = weights[slot];
    if (before == Float.POSITIVE_INFINITY) {
      return;
    }
    float mean = (scores[slot] * before + estimate * weight) / (before + weight);
    weights[slot] = before + weight;
    if (mean != scores[slot]) {
      scores[slot] = mean;
      push(CandidatePool.entry(vertex, mean));
    }
  }

  /// Whether a vertex has been popped.
  boolean isPopped(int vertex) {
    int slot = slot(vertex);
    return vertices[slot] == vertex && weights[slot] == Float.POSITIVE_INFINITY;
  }

  private void push(long entry) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    int at = size++;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (heap[parent] <= entry) {
        break;
      }
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = entry;
  }

  private void removeFirst() {
    long entry = heap[--size];
    int at = 0;
    int child = 1;
    while (child < size) {
      if (child + 1 < size && heap[child + 1] < heap[child]) {
        child++;
      }
      if (heap[child] >= entry) {
        break;
      }
      heap[at] = heap[child];
      at = child;
      child = 2 * at + 1;
    }
    heap[at] = entry;
  }

  /// The vertex that [#pop] would give; [CandidatePool#NO_NODE] when there is none.
  int peek() {
    while (size > 0) {
      long entry = heap[0];
      int vertex = CandidatePool.nodeOf(entry);
      int slot = slot(vertex);
      if (weights[slot] != Float.POSITIVE_INFINITY
          && CandidatePool.entry(vertex, scores[slot]) == entry) {
        return vertex;
      }
      removeFirst();
    }
    return CandidatePool.NO_NODE;
  }

  /// Takes out the nearest vertex; [CandidatePool#NO_NODE] when there is none. It will not come
  /// again.
  int pop() {
    int vertex = peek();
    if (vertex != CandidatePool.NO_NODE) {
      int slot = slot(vertex);
      poppedScore = scores[slot];
      poppedWeight = weights[slot];
      weights[slot] = Float.POSITIVE_INFINITY;
      removeFirst();
    }
    return vertex;
  }

  /// The mean estimate of the vertex popped last.
  float poppedScore() {
    return poppedScore;
  }

  /// The sum of the weights of its estimates.
  float poppedWeight() {
    return poppedWeight;
  }

  /// Memory held, in bytes.
  long sizeBytes() {
    return 8L * heap.length + 14L * vertices.length;
  }
}
