package quiver.benchmarks.vector;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import quiver.benchmarks.vector.engine.VectorFile;
import quiver.common.column.RowMask;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.ExactSearch;
import quiver.vector.index.RowFilter;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernels;

/// The true nearest rows, by comparing all.
final class ExactAnswers {
  private ExactAnswers() {}

  /// The `k` nearest rows of each query.
  static int[][] of(VectorFile base, VectorFile queries, DistanceMetric metric, int k)
      throws IOException {
    return of(base, metric, queries.read(), List.of(), k);
  }

  /// The `k` nearest rows of each query among those its mask allows.
  ///
  /// @param masks none, or one for each query
  static int[][] of(
      VectorFile base, DistanceMetric metric, float[][] queries, List<RowMask> masks, int k)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      VectorRows rows = base.map(arena);
      ExactSearch search = new ExactSearch(VectorKernels.best(), metric, base.dimension());
      int[][] answers = new int[queries.length][k];
      for (int i = 0; i < queries.length; i++) {
        RowFilter filter = masks.isEmpty() ? RowFilter.all() : RowFilter.of(masks.get(i));
        int[] found =
            search.search(rows, SearchRequest.of(queries[i], k).withFilter(filter)).rows();
        Arrays.fill(answers[i], -1);
        System.arraycopy(found, 0, answers[i], 0, found.length);
      }
      return answers;
    }
  }

  /// Every row from the nearest to the farthest.
  static int[] order(VectorFile base, DistanceMetric metric, float[] query) throws IOException {
    return of(base, metric, new float[][] {query}, List.of(), base.rowCount())[0];
  }
}
