package quiver.vector.list;

import java.util.Arrays;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.Reranker;
import quiver.vector.index.SearchResult;
import quiver.vector.index.SearchStatistics;
import quiver.vector.index.SearchStatistics.Strategy;
import quiver.vector.index.VisitedRows;

/// Goes on with a search: rows of lists that have been read wait in a heap by the least distance
/// they can have, and are compared exactly when it is their turn; further lists are read as more
/// rows are asked for. Used by one thread.
final class ListContinuation {
  private static final int BATCH_ROWS = 16;

  private final ProbeOrder order;
  private final ListSource lists;
  private final AllowedRows allowed;
  private final Reranker exact;
  private final RowHeap waiting = new RowHeap();
  private final RowHeap compared = new RowHeap();
  private final int[] batch = new int[BATCH_ROWS];
  private final double[] distances = new double[BATCH_ROWS];
  private int[] returnedFirst = new int[0];
  private int firstK = 1;
  private boolean running;
  private VisitedRows returned = new VisitedRows(0);
  private int firstLists;
  private int listsRead;
  private long returnedCount;
  private long exactCompared;
  private boolean drained;

  ListContinuation(ListSource lists, ProbeOrder order, AllowedRows allowed, Reranker exact) {
    this.lists = lists;
    this.order = order;
    this.allowed = allowed;
    this.exact = exact;
  }

  /// @param k rows asked for first
  /// @param first rows that have been returned; none if the search only put the lists in order
  /// @param newFirstLists lists that the search has read, or would have
  void start(int k, int[] first, int newFirstLists) {
    firstK = k;
    returnedFirst = first;
    firstLists = newFirstLists;
    running = false;
  }

  SearchResult next(int wantedRows) {
    if (!running) {
      begin();
    }
    int k = Math.min(wantedRows, lists.rowCount());
    exactCompared = 0;
    int listsBefore = listsRead;
    double wanted = (returnedCount + k) / (double) firstK;
    double growth = 1 + Math.log(Math.max(1.0, wanted)) / Math.log(2);
    readUntil((int) Math.min(order.listCount(), Math.ceil(firstLists * growth)));
    int[] rows = new int[k];
    double[] found = new double[k];
    int count = 0;
    while (count < k && advance()) {
      insert(rows, found, count++, compared.topRow(), distance(compared.topKey()));
      compared.pop();
    }
    returnedCount += count;
    return new SearchResult(
        Arrays.copyOf(rows, count),
        Arrays.copyOf(found, count),
        new SearchStatistics(
            allowed.isEveryRow() ? Strategy.LISTS : Strategy.LISTS_FILTERED,
            "further rows",
            listsRead - listsBefore,
            exactCompared));
  }

  /// Rows come almost in order: one in twenty bounds is exceeded, and its row comes late.
  private static void insert(int[] rows, double[] found, int at, int row, double distance) {
    int place = at;
    for (; place > 0 && found[place - 1] > distance; place--) {
      rows[place] = rows[place - 1];
      found[place] = found[place - 1];
    }
    rows[place] = row;
    found[place] = distance;
  }

  /// The heap orders NaN, which only a zero vector under cosine has, as infinity.
  private double distance(double key) {
    return lists.metric() == DistanceMetric.COSINE && key == Double.POSITIVE_INFINITY
        ? Double.NaN
        : key;
  }

  private void begin() {
    running = true;
    drained = false;
    waiting.clear();
    compared.clear();
    returned = new VisitedRows(lists.rowCount());
    for (int row : returnedFirst) {
      returned.add(row);
    }
    returnedCount = returnedFirst.length;
    listsRead = 0;
  }

  private void readUntil(int wanted) {
    order.prepare(wanted);
    while (listsRead < wanted) {
      lists.read(order.list(listsRead++), order, this::await);
    }
  }

  private void await(int row, double leastDistance) {
    if (!returned.contains(row)) {
      waiting.push(leastDistance, row);
    }
  }

  /// Puts the nearest row that is left on top of [#compared]; false when none is left.
  private boolean advance() {
    while (true) {
      while (waiting.size() > 0 && waiting.topKey() <= compared.topKey()) {
        compareSome();
      }
      if (compared.size() > 0) {
        return true;
      }
      if (listsRead < order.listCount()) {
        readUntil(Math.min(order.listCount(), 2 * listsRead + 1));
      } else if (!drained) {
        drained = true;
        for (int i = 0; i < lists.uncodedCount(); i++) {
          int row = lists.uncodedRow(i);
          if (allowed.contains(row)) {
            await(row, Double.NEGATIVE_INFINITY);
          }
        }
      } else {
        return false;
      }
    }
  }

  private void compareSome() {
    int count = 0;
    while (count < BATCH_ROWS && waiting.size() > 0 && waiting.topKey() <= compared.topKey()) {
      batch[count++] = waiting.topRow();
      waiting.pop();
    }
    exact.distances(batch, count, distances);
    exactCompared += count;
    for (int i = 0; i < count; i++) {
      compared.push(distances[i], batch[i]);
    }
  }
}
