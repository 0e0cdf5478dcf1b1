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

  /// Ints of a slot: the vertex, its mean and the sum of weights as float bits, nothing. A slot
  /// lies in one cache line.
  private static final int SLOT_INTS = 4;

  private static final int SLOT_SHIFT = 2;
  private static final int SCORE = 1;
  private static final int WEIGHT = 2;

  /// The weight of a vertex that has been popped: infinity.
  private static final int POPPED = 0x7f80_0000;

  /// So few that those of eight walks side by side stay in the first cache level.
  private static final int SLOTS_AT_FIRST = 1 << 7;

  private long[] heap = new long[1 << 9];
  private int size;
  private int[] slots = new int[0];
  private int[] usedSlots = new int[0];
  private int shift;
  private int usedCount;

  Frontier() {
    resize(SLOTS_AT_FIRST);
  }

  void clear() {
    size = 0;
    if (CLEAR_SHARE * usedCount > slots.length / SLOT_INTS) {
      Arrays.fill(slots, EMPTY);
    } else {
      for (int i = 0; i < usedCount; i++) {
        slots[usedSlots[i]] = EMPTY;
      }
    }
    usedCount = 0;
  }

  private void resize(int slotCount) {
    int[] old = slots;
    slots = new int[slotCount * SLOT_INTS];
    Arrays.fill(slots, EMPTY);
    usedSlots = new int[slotCount / 2];
    usedCount = 0;
    shift = Integer.numberOfLeadingZeros(slotCount) + 1;
    for (int i = 0; i < old.length; i += SLOT_INTS) {
      if (old[i] != EMPTY) {
        int at = slot(old[i]);
        usedSlots[usedCount++] = at;
        System.arraycopy(old, i, slots, at, SLOT_INTS);
      }
    }
  }

  /// Where a vertex is, or the empty place where it belongs.
  private int slot(int vertex) {
    int mask = slots.length - 1;
    int at = ((vertex * HASH_FACTOR) >>> shift) << SLOT_SHIFT;
    while (slots[at] != vertex && slots[at] != EMPTY) {
      at = (at + SLOT_INTS) & mask;
    }
    return at;
  }

  private int newSlot(int vertex, int found) {
    int at = found;
    if (usedCount == usedSlots.length) {
      resize(2 * slots.length / SLOT_INTS);
      at = slot(vertex);
    }
    usedSlots[usedCount++] = at;
    slots[at] = vertex;
    return at;
  }

  /// Takes in one more estimate of a vertex; true for the first.
  ///
  /// @param weight one over its variance, relative to the other estimates
  boolean offer(int vertex, float estimate, float weight) {
    int at = slot(vertex);
    if (slots[at] == EMPTY) {
      at = newSlot(vertex, at);
      slots[at + SCORE] = Float.floatToRawIntBits(estimate);
      slots[at + WEIGHT] = Float.floatToRawIntBits(weight);
      push(CandidatePool.entry(vertex, estimate));
      return true;
    }
    int weightBits = slots[at + WEIGHT];
    if (weightBits != POPPED) {
      float before = Float.intBitsToFloat(weightBits);
      float score = Float.intBitsToFloat(slots[at + SCORE]);
      float mean = (score * before + estimate * weight) / (before + weight);
      slots[at + WEIGHT] = Float.floatToRawIntBits(before + weight);
      if (mean != score) {
        slots[at + SCORE] = Float.floatToRawIntBits(mean);
        push(CandidatePool.entry(vertex, mean));
      }
    }
    return false;
  }

  /// Marks a vertex that is not in the frontier as popped before.
  void addPopped(int vertex) {
    int at = newSlot(vertex, slot(vertex));
    slots[at + WEIGHT] = POPPED;
  }

  /// Whether a vertex has been popped.
  boolean isPopped(int vertex) {
    int at = slot(vertex);
    return slots[at] == vertex && slots[at + WEIGHT] == POPPED;
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

  /// The vertex that [#popPeeked] takes out; [CandidatePool#NO_NODE] when there is none.
  int peek() {
    while (size > 0) {
      long entry = heap[0];
      int vertex = CandidatePool.nodeOf(entry);
      int at = slot(vertex);
      if (slots[at + WEIGHT] != POPPED
          && Float.intBitsToFloat(slots[at + SCORE]) == CandidatePool.scoreOf(entry)) {
        return vertex;
      }
      removeFirst();
    }
    return CandidatePool.NO_NODE;
  }

  /// The mean estimate of the vertex that [#peek] gave.
  float peekedScore() {
    return CandidatePool.scoreOf(heap[0]);
  }

  /// The sum of the weights of its estimates.
  float peekedWeight() {
    return Float.intBitsToFloat(slots[slot(CandidatePool.nodeOf(heap[0])) + WEIGHT]);
  }

  /// Takes out the vertex that [#peek] gave. It will not come again.
  void popPeeked() {
    slots[slot(CandidatePool.nodeOf(heap[0])) + WEIGHT] = POPPED;
    removeFirst();
  }

  /// Memory held, in bytes.
  long sizeBytes() {
    return 8L * heap.length + 4L * slots.length + 4L * usedSlots.length;
  }
}
