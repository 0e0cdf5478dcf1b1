package quiver.workers.segment;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.ExactSearch;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.SearchResult;
import quiver.vector.index.SearchStatistics;
import quiver.vector.index.Searcher;
import quiver.vector.index.VectorIndex;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernels;
import quiver.vector.list.GrowingListSearcher;
import quiver.vector.list.GrowingLists;

/// The rows of a growing segment at one snapshot: lists for the first of them, an exact scan for
/// the rest.
///
/// @param encodedCount rows below it are in the lists
record GrowingSnapshotIndex(GrowingLists lists, VectorRows rows, int encodedCount)
    implements VectorIndex {
  @Override
  public String kind() {
    return "growing";
  }

  @Override
  public DistanceMetric metric() {
    return lists.codebook().metric();
  }

  @Override
  public int dimension() {
    return rows.dimension();
  }

  @Override
  public int rowCount() {
    return rows.rowCount();
  }

  @Override
  public long sizeBytes() {
    return lists.sizeBytes();
  }

  @Override
  public Searcher newSearcher() {
    return new SnapshotSearcher(this);
  }

  @Override
  public long searcherBytes() {
    return 16L * dimension() + 8L * lists.codebook().listCount() + (1 << 15);
  }

  /// Searches lists and rest, and merges.
  private static final class SnapshotSearcher implements Searcher {
    private static final SearchResult NOTHING =
        new SearchResult(
            new int[0],
            new double[0],
            new SearchStatistics(SearchStatistics.Strategy.EXACT_SCAN, "no rows", 0, 0));

    private final GrowingSnapshotIndex index;
    private final GrowingListSearcher encoded;
    private final ExactSearch exact;
    private @Nullable SearchRequest request;
    private SearchResult rest = NOTHING;
    private int restPosition;
    private boolean restComplete;
    private int[] waitingRows = new int[0];
    private double[] waitingDistances = new double[0];

    SnapshotSearcher(GrowingSnapshotIndex index) {
      this.index = index;
      this.encoded = index.lists().newSearcher();
      this.exact = new ExactSearch(VectorKernels.best(), index.metric(), index.dimension());
    }

    @Override
    public SearchResult search(SearchRequest newRequest) {
      request = newRequest;
      waitingRows = new int[0];
      waitingDistances = new double[0];
      restPosition = 0;
      encoded.setRows(index.rows());
      SearchResult found = encoded.search(newRequest.withEffort(lists(newRequest.effort())));
      scanRest(newRequest);
      return merged(newRequest.k(), found);
    }

    @Override
    public SearchResult next(int k) {
      SearchRequest first = request;
      if (first == null) {
        throw new IllegalStateException("next before search");
      }
      if (!restComplete) {
        scanRest(first.withK(index.rowCount() - index.encodedCount()));
      }
      return merged(k, encoded.next(k));
    }

    /// A list for each candidate of a graph: growing segments have few lists.
    private int lists(int candidates) {
      return Math.min(candidates, index.lists().codebook().listCount());
    }

    /// The rows without codes; a wider scan gives the rows of a narrower one first.
    private void scanRest(SearchRequest wanted) {
      int from = index.encodedCount();
      int to = index.rowCount();
      rest = from == to ? NOTHING : exact.searchRange(index.rows(), wanted, from, to);
      restComplete = rest.count() < wanted.k() || rest.count() == to - from;
    }

    /// The next `k` of what waits, of the lists' rows and of the rest up to the last of these.
    private SearchResult merged(int k, SearchResult found) {
      int waiting = waitingRows.length;
      int[] rows = Arrays.copyOf(waitingRows, waiting + found.count() + rest.count());
      double[] distances = Arrays.copyOf(waitingDistances, rows.length);
      int count = waiting;
      for (int i = 0; i < found.count(); i++) {
        count = takeRest(rows, distances, count, found.distances()[i]);
        // Encoded since the search began otherwise: the rest has it.
        if (found.rows()[i] < index.encodedCount()) {
          rows[count] = found.rows()[i];
          distances[count++] = found.distances()[i];
        }
      }
      if (found.count() < k) {
        count = takeRest(rows, distances, count, Double.NaN);
      }
      int given = Math.min(k, count);
      waitingRows = Arrays.copyOfRange(rows, given, count);
      waitingDistances = Arrays.copyOfRange(distances, given, count);
      return new SearchResult(
          Arrays.copyOf(rows, given), Arrays.copyOf(distances, given), statistics(found));
    }

    /// Takes rows of the rest up to a distance; NaN: all.
    private int takeRest(int[] rows, double[] distances, int from, double upTo) {
      int count = from;
      while (restPosition < rest.count() && !(rest.distances()[restPosition] > upTo)) {
        rows[count] = rest.rows()[restPosition];
        distances[count++] = rest.distances()[restPosition++];
      }
      return count;
    }

    private SearchStatistics statistics(SearchResult found) {
      SearchStatistics did = found.statistics();
      return new SearchStatistics(
          did.strategy(),
          did.reason(),
          did.nodesVisited(),
          did.distancesComputed() + rest.statistics().distancesComputed(),
          did.codesScored(),
          did.reranked());
    }
  }
}
