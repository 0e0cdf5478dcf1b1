package quiver.benchmarks.vector;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import quiver.benchmarks.vector.engine.EngineProcess;
import quiver.common.column.RowMask;

/// Searches under filters of every selectivity: rows taken at random, rows near each query and rows
/// far from it, in turns with exact search on the same mask.
final class FilterPhase {
  private static final double[] SHARES = {0.0001, 0.001, 0.01, 0.1, 0.5};
  private static final double TARGET = 0.95;
  private static final int QUERY_COUNT_MAX = 100;
  private static final int WARM_UP_PASSES = 10;

  private final VectorDataset dataset;
  private final RunOptions options;
  private final Report report;

  private enum Correlation {
    RANDOM,
    CORRELATED,
    ANTI_CORRELATED
  }

  FilterPhase(VectorDataset dataset, RunOptions options, Report report) {
    this.dataset = dataset;
    this.options = options;
    this.report = report;
  }

  /// @param index built already
  /// @param flat exact search, built already
  void run(EngineProcess index, EngineProcess flat) throws IOException {
    float[][] queries = dataset.queries().read();
    queries = Arrays.copyOf(queries, Math.min(QUERY_COUNT_MAX, queries.length));
    List<int[]> orders = new ArrayList<>();
    for (float[] query : queries) {
      orders.add(ExactAnswers.order(dataset.base(), dataset.metric(), query));
    }
    Measurement free = atTarget(index, dataset.answers());
    List<RowMask> first = masks(orders, Correlation.RANDOM, 0.01);
    for (int pass = 0; pass < WARM_UP_PASSES; pass++) {
      flat.filter(first);
      flat.search(1, options.k());
    }
    for (var filter : dataset.filters().entrySet()) {
      measure(
          index,
          flat,
          List.of(filter.getValue().rows()),
          filter.getValue().answers(),
          filter.getKey(),
          free);
    }
    for (Correlation correlation : Correlation.values()) {
      for (double share : SHARES) {
        List<RowMask> masks = masks(orders, correlation, share);
        int[][] answers =
            ExactAnswers.of(dataset.base(), dataset.metric(), queries, masks, options.k());
        measure(index, flat, masks, answers, name(correlation, share), free);
      }
    }
    index.filter(List.of());
    flat.filter(List.of());
  }

  private static String name(Correlation correlation, double share) {
    return String.format(
        Locale.ROOT, "%s %s%%", correlation.name().toLowerCase(Locale.ROOT), trim(share * 100));
  }

  private static String trim(double percent) {
    return percent < 1
        ? String.valueOf(Math.round(percent * 100) / 100.0)
        : String.valueOf(Math.round(percent));
  }

  /// One mask a query. The correlated ones are drawn from the nearest rows, twice as many as the
  /// mask holds; the others from the farthest.
  private List<RowMask> masks(List<int[]> orders, Correlation correlation, double share) {
    int rowCount = dataset.base().rowCount();
    int wanted = Math.max(1, (int) Math.round(share * rowCount));
    int pool = correlation == Correlation.RANDOM ? rowCount : Math.min(rowCount, 2 * wanted);
    SplittableRandom random = new SplittableRandom(1);
    List<RowMask> masks = new ArrayList<>();
    for (int[] order : orders) {
      int from = correlation == Correlation.ANTI_CORRELATED ? rowCount - pool : 0;
      RowMask mask = RowMask.none(rowCount);
      int left = wanted;
      for (int i = 0; i < pool; i++) {
        if (random.nextInt(pool - i) < left) {
          mask.add(order[from + i]);
          left--;
        }
      }
      masks.add(mask);
    }
    return masks;
  }

  private void measure(
      EngineProcess index,
      EngineProcess flat,
      List<RowMask> masks,
      int[][] answers,
      String filter,
      Measurement free)
      throws IOException {
    index.filter(masks);
    flat.filter(masks);
    flat.search(1, options.k());
    Measurement exact = pass(flat, 1, answers);
    Measurement found = atTarget(index, answers);
    for (int round = 1; round < options.rounds(); round++) {
      exact = exact.better(pass(flat, 1, answers));
      found = found.better(pass(index, found.point().effort(), answers));
    }
    report.search(
        dataset.name(), flat.name(), "filter", filter, exact, Map.of("full", exact.fullShare()));
    report.search(
        dataset.name(), index.name(), "filter", filter, found, Map.of("full", found.fullShare()));
    report.compare(
        dataset.name(),
        index.name().index(),
        filter
            + String.format(
                Locale.ROOT,
                " recall %.3f, k rows %.0f%%: cpu us",
                found.point().recall(),
                100 * found.fullShare()),
        String.format(Locale.ROOT, "%.1f", found.point().cpuMicros()),
        String.format(Locale.ROOT, "exact on the mask (unfiltered %.1f)", free.point().cpuMicros()),
        String.format(Locale.ROOT, "%.1f", exact.point().cpuMicros()),
        String.format(
            Locale.ROOT,
            "%.2fx (%.2fx of unfiltered)",
            exact.point().cpuMicros() / found.point().cpuMicros(),
            found.point().cpuMicros() / free.point().cpuMicros()));
  }

  /// The least effort that reaches the recall, or the greatest.
  private Measurement atTarget(EngineProcess index, int[][] answers) throws IOException {
    Measurement measured = null;
    for (int effort : index.name().efforts()) {
      index.search(effort, options.k());
      measured = pass(index, effort, answers);
      if (measured.point().recall() >= TARGET) {
        return measured;
      }
    }
    if (measured == null) {
      throw new IllegalStateException("no efforts");
    }
    return measured;
  }

  private Measurement pass(EngineProcess process, int effort, int[][] answers) throws IOException {
    return Measurement.of(process.search(effort, options.k()), answers, effort, options.k());
  }
}
