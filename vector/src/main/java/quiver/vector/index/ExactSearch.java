package quiver.vector.index;

import java.lang.foreign.MemorySegment;
import java.util.List;
import quiver.common.column.RowMask;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.SearchStatistics.Strategy;
import quiver.vector.kernel.KernelOperation;
import quiver.vector.kernel.VectorDistance;
import quiver.vector.kernel.VectorKernel;

/// The nearest rows by comparing every allowed one. Owns scratch memory: used by one thread at a
/// time. To use several threads, give each its own instance and a range of rows, and [#merge].
///
/// Rows without a vector are never returned. A zero vector under cosine has distance NaN and comes
/// after every number.
public final class ExactSearch {
  /// Rows scored between two looks at the heap: the results stay in the first-level cache.
  private static final int BATCH_ROWS = 256;

  private final VectorKernel kernel;
  private final DistanceMetric metric;
  private final KernelOperation operation;
  private final int dimension;
  private final QueryScratch query;
  private final NearestRows nearest = new NearestRows();
  private final int[] rowNumbers = new int[BATCH_ROWS];
  private final float[] sums = new float[BATCH_ROWS];
  private final float[] squaredNorms;
  private float querySquaredNorm;
  private long distancesComputed;
  private DistanceBound bound = DistanceBound.none();

  /// Values above it are of no use: the bound as the heap's values are, squared for L2.
  private double valueMax;

  public ExactSearch(VectorKernel kernel, DistanceMetric metric, int dimension) {
    this.kernel = kernel;
    this.metric = metric;
    this.operation = VectorDistance.operation(metric);
    this.dimension = dimension;
    this.query = new QueryScratch(dimension);
    this.squaredNorms = new float[metric == DistanceMetric.COSINE ? BATCH_ROWS : 0];
  }

  /// The `k` nearest allowed rows.
  public SearchResult search(VectorRows rows, SearchRequest request) {
    return searchRange(rows, request, 0, rows.rowCount());
  }

  /// The `k` nearest allowed rows among `[fromRow, toRow)`.
  public SearchResult searchRange(VectorRows rows, SearchRequest request, int fromRow, int toRow) {
    return searchRange(rows, request, fromRow, toRow, "no index");
  }

  /// As [#search], for an index that has its own reason to scan.
  public SearchResult search(VectorRows rows, SearchRequest request, String reason) {
    return searchRange(rows, request, 0, rows.rowCount(), reason);
  }

  /// As [#searchRange], with a reason of the caller's.
  public SearchResult searchRange(
      VectorRows rows, SearchRequest request, int fromRow, int toRow, String reason) {
    start(rows, request, fromRow, toRow);
    Strategy strategy =
        switch (request.filter()) {
          case RowFilter.AllRows ignored -> {
            scan(rows, rows.present(), rows.present(), fromRow, toRow);
            yield Strategy.EXACT_SCAN;
          }
          case RowFilter.MaskedRows masked -> {
            requireSameRows(rows, masked);
            scan(rows, rows.present(), masked.mask(), fromRow, toRow);
            yield Strategy.MASK_SCAN;
          }
        };
    int count = nearest.size();
    int[] outRows = new int[count];
    double[] distances = new double[count];
    nearest.drain(outRows, distances);
    if (metric == DistanceMetric.L2) {
      for (int i = 0; i < count; i++) {
        distances[i] = Math.sqrt(distances[i]);
      }
    }
    return new SearchResult(
        outRows, distances, new SearchStatistics(strategy, reason, 0, distancesComputed));
  }

  private void start(VectorRows rows, SearchRequest request, int fromRow, int toRow) {
    if (rows.dimension() != dimension) {
      throw new IllegalArgumentException("rows of dimension " + rows.dimension());
    }
    if (fromRow < 0 || toRow > rows.rowCount()) {
      throw new IndexOutOfBoundsException("rows " + fromRow + " to " + toRow);
    }
    query.set(request.query());
    if (metric == DistanceMetric.COSINE) {
      querySquaredNorm =
          kernel.compute(
              KernelOperation.INNER_PRODUCT, request.query(), 0, request.query(), 0, dimension);
    }
    nearest.reset(request.k());
    bound = request.bound();
    distancesComputed = 0;
  }

