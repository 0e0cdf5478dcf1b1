package quiver.vector.index;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import quiver.common.column.RowMask;
import quiver.vector.kernel.VectorKernel;

/// Measures the recall of an index against exact search at several efforts, when it has been built.
///
/// The queries are made from rows: each lies half-way between a row and one of its neighbours,
/// since a stored row finds its own neighbours too easily.
public final class RecallMeasurement {
  private static final int[] CANDIDATES = {10, 16, 24, 40, 64, 100, 160, 250, 400, 640, 1_000};
  private static final int[] LISTS = {1, 2, 3, 5, 8, 13, 20, 32, 50, 80, 128, 200, 320, 500};
  private static final int[] ROW_COUNTS = {10, 100};
  private static final int NEIGHBOR_COUNT = 32;
  private static final int QUERY_COUNT_MIN = 16;
  private static final int QUERY_COUNT_MAX = 100;

  /// Values read by the exact searches of one measurement, about: a second or two of one core.
  private static final double VALUES_READ = 4e9;

  /// More effort is not measured: it would find the same.
  private static final float RECALL_ENOUGH = 0.998f;

  private RecallMeasurement() {}

  /// What is measured over.
  private interface Rows {
    RowMask present();

    /// Values that one exact search reads.
    double valueCount();

    VectorQuery query(int row);

    /// The distances of the nearest `k` rows.
    double[] nearest(VectorQuery query, int k);
  }

  /// @param seed the same index, rows and seed give the same calibration
  /// @param monitor asked between two queries whether to go on
  public static RecallCalibration measure(
      VectorKernel kernel, VectorIndex index, VectorRows rows, long seed, BuildMonitor monitor) {
    ExactSearch exact = new ExactSearch(kernel, index.metric(), index.dimension());
    return measure(
        index,
        new Rows() {
          @Override
          public RowMask present() {
            return rows.present();
          }

          @Override
          public double valueCount() {
            return (double) rows.present().cardinality() * rows.dimension();
          }

          @Override
          public VectorQuery query(int row) {
            float[] values = new float[rows.dimension()];
            rows.copyRow(row, values);
            return new VectorQuery.Dense(values);
          }

          @Override
          public double[] nearest(VectorQuery query, int k) {
            return exact.search(rows, SearchRequest.of(query, k)).distances();
          }
        },
        seed,
        monitor);
  }

  /// As the other, over half vectors, bits or sparse vectors.
  public static RecallCalibration measure(
      KeyGraphIndex index, KeyRows rows, long seed, BuildMonitor monitor) {
    Searcher exact = index.newSearcher();
    return measure(
        index,
        new Rows() {
          @Override
          public RowMask present() {
            return rows.present();
          }

          @Override
          public double valueCount() {
            return rows.block().byteSize() / (double) Float.BYTES;
          }

          @Override
          public VectorQuery query(int row) {
            return rows.query(row);
          }

          @Override
          public double[] nearest(VectorQuery query, int k) {
            return exact
                .search(SearchRequest.of(query, k).withExactRowsMax(Integer.MAX_VALUE))
                .distances();
          }
        },
        seed,
        monitor);
  }

  private static RecallCalibration measure(
      VectorIndex index, Rows rows, long seed, BuildMonitor monitor) {
    int rowCount = rows.present().cardinality();
    if (rowCount < 10 * NEIGHBOR_COUNT) {
      return new RecallCalibration(List.of());
    }
    int queryCount =
        Math.clamp((long) (VALUES_READ / rows.valueCount()), QUERY_COUNT_MIN, QUERY_COUNT_MAX);
    Searcher searcher = index.newSearcher();
    SplittableRandom random = new SplittableRandom(seed);
    int widest = Math.min(ROW_COUNTS[ROW_COUNTS.length - 1], rowCount);
    List<VectorQuery> queries = new ArrayList<>();
    List<double[]> truths = new ArrayList<>();
    for (int i = 0; i < queryCount; i++) {
      monitor.checkCancelled();
      VectorQuery query = query(searcher, rows, random);
      queries.add(query);
      truths.add(rows.nearest(query, widest));
    }
    List<RecallCalibration.Point> points = new ArrayList<>();
    int[] efforts = index.effortUnit() == VectorIndex.EffortUnit.LISTS ? LISTS : CANDIDATES;
    for (int k : ROW_COUNTS) {
      for (int effort : efforts) {
        if (index.effortUnit() == VectorIndex.EffortUnit.CANDIDATES && effort < k) {
          continue;
        }
        monitor.checkCancelled();
        float recall = recall(searcher, queries, truths, Math.min(k, widest), effort);
        points.add(new RecallCalibration.Point(k, effort, recall));
        if (recall >= RECALL_ENOUGH) {
          break;
        }
      }
    }
    return new RecallCalibration(points);
  }

  private static VectorQuery query(Searcher searcher, Rows rows, SplittableRandom random) {
    RowMask present = rows.present();
    int row = present.nextRow(random.nextInt(present.rowCount()));
    if (row >= present.rowCount()) {
      row = present.nextRow(0);
    }
    VectorQuery query = rows.query(row);
    int[] near = searcher.search(SearchRequest.of(query, NEIGHBOR_COUNT)).rows();
    return near.length == 0
        ? query
        : QueryMaker.between(query, rows.query(near[random.nextInt(near.length / 2, near.length)]));
  }

  private static float recall(
      Searcher searcher, List<VectorQuery> queries, List<double[]> truths, int k, int effort) {
    long found = 0;
    long wanted = 0;
    for (int i = 0; i < queries.size(); i++) {
      double[] truth = truths.get(i);
      int count = Math.min(k, truth.length);
      SearchRequest request =
          SearchRequest.of(queries.get(i), k).withEffort(effort).withExactRowsMax(0);
      wanted += count;
      found += hits(searcher.search(request).distances(), truth, count);
    }
    return wanted == 0 ? 1 : (float) found / wanted;
  }

  /// How many of the distances are among the true `count` nearest: rows at the distance of the last
  /// one are as good as it.
  public static int hits(double[] distances, double[] truth, int count) {
    if (count == 0) {
      return 0;
    }
    double last = truth[count - 1];
    int hits = 0;
    for (double distance : distances) {
      if (distance <= last + 1e-6 * Math.abs(last) || Double.isNaN(last)) {
        hits++;
      }
    }
    return Math.min(hits, count);
  }
}
