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

  /// @param seed the same index, rows and seed give the same calibration
  /// @param monitor asked between two queries whether to go on
  public static RecallCalibration measure(
      VectorKernel kernel, VectorIndex index, VectorRows rows, long seed, BuildMonitor monitor) {
    int rowCount = rows.present().cardinality();
    if (rowCount < 10 * NEIGHBOR_COUNT) {
      return new RecallCalibration(List.of());
    }
    int queryCount =
        Math.clamp(
            (long) (VALUES_READ / ((double) rowCount * rows.dimension())),
            QUERY_COUNT_MIN,
            QUERY_COUNT_MAX);
    Searcher searcher = index.newSearcher();
    ExactSearch exact = new ExactSearch(kernel, index.metric(), index.dimension());
    SplittableRandom random = new SplittableRandom(seed);
    int widest = Math.min(ROW_COUNTS[ROW_COUNTS.length - 1], rowCount);
    List<float[]> queries = new ArrayList<>();
    List<double[]> truths = new ArrayList<>();
    for (int i = 0; i < queryCount; i++) {
      monitor.checkCancelled();
      float[] query = query(searcher, rows, random);
      queries.add(query);
      truths.add(exact.search(rows, SearchRequest.of(query, widest)).distances());
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

  private static float[] query(Searcher searcher, VectorRows rows, SplittableRandom random) {
    RowMask present = rows.present();
    int row = present.nextRow(random.nextInt(rows.rowCount()));
    if (row >= rows.rowCount()) {
      row = present.nextRow(0);
    }
    float[] query = new float[rows.dimension()];
    rows.copyRow(row, query);
    int[] near = searcher.search(SearchRequest.of(query, NEIGHBOR_COUNT)).rows();
    if (near.length > 0) {
      float[] other = new float[rows.dimension()];
      rows.copyRow(near[random.nextInt(near.length / 2, near.length)], other);
      for (int i = 0; i < query.length; i++) {
        query[i] = (query[i] + other[i]) / 2;
      }
    }
    return query;
  }

  private static float recall(
      Searcher searcher, List<float[]> queries, List<double[]> truths, int k, int effort) {
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
