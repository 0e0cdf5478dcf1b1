package quiver.vector.index;

import java.util.Arrays;

/// The best `capacity` nodes of a search, sorted, nearest first, each marked when it is expanded.
/// An entry is one long: score, node and mark, so that insertion is a binary search and one copy of
/// a short array. Used by one thread.
public final class CandidatePool {
  /// What [#popNearest] gives when every node is expanded.
  public static final int NO_NODE = -1;

  private static final long EXPANDED = 1;

  private long[] entries = new long[512];
  private int capacity;
  private int size;
  private int cursor;

  public void reset(int newCapacity) {
    if (entries.length < newCapacity) {
      entries = new long[newCapacity];
    }
    capacity = newCapacity;
    size = 0;
    cursor = 0;
  }

  public int size() {
    return size;
  }

  public boolean isFull() {
    return size == capacity;
  }

  public int node(int at) {
    return nodeOf(entries[at]);
  }

  public float score(int at) {
    return scoreOf(entries[at]);
  }

  public long entry(int at) {
    return entries[at];
  }

  /// The worst score kept, +infinity while there is room.
  public float bound() {
    return size == capacity ? scoreOf(entries[size - 1]) : Float.POSITIVE_INFINITY;
  }

  /// Keeps the node if it is among the best; true when it was kept. A node is offered once.
  public boolean insert(int node, float score) {
    long entry = entry(node, score);
    if (size == capacity) {
      if (entry >= entries[size - 1]) {
        return false;
      }
      size--;
    }
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (entries[middle] < entry) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    System.arraycopy(entries, low, entries, low + 1, size - low);
    entries[low] = entry;
    size++;
    cursor = Math.min(cursor, low);
    return true;
  }

  /// Drops what is farther than `score`.
  public void trim(float score) {
    while (size > 0 && scoreOf(entries[size - 1]) > score) {
      size--;
    }
  }

  /// The nearest node not expanded yet, now marked; [#NO_NODE] when there is none.
  public int popNearest() {
    while (cursor < size) {
      long entry = entries[cursor];
      if ((entry & EXPANDED) == 0) {
        entries[cursor++] = entry | EXPANDED;
        return nodeOf(entry);
      }
      cursor++;
    }
    return NO_NODE;
  }

  /// The score of the node that [#popNearest] gave last.
  float poppedScore() {
    return scoreOf(entries[cursor - 1]);
  }

  /// Starts with the first `count` of `sorted`.
  public void load(long[] sorted, int count, int newCapacity) {
    reset(newCapacity);
    System.arraycopy(sorted, 0, entries, 0, count);
    size = count;
  }

  static boolean isExpanded(long entry) {
    return (entry & EXPANDED) != 0;
  }

  /// Packs a score and a node so that longs compare by score, then by node.
  public static long entry(int node, float score) {
    int bits = Float.floatToIntBits(score);
    int sortable = bits ^ ((bits >> 31) & 0x7fff_ffff);
    return ((long) sortable << 32) | ((long) node << 1);
  }

  public static int nodeOf(long entry) {
    return (int) entry >>> 1;
  }

  public static float scoreOf(long entry) {
    int sortable = (int) (entry >> 32);
    return Float.intBitsToFloat(sortable ^ ((sortable >> 31) & 0x7fff_ffff));
  }

  /// Memory held, in bytes.
  public long sizeBytes() {
    return (long) entries.length * Long.BYTES;
  }

  /// The entries, for tests.
  long[] toArray() {
    return Arrays.copyOf(entries, size);
  }
}
