package quiver.vector.list;

import quiver.common.vector.DistanceMetric;
import quiver.vector.index.CandidatePool;
import quiver.vector.kernel.CodeKernel;
import quiver.vector.kernel.VectorKernels;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeQuery;

/// Compares candidates by their int8 vectors, some at once since each comes from memory, and keeps
/// those that its error does not rule out for full precision. Scores are squared L2, or -2 times
/// the product. Used by one thread.
final class Int8Candidates {
  /// Candidates kept, `k` at most half of them. Few pass the threshold, except where many rows are
  /// so equally far that int8 cannot tell them apart: all of those go on to full precision.
  private static final int COUNT_MAX = 4_096;

  /// Rounding errors of int8 coordinates are spread evenly over a step: its standard deviation.
  private static final float STEP_DEVIATION = 0.2887f;

  /// Standard deviations two int8 scores may be off against each other.
  private static final float DEVIATIONS = 4.5f;

  private static final int BATCH_ROWS = 32;

  /// In the place of a row: less its list.
  private static final int LIST_BASE = CodeBlock.NO_ROW - 1;

  private final ListIndex index;
  private final CodeKernel kernel = VectorKernels.codes();
  private final CodeQuery query;
  private final boolean product;
  private final int int8Bytes;
  private final CandidatePool pool = new CandidatePool();

  /// The nearest `k` rows, allowed or not.
  private final CandidatePool observed = new CandidatePool();

  private final int[] positions = new int[BATCH_ROWS];
  private final int[] rows = new int[BATCH_ROWS];
  private final int[] products = new int[BATCH_ROWS];
  private int count;
  private int k;
  private float limit;
  private float threshold;
  private float error;
  private boolean observing;
  private long compared;

  Int8Candidates(ListIndex index, CodeQuery query) {
    this.index = index;
    this.query = query;
    this.product = index.metric() == DistanceMetric.INNER_PRODUCT;
    this.int8Bytes = index.header().int8Bytes();
  }

  /// Starts with a query that is set.
  ///
  /// @param newLimit candidates with a greater score are of no use
  void start(int newK, float newLimit) {
    query.prepareInt8();
    k = newK;
    count = 0;
    pool.reset(COUNT_MAX);
    double row = index.header().meanStep() * Math.sqrt(query.squaredNorm());
    double own = query.int8Step() * index.header().meanNorm();
    error = (float) (2 * DEVIATIONS * STEP_DEVIATION * Math.sqrt(row * row + own * own));
    limit = newLimit + error;
    threshold = limit;
    observing = false;
    compared = 0;
  }

  /// Forgets the candidates, but not how far the nearest are.
  void restart() {
    flush();
    pool.reset(COUNT_MAX);
  }

  /// Whether the nearest rows are also looked for among those that are not allowed.
  void observe(boolean newObserving) {
    flush();
    if (newObserving) {
      observed.reset(k);
    }
    observing = newObserving;
  }

  /// Rows above this score need not be added.
  float threshold() {
    return threshold;
  }

  /// As [#threshold] for rows that are only observed.
  float observedThreshold() {
    return observing ? observed.bound() : Float.NEGATIVE_INFINITY;
  }

  /// Adds a row to be compared.
  void add(int position, int row) {
    positions[count] = position;
    rows[count++] = row;
    if (count == BATCH_ROWS) {
      flush();
    }
  }

  /// Adds a row of a list to be compared, which is looked up only if it is near.
  void addPlace(int position, int list) {
    add(position, LIST_BASE - list);
  }

  /// Adds a row that is not allowed while [#observe]d.
  void addObserved(int position) {
    add(position, CodeBlock.NO_ROW);
  }

  /// Compares what was added if that is more than `waitingMax` rows.
  void flushMany(int waitingMax) {
    if (count > waitingMax) {
      flush();
    }
  }

  /// Compares what was added.
  void flush() {
    if (count == 0) {
      return;
    }
    compared += count;
    kernel.int8Products(
        query.int8(), index.int8(), int8Bytes, positions, count, int8Bytes, products);
    for (int i = 0; i < count; i++) {
      float score = score(positions[i], products[i]);
      if (observing && score < observed.bound()) {
        observed.insert(positions[i], score);
      }
      if (score < threshold && rows[i] != CodeBlock.NO_ROW) {
        keep(row(i), score);
      }
    }
    count = 0;
  }

  private int row(int at) {
    return rows[at] <= LIST_BASE ? index.rowAt(LIST_BASE - rows[at], positions[at]) : rows[at];
  }

  private float score(int position, int int8Product) {
    float inner = int8Product * query.int8Step() * index.step(position);
    return product ? -2 * inner : query.squaredNorm() + index.squaredNorm(position) - 2 * inner;
  }

  private void keep(int row, float score) {
    if (pool.insert(row, score) && pool.size() >= k) {
      threshold = Math.min(limit, pool.score(k - 1) + error);
      // What is farther now would only be in the way of later insertions.
      pool.trim(threshold);
    }
  }

  /// The score of the `k`-th nearest row while [#observe]d, +infinity if there were fewer.
  float observedKth() {
    return observed.bound();
  }

  /// The score of the nearest row while [#observe]d.
  float observedNearest() {
    return observed.size() == 0 ? Float.NEGATIVE_INFINITY : observed.score(0);
  }

  /// The score of the nearest candidate.
  double nearest() {
    return pool.size() == 0 ? Double.NEGATIVE_INFINITY : pool.score(0);
  }

  /// The score of the `k`-th candidate or the limit, whatever is less.
  double kth() {
    return pool.size() < k ? limit : Math.min(limit, pool.score(k - 1));
  }

  /// How many candidates there are, `k` or more unless the lists held fewer.
  int size() {
    return pool.size();
  }

  /// Copies the rows that may be among the nearest `k` to `target`, which is long enough.
  ///
  /// @return how many
  int survivors(int[] target) {
    for (int i = 0; i < pool.size(); i++) {
      target[i] = pool.node(i);
    }
    return pool.size();
  }

  /// Rows compared.
  long compared() {
    return compared;
  }
}
