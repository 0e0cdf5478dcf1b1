package quiver.vector.index;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Optional;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Hands out the searchers of one index, at most `searcherCountMax` at a time: search memory stays
/// bounded by that count whatever the number of sessions. Safe for every thread.
public final class SearcherPool {
  private final VectorIndex index;
  private final int searcherCountMax;
  private final Optional<RecallCalibration> calibration;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final ArrayDeque<Searcher> idle = new ArrayDeque<>();

  @GuardedBy("lock")
  private int leasedCount;

  /// @param searcherCountMax the number of threads that search at once, plus open cursors
  public SearcherPool(VectorIndex index, int searcherCountMax) {
    this(index, searcherCountMax, Optional.empty());
  }

  /// @param calibration what was measured of the index
  public SearcherPool(
      VectorIndex index, int searcherCountMax, Optional<RecallCalibration> calibration) {
    if (searcherCountMax < 1) {
      throw new IllegalArgumentException("searcherCountMax " + searcherCountMax);
    }
    this.index = index;
    this.searcherCountMax = searcherCountMax;
    this.calibration = calibration;
  }

  public VectorIndex index() {
    return index;
  }

  /// Which effort reaches which recall, if it was measured.
  public Optional<RecallCalibration> calibration() {
    return calibration;
  }

  /// Takes a searcher; close the lease to give it back.
  ///
  /// @throws QuiverException `53000` at once when all are out
  public Lease lease() {
    synchronized (lock) {
      if (leasedCount == searcherCountMax) {
        throw new QuiverException(
            SqlState.INSUFFICIENT_RESOURCES,
            "all %d searchers of the vector index are in use",
            searcherCountMax);
      }
      leasedCount++;
      Searcher searcher = idle.poll();
      return new Lease(this, searcher == null ? index.newSearcher() : searcher);
    }
  }

  private void giveBack(Searcher searcher) {
    synchronized (lock) {
      leasedCount--;
      // Last in, first out: the searcher used last has its scratch in the cache.
      idle.push(searcher);
    }
  }

  /// A searcher on loan to one thread.
  public static final class Lease implements AutoCloseable {
    private final SearcherPool pool;
    private final Searcher searcher;
    private boolean closed;

    private Lease(SearcherPool pool, Searcher searcher) {
      this.pool = pool;
      this.searcher = searcher;
    }

    public Searcher searcher() {
      if (closed) {
        throw new IllegalStateException("the lease is closed");
      }
      return searcher;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        pool.giveBack(searcher);
      }
    }
  }
}
