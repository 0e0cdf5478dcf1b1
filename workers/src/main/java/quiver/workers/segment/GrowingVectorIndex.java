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

  private static final long SEED = 1;

  /// Searchers of one statement.
  private static final int SEARCHER_COUNT_MAX = 16;

  private final GrowingRows rows;
  private final int ordinal;
  private final DistanceMetric metric;
  private final Arena arena;
  private final AtomicBoolean encoding = new AtomicBoolean();
  private volatile @Nullable Encoded encoded;

  /// Lists that hold the first `rowCount` rows, and perhaps some more.
  ///
  /// @param calibration which effort reached which recall, when there were `measuredRowCount` rows
  private record Encoded(
      GrowingLists lists,
      int rowCount,
      Optional<RecallCalibration> calibration,
      int measuredRowCount) {}

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

  /// @return whether rows are left
  private boolean encodeSlice() {
    Encoded now = encoded;
    int published = rows.rowCount();
    if (now == null) {
      ListCodebook codebook =
          ListCodebook.train(
              VectorKernels.best(),
              rows.vectors(ordinal, published),
              metric,
              ListOptions.defaults(),
              BuildResources.onCaller(arena));
      now = new Encoded(new GrowingLists(codebook, arena), 0, Optional.empty(), 0);
    }
    int to = Math.min(published, now.rowCount() + SLICE_ROWS);
    now.lists().append(rows.vectors(ordinal, to), now.rowCount(), to);
    encoded = new Encoded(now.lists(), to, now.calibration(), now.measuredRowCount());
    if (published - to >= TAIL_ROWS_MIN) {
      return true;
    }
    if (to >= 2 * now.measuredRowCount()) {
      measure(now.lists(), to);
    }
    return false;
  }

  /// Measures the recall of what is encoded; again when there are twice as many rows.
  private void measure(GrowingLists lists, int rowCount) {
    VectorRows vectors = rows.vectors(ordinal, rowCount);
    RecallCalibration calibration =
        RecallMeasurement.measure(
            VectorKernels.best(),
            new GrowingSnapshotIndex(lists, vectors, rowCount),
            vectors,
            SEED,
            BuildMonitor.NONE);
    encoded = new Encoded(lists, rowCount, Optional.of(calibration), rowCount);
  }

  /// Rows that have codes.
  int encodedCount() {
    Encoded now = encoded;
    return now == null ? 0 : now.rowCount();
  }

  long memoryBytes() {
    Encoded now = encoded;
    return now == null ? 0 : now.lists().sizeBytes();
  }
}
