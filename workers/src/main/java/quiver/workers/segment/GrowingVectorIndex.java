package quiver.workers.segment;

import java.lang.foreign.Arena;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.BuildMonitor;
import quiver.vector.index.BuildResources;
import quiver.vector.index.RecallCalibration;
import quiver.vector.index.RecallMeasurement;
import quiver.vector.index.SearcherPool;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernels;
import quiver.vector.list.GrowingLists;
import quiver.vector.list.ListCodebook;
import quiver.vector.list.ListOptions;

/// Lists of codes over one vector column of a growing segment, made when a search finds the segment
/// large. Rows are encoded in the background, asked for by searches; a search scans the rows
/// exactly that have no code yet, so that every row is found at once. Safe for every thread.
final class GrowingVectorIndex {
  /// A segment with fewer rows is scanned.
  static final int ROWS_MIN = 16_384;

  /// So many rows without codes are not worth a task.
  private static final int TAIL_ROWS_MIN = 1_024;

  /// Rows encoded before others have their turn on the thread.
  private static final int SLICE_ROWS = 4_096;

  /// So many times the rows that lists were trained on, and there are lists for all of them.
  static final int RETRAINING_GROWTH = 8;

  private static final long SEED = 1;

  /// Searchers of one statement.
  private static final int SEARCHER_COUNT_MAX = 16;

  private final GrowingRows rows;
  private final int ordinal;
  private final DistanceMetric metric;
  private final Arena arena;
  private final AtomicBoolean encoding = new AtomicBoolean();
  private volatile @Nullable Encoded encoded;

  /// The lists that are to follow, while they are filled. Only for the task that encodes; there is
  /// one at a time.
  private @Nullable Encoded next;

  /// Lists that hold the first `rowCount` rows, and perhaps some more.
  ///
  /// @param trainedRowCount rows there were when the centroids were chosen
  /// @param replacedBytes memory of the lists before them, which are freed with the rows
  /// @param calibration which effort reached which recall, when there were `measuredRowCount` rows
  private record Encoded(
      GrowingLists lists,
      int rowCount,
      int trainedRowCount,
      long replacedBytes,
      Optional<RecallCalibration> calibration,
      int measuredRowCount) {
    Encoded withRows(int newRowCount) {
      return new Encoded(
          lists, newRowCount, trainedRowCount, replacedBytes, calibration, measuredRowCount);
    }

    long memoryBytes() {
      return lists.sizeBytes() + replacedBytes;
    }
  }

  /// @param arena owns the codes, as long as the rows live
  GrowingVectorIndex(GrowingRows rows, int ordinal, DistanceMetric metric, Arena arena) {
    this.rows = rows;
    this.ordinal = ordinal;
    this.metric = metric;
    this.arena = arena;
  }

  /// Searchers of the first `rowCount` rows; null while a scan is better.
  @Nullable SearcherPool searchers(int rowCount) {
    Encoded now = encoded;
    if (now == null || rowCount < ROWS_MIN) {
      return null;
    }
    VectorRows vectors = rows.vectors(ordinal, rowCount);
    return new SearcherPool(
        new GrowingSnapshotIndex(now.lists(), vectors, Math.min(now.rowCount(), rowCount)),
        SEARCHER_COUNT_MAX,
        now.calibration());
  }

  /// Has rows encoded if there are enough new ones.
  ///
  /// @param pin keeps the rows from being freed; tried now, and given back by `unpin`
  void catchUp(Executor executor, Pinned<?> pin) {
    int published = rows.rowCount();
    Encoded now = encoded;
    int done = now == null ? 0 : now.rowCount();
    if (published < ROWS_MIN
        || published - done < TAIL_ROWS_MIN
        || !encoding.compareAndSet(false, true)) {
      return;
    }
    if (!pin.tryPin()) {
      encoding.set(false);
      return;
    }
    submit(executor, pin);
  }

  private void submit(Executor executor, Pinned<?> pin) {
    try {
      executor.execute(() -> slice(executor, pin));
    } catch (RejectedExecutionException e) {
      // The node is busy or stops; the next search asks again.
      finish(pin);
    }
  }

  private void slice(Executor executor, Pinned<?> pin) {
    boolean more = false;
    try {
      more = encodeSlice();
    } finally {
      if (!more) {
        finish(pin);
      }
    }
    if (more) {
      submit(executor, pin);
    }
  }

  private void finish(Pinned<?> pin) {
    encoding.set(false);
    pin.unpin();
  }

  /// Encodes a slice of the rows without codes; then of all rows into new lists, if these are to
  /// follow.
  ///
  /// @return whether there is more to do
  private boolean encodeSlice() {
    int published = rows.rowCount();
    Encoded now = encoded;
    if (now == null) {
      now = train(published, 0);
    }
    if (published - now.rowCount() >= TAIL_ROWS_MIN) {
      encoded = append(now, published);
      return true;
    }
    Encoded following = next;
    if (following == null && isOutgrown(now)) {
      following = train(now.rowCount(), now.memoryBytes());
    }
    if (following != null) {
      following = append(following, now.rowCount());
      boolean isComplete = following.rowCount() == now.rowCount();
      next = isComplete ? null : following;
      if (isComplete) {
        measure(following);
      }
      return !isComplete;
    }
    if (now.rowCount() >= 2 * now.measuredRowCount()) {
      measure(now);
    }
    return false;
  }

  private static boolean isOutgrown(Encoded lists) {
    return lists.rowCount() >= (long) RETRAINING_GROWTH * lists.trainedRowCount();
  }

  /// Empty lists whose centroids suit the first `rowCount` rows.
  private Encoded train(int rowCount, long replacedBytes) {
    ListCodebook codebook =
        ListCodebook.train(
            VectorKernels.best(),
            rows.vectors(ordinal, rowCount),
            metric,
            ListOptions.defaults(),
            BuildResources.onCaller(arena));
    return new Encoded(
        new GrowingLists(codebook, arena), 0, rowCount, replacedBytes, Optional.empty(), 0);
  }

  /// Encodes the next rows, not beyond the first `rowCount`.
  private Encoded append(Encoded to, int rowCount) {
    int end = Math.min(rowCount, to.rowCount() + SLICE_ROWS);
    to.lists().append(rows.vectors(ordinal, end), to.rowCount(), end);
    return to.withRows(end);
  }

  /// Lets searches use the lists, once their recall is measured.
  private void measure(Encoded lists) {
    VectorRows vectors = rows.vectors(ordinal, lists.rowCount());
    RecallCalibration calibration =
        RecallMeasurement.measure(
            VectorKernels.best(),
            new GrowingSnapshotIndex(lists.lists(), vectors, lists.rowCount()),
            vectors,
            SEED,
            BuildMonitor.NONE);
    encoded =
        new Encoded(
            lists.lists(),
            lists.rowCount(),
            lists.trainedRowCount(),
            lists.replacedBytes(),
            Optional.of(calibration),
            lists.rowCount());
  }

  /// Rows that have codes.
  int encodedCount() {
    Encoded now = encoded;
    return now == null ? 0 : now.rowCount();
  }

  long memoryBytes() {
    Encoded now = encoded;
    return now == null ? 0 : now.memoryBytes();
  }
}
