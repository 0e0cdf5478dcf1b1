package quiver.workers.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.RowBatch;
import quiver.common.column.RowMask;
import quiver.common.column.VectorColumn;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.ExactSearch;
import quiver.vector.index.RowFilter;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.SearchResult;
import quiver.vector.index.Searcher;
import quiver.vector.index.SearcherPool;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernels;

class GrowingVectorIndexTest {
  private static final int DIMENSION = 96;
  private static final int CLUSTERS = 60;
  private static final SqlType VECTOR = SqlType.of(BaseType.VECTOR, DIMENSION);
  private static final TableLayout TABLE =
      new TableLayout(
          1,
          1,
          0,
          List.of(
              new StoredColumn(1, SqlType.INT8, Optional.empty()),
              new StoredColumn(2, VECTOR, Optional.empty())),
          List.of());

  private final SplittableRandom random = new SplittableRandom(11);
  private final float[][] centers = new float[CLUSTERS][];
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final Executor later = tasks::add;

  GrowingVectorIndexTest() {
    for (int i = 0; i < CLUSTERS; i++) {
      centers[i] = new float[DIMENSION];
      for (int j = 0; j < DIMENSION; j++) {
        centers[i][j] = (float) random.nextGaussian();
      }
    }
  }

  private float[] vector() {
    float[] vector = centers[random.nextInt(CLUSTERS)].clone();
    for (int j = 0; j < DIMENSION; j++) {
      vector[j] += (float) (0.6 * random.nextGaussian());
    }
    return vector;
  }

  private void append(GrowingRows rows, int count, long timestamp) {
    long[] ids = new long[count];
    float[] values = new float[count * DIMENSION];
    for (int i = 0; i < count; i++) {
      ids[i] = (long) rows.appendedCount() + i;
      System.arraycopy(vector(), 0, values, i * DIMENSION, DIMENSION);
    }
    rows.append(
        new RowBatch(
            count,
            List.of(
                new LongColumn(SqlType.INT8, count, ids, Nulls.NONE),
                new VectorColumn(
                    VECTOR, DIMENSION, count, MemorySegment.ofArray(values), Nulls.NONE))),
        0,
        count);
    rows.publish(timestamp);
  }

  private Optional<SearcherPool> searchers(GrowingRows rows, Pinned<GrowingRows> pin, int count) {
    return rows.searchers(1, DistanceMetric.L2, count, later, pin);
  }

  private void work() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  @Test
  void findsEveryRowAtOnceAndMostNeighboursByLists() {
    GrowingRows rows = new GrowingRows(TABLE);
    Pinned<GrowingRows> pin = new Pinned<>(rows, rows::close);
    append(rows, 10_000, 1);
    assertThat(searchers(rows, pin, 10_000)).isEmpty();
    assertThat(tasks).isEmpty();
    append(rows, 10_000, 2);
    assertThat(searchers(rows, pin, 20_000)).isEmpty();
    work();
    append(rows, 700, 3);
    for (int rowCount : new int[] {20_000, 20_700}) {
      SearcherPool pool = searchers(rows, pin, rowCount).orElseThrow();
      VectorRows vectors = rows.vectors(1, rowCount);
      assertThat(recall(pool, vectors, RowFilter.all())).isGreaterThan(0.95);
      RowMask mask = RowMask.none(rowCount);
      for (int row = 0; row < rowCount; row += 7) {
        mask.add(row);
      }
      assertThat(recall(pool, vectors, RowFilter.of(mask))).isGreaterThan(0.95);
    }
    // Each row that came last is its own nearest.
    SearcherPool pool = searchers(rows, pin, 20_700).orElseThrow();
    float[] query = new float[DIMENSION];
    for (int row = 20_000; row < 20_700; row += 13) {
      rows.vectors(1, 20_700).copyRow(row, query);
      try (SearcherPool.Lease lease = pool.lease()) {
        assertThat(lease.searcher().search(SearchRequest.of(query, 1)).rows()).containsExactly(row);
      }
    }
    pin.unpin();
  }

  private double recall(SearcherPool pool, VectorRows vectors, RowFilter filter) {
    ExactSearch exact = new ExactSearch(VectorKernels.best(), DistanceMetric.L2, DIMENSION);
    int hits = 0;
    try (SearcherPool.Lease lease = pool.lease()) {
      for (int i = 0; i < 50; i++) {
        SearchRequest request = SearchRequest.of(vector(), 10).withFilter(filter);
        SearchResult found = lease.searcher().search(request);
        assertThat(found.count()).isEqualTo(10);
        Set<Integer> truth = new HashSet<>();
        for (int row : exact.search(vectors, request).rows()) {
          truth.add(row);
        }
        for (int row : found.rows()) {
          hits += truth.contains(row) ? 1 : 0;
        }
      }
    }
    return hits / 500.0;
  }

  @Test
  void listsFollowTheGrowthOfTheSegment() {
    GrowingRows rows = new GrowingRows(TABLE);
    Pinned<GrowingRows> pin = new Pinned<>(rows, rows::close);
    int first = GrowingVectorIndex.ROWS_MIN;
    append(rows, first, 1);
    assertThat(searchers(rows, pin, first)).isEmpty();
    work();
    int listCount = listCount(searchers(rows, pin, first).orElseThrow());
    int all = GrowingVectorIndex.RETRAINING_GROWTH * first;
    append(rows, all - first, 2);
    assertThat(listCount(searchers(rows, pin, all).orElseThrow())).isEqualTo(listCount);
    work();
    SearcherPool pool = searchers(rows, pin, all).orElseThrow();
    assertThat(listCount(pool)).isGreaterThan(2 * listCount);
    assertThat(pool.calibration()).isPresent();
    assertThat(recall(pool, rows.vectors(1, all), RowFilter.all())).isGreaterThan(0.9);
    pin.unpin();
  }

  private static int listCount(SearcherPool pool) {
    return ((GrowingSnapshotIndex) pool.index()).lists().codebook().listCount();
  }

  @Test
  void givesEveryRowOnceWhenContinued() {
    GrowingRows rows = new GrowingRows(TABLE);
    Pinned<GrowingRows> pin = new Pinned<>(rows, rows::close);
    append(rows, 18_000, 1);
    assertThat(searchers(rows, pin, 18_000)).isEmpty();
    work();
    append(rows, 900, 2);
    SearcherPool pool = searchers(rows, pin, 18_900).orElseThrow();
    Set<Integer> seen = new HashSet<>();
    try (SearcherPool.Lease lease = pool.lease()) {
      Searcher searcher = lease.searcher();
      SearchResult found = searcher.search(SearchRequest.of(vector(), 100));
      while (found.count() > 0) {
        for (int row : found.rows()) {
          assertThat(seen.add(row)).isTrue();
        }
        found = searcher.next(1_000);
      }
    }
    assertThat(seen).hasSize(18_900);
    pin.unpin();
  }

  @Test
  void freesTheRowsWhenEncodingEndsAfterTheLastReader() {
    GrowingRows rows = new GrowingRows(TABLE);
    boolean[] closed = {false};
    Pinned<GrowingRows> pin =
        new Pinned<>(
            rows,
            () -> {
              rows.close();
              closed[0] = true;
            });
    append(rows, 18_000, 1);
    assertThat(searchers(rows, pin, 18_000)).isEmpty();
    pin.unpin();
    assertThat(closed[0]).isFalse();
    work();
    assertThat(closed[0]).isTrue();
  }
}
