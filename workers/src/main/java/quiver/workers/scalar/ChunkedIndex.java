package quiver.workers.scalar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import quiver.execution.index.IndexQuery;
import quiver.execution.index.ScalarIndex;
import quiver.execution.index.SortedIndex;
import quiver.workers.segment.SegmentRows;

/// An index over the rows of a segment that has no index file: made of chunks, each built when it
/// is first asked for and kept. Writers pay nothing. Chunks of [#SMALL_ROWS] rows are replaced by
/// larger ones, so that each row is sorted [#LEVELS] times at most; the last few rows are always
/// looked at. Safe for every thread.
final class ChunkedIndex {
  private static final int SMALL_ROWS = 256;
  private static final int FACTOR = 16;
  private static final int LEVELS = 3;

  private final IndexedTable index;
  private final ConcurrentMap<Chunk, ScalarIndex> chunks = new ConcurrentHashMap<>();

  private final AtomicBoolean building = new AtomicBoolean();

  /// Rows that are indexed while a query waits; more are left to somebody else.
  private static final int WAITED_FOR_ROWS_MAX = 16_384;

  private record Chunk(int from, int count) {}

  ChunkedIndex(IndexedTable index) {
    this.index = index;
  }

  /// Whether [#at] returns soon.
  boolean isReady(int rowCount) {
    int missing = 0;
    for (Chunk chunk : chunks(rowCount)) {
      missing += chunks.containsKey(chunk) ? 0 : chunk.count();
    }
    return missing <= WAITED_FOR_ROWS_MAX;
  }

  /// Whether nobody else builds the index now; the caller does, and says [#endBuild].
  boolean beginBuild() {
    return building.compareAndSet(false, true);
  }

  void endBuild() {
    building.set(false);
  }

  /// The index of the first `rowCount` rows.
  ScalarIndex at(SegmentRows rows, int rowCount) {
    List<ScalarIndex> parts = new ArrayList<>();
    int from = 0;
    for (Chunk chunk : chunks(rowCount)) {
      parts.add(
          chunks.computeIfAbsent(chunk, made -> index.build(rows, made.from(), made.count())));
      forgetSmaller(chunk);
      from = chunk.from() + chunk.count();
    }
    return new Parts(parts, from, rowCount);
  }

  /// The largest chunks that fit, in order.
  private static List<Chunk> chunks(int rowCount) {
    List<Chunk> all = new ArrayList<>();
    int from = 0;
    for (int level = LEVELS - 1; level >= 0; level--) {
      int size = SMALL_ROWS;
      for (int i = 0; i < level; i++) {
        size *= FACTOR;
      }
      for (; from + size <= rowCount; from += size) {
        all.add(new Chunk(from, size));
      }
    }
    return all;
  }

  private void forgetSmaller(Chunk whole) {
    int size = whole.count() / FACTOR;
    if (size >= SMALL_ROWS && chunks.remove(new Chunk(whole.from(), size)) != null) {
      for (int i = 1; i < FACTOR; i++) {
        chunks.remove(new Chunk(whole.from() + i * size, size));
      }
    }
  }

  /// Several indexes over rows that follow each other, then rows that are not indexed.
  private record Parts(List<ScalarIndex> parts, int from, int to) implements ScalarIndex {
    @Override
    public long estimate(IndexQuery query) {
      long sum = (long) to - from;
      for (ScalarIndex part : parts) {
        sum += part.estimate(query);
      }
      return sum;
    }

    @Override
    public int[] rows(IndexQuery query) {
      int[] all = new int[to - from];
      int count = 0;
      for (ScalarIndex part : parts) {
        int[] found = part.rows(query);
        if (count + found.length + to - from > all.length) {
          all = Arrays.copyOf(all, Math.max(2 * all.length, count + found.length + to - from));
        }
        System.arraycopy(found, 0, all, count, found.length);
        count += found.length;
      }
      for (int row = from; row < to; row++) {
        all[count++] = row;
      }
      return Arrays.copyOf(all, count);
    }

    @Override
    public Optional<Ordered> ordered() {
      List<SortedIndex> runs = new ArrayList<>();
      for (ScalarIndex part : parts) {
        Optional<Ordered> one = part.ordered();
        if (one.isEmpty()) {
          return one;
        }
        runs.addAll(one.get().runs());
      }
      return Optional.of(new Ordered(runs, from, to));
    }
  }
}