  public static void requireSameRows(VectorRows rows, RowFilter.MaskedRows masked) {
    if (masked.mask().rowCount() != rows.rowCount()) {
      throw new IllegalArgumentException(
          "a filter of " + masked.mask().rowCount() + " rows for " + rows.rowCount());
    }
  }

  /// Merges results over disjoint rows of one segment into the best `k`.
  public static SearchResult merge(List<SearchResult> parts, int k) {
    NearestRows nearest = new NearestRows();
    nearest.reset(k);
    long nodes = 0;
    long distances = 0;
    for (SearchResult part : parts) {
      nodes += part.statistics().nodesVisited();
      distances += part.statistics().distancesComputed();
      for (int i = 0; i < part.count(); i++) {
        nearest.offer(part.distances()[i], part.rows()[i]);
      }
    }
    int[] outRows = new int[nearest.size()];
    double[] outDistances = new double[nearest.size()];
    nearest.drain(outRows, outDistances);
    SearchStatistics first =
        parts.isEmpty()
            ? new SearchStatistics(Strategy.EXACT_SCAN, "no rows", 0, 0)
            : parts.getFirst().statistics();
    return new SearchResult(
        outRows,
        outDistances,
        new SearchStatistics(first.strategy(), first.reason(), nodes, distances));
  }

  private void scan(VectorRows rows, RowMask present, RowMask allowed, int fromRow, int toRow) {
    long[] presentWords = present.words();
    long[] allowedWords = allowed.words();
    for (int block = 0; block < rows.blockCount(); block++) {
      int blockStart = (int) Math.min((long) block * rows.rowsPerBlock(), rows.rowCount());
      int blockEnd = (int) Math.min((long) blockStart + rows.rowsPerBlock(), rows.rowCount());
      int end = Math.min(toRow, blockEnd);
      int count = 0;
      for (int row = Math.max(fromRow, blockStart); row < end; ) {
        int word = row >>> 6;
        long bits = presentWords[word] & allowedWords[word] & (-1L << row);
        int wordEnd = Math.min(end, (word + 1) << 6);
        if ((wordEnd & 63) != 0) {
          bits &= (1L << wordEnd) - 1;
        }
        for (; bits != 0; bits &= bits - 1) {
          rowNumbers[count++] = (word << 6) + Long.numberOfTrailingZeros(bits) - blockStart;
        }
        row = wordEnd;
        if (count > BATCH_ROWS - Long.SIZE) {
          score(rows.block(block), blockStart, count);
          count = 0;
        }
      }
      if (count > 0) {
        score(rows.block(block), blockStart, count);
      }
    }
  }

  /// Scores the first `count` of [#rowNumbers] and offers them to the heap.
  private void score(MemorySegment block, int blockStart, int count) {
    distancesComputed += count;
    double distanceMax = bound.get();
    // A little above: squaring rounds, and the bound itself is allowed.
    valueMax = metric == DistanceMetric.L2 ? distanceMax * distanceMax * (1 + 1e-12) : distanceMax;
    switch (metric) {
      case L2, L1, HAMMING, JACCARD -> {
        sums(block, count);
        for (int i = 0; i < count; i++) {
          offer(sums[i], blockStart + rowNumbers[i]);
        }
      }
      case INNER_PRODUCT -> {
        sums(block, count);
        for (int i = 0; i < count; i++) {
          offer(-(double) sums[i], blockStart + rowNumbers[i]);
        }
      }
      case COSINE -> {
        int first = rowNumbers[0];
        if (rowNumbers[count - 1] - first == count - 1) {
          kernel.scanCosine(query.segment(), dimension, block, first, count, sums, squaredNorms);
        } else {
          kernel.gatherCosine(
              query.segment(), dimension, block, rowNumbers, count, sums, squaredNorms);
        }
        for (int i = 0; i < count; i++) {
          offer(
              VectorDistance.cosine(sums[i], querySquaredNorm, squaredNorms[i]),
              blockStart + rowNumbers[i]);
        }
      }
    }
  }

  private void sums(MemorySegment block, int count) {
    int first = rowNumbers[0];
    if (rowNumbers[count - 1] - first == count - 1) {
      kernel.scan(operation, query.segment(), dimension, block, first, count, sums);
    } else {
      kernel.gather(operation, query.segment(), dimension, block, rowNumbers, count, sums);
    }
  }

  private void offer(double value, int row) {
    if (!(value > valueMax) && nearest.accepts(value, row)) {
      nearest.offer(value, row);
    }
  }
}
