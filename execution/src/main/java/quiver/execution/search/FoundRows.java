package quiver.execution.search;

import java.util.Arrays;
import quiver.execution.runtime.QueryMemory;
import quiver.vector.index.SearchResult;
import quiver.vector.index.SearchStatistics;

/// The nearest `limit` rows of all segments: a heap with the farthest on top. Equal distances are
/// ordered by segment and row, NaN comes after every number. Safe for every thread until it is
/// [#sort]ed.
final class FoundRows {
  private static final int BYTES_PER_ROW = Double.BYTES + Long.BYTES;

  private final long limit;
  private final QueryMemory memory;
  private long reservedBytes;
  private double[] distances = new double[0];
  private long[] places = new long[0];
  private int size;

  FoundRows(long limit, QueryMemory memory) {
    this.limit = limit;
    this.memory = memory;
  }

  /// A row of a target as one number.
  static long place(int target, int row) {
    return ((long) target << 32) | row;
  }

  static int target(long place) {
    return (int) (place >>> 32);
  }

  static int row(long place) {
    return (int) place;
  }

  /// Keeps the row if it is among the nearest.
  synchronized void offer(double distance, long place) {
    if (size < limit) {
      if (size == places.length) {
        grow();
      }
      siftUp(size++, distance, place);
    } else if (precedes(distance, place, distances[0], places[0])) {
      siftDown(0, size, distance, place);
    }
  }

  private void grow() {
    int capacity = Math.max(16, (int) Math.min(limit, 2L * size));
    long bytes = (long) (capacity - places.length) * BYTES_PER_ROW;
    memory.reserve(bytes);
    reservedBytes += bytes;
    distances = Arrays.copyOf(distances, capacity);
    places = Arrays.copyOf(places, capacity);
  }

  /// The distance above which no row is wanted any more.
  synchronized double bound() {
    return size == limit ? distances[0] : Double.POSITIVE_INFINITY;
  }

  synchronized int size() {
    return size;
  }

  /// Sorts, nearest first; nothing is offered afterwards.
  synchronized void sort() {
    for (int last = size - 1; last > 0; last--) {
      double distance = distances[last];
      long place = places[last];
      distances[last] = distances[0];
      places[last] = places[0];
      siftDown(0, last, distance, place);
    }
  }

  double distance(int at) {
    return distances[at];
  }

  long place(int at) {
    return places[at];
  }

  /// The rows of one segment, once sorted.
  SearchResult toResult(SearchStatistics statistics) {
    int[] rows = new int[size];
    for (int i = 0; i < size; i++) {
      rows[i] = row(places[i]);
    }
    return new SearchResult(rows, Arrays.copyOf(distances, size), statistics);
  }

  void release() {
    memory.release(reservedBytes);
    reservedBytes = 0;
  }

  private void siftUp(int at, double distance, long place) {
    int child = at;
    while (child > 0) {
      int parent = (child - 1) >>> 1;
      if (!precedes(distances[parent], places[parent], distance, place)) {
        break;
      }
      distances[child] = distances[parent];
      places[child] = places[parent];
      child = parent;
    }
    distances[child] = distance;
    places[child] = place;
  }

  private void siftDown(int at, int count, double distance, long place) {
    int parent = at;
    for (int child = 2 * parent + 1; child < count; child = 2 * parent + 1) {
      if (child + 1 < count
          && precedes(distances[child], places[child], distances[child + 1], places[child + 1])) {
        child++;
      }
      if (!precedes(distance, place, distances[child], places[child])) {
        break;
      }
      distances[parent] = distances[child];
      places[parent] = places[child];
      parent = child;
    }
    distances[parent] = distance;
    places[parent] = place;
  }

  private static boolean precedes(double distanceA, long placeA, double distanceB, long placeB) {
    int sign = Double.compare(distanceA + 0.0, distanceB + 0.0);
    return sign != 0 ? sign < 0 : placeA < placeB;
  }
}
