package quiver.benchmarks.vector.engine;

import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.ImmutableGraphIndex;
import io.github.jbellis.jvector.graph.ListRandomAccessVectorValues;
import io.github.jbellis.jvector.graph.RandomAccessVectorValues;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;
import quiver.common.vector.DistanceMetric;

/// JVector's graph on float32 in memory, with the parameters its own documentation suggests.
final class JVectorEngine implements Engine {
  private static final int DEGREE = 32;
  private static final int BEAM_WIDTH = 100;
  private static final float NEIGHBOR_OVERFLOW = 1.2f;
  private static final float ALPHA = 1.2f;

  private final VectorTypeSupport types =
      VectorizationProvider.getInstance().getVectorTypeSupport();
  private final EngineSetup setup;
  private final VectorSimilarityFunction similarity;
  private @Nullable RandomAccessVectorValues values;
  private @Nullable GraphSearcher searcher;

  JVectorEngine(EngineSetup setup) {
    this.setup = setup;
    this.similarity =
        setup.metric() == DistanceMetric.L2
            ? VectorSimilarityFunction.EUCLIDEAN
            : VectorSimilarityFunction.DOT_PRODUCT;
  }

  @Override
  public long build() throws IOException {
    int dimension = setup.base().dimension();
    List<VectorFloat<?>> rows = new ArrayList<>(setup.base().rowCount());
    for (float[] row : setup.base().read()) {
      rows.add(types.createFloatVector(row));
    }
    values = new ListRandomAccessVectorValues(rows, dimension);
    try (ForkJoinPool pool = new ForkJoinPool(setup.threads());
        GraphIndexBuilder builder =
            GraphIndexBuilder.builder(
                    BuildScoreProvider.randomAccessScoreProvider(values, similarity),
                    dimension,
                    DEGREE)
                .withBeamWidth(BEAM_WIDTH)
                .withNeighborOverflow(NEIGHBOR_OVERFLOW)
                .withAlpha(ALPHA)
                .withSimdExecutor(pool)
                .withParallelExecutor(pool)
                .build()) {
      ImmutableGraphIndex graph = builder.build(values);
      searcher = new GraphSearcher(graph);
      return graph.ramBytesUsed() + (long) rows.size() * dimension * Float.BYTES;
    }
  }

  @Override
  public void search(float[] query, int effort, int[] nearest) {
    if (searcher == null || values == null) {
      throw new IllegalStateException("search before build");
    }
    VectorFloat<?> vector = types.createFloatVector(query);
    SearchResult found =
        searcher.search(
            DefaultSearchScoreProvider.exact(vector, similarity, values),
            nearest.length,
            Math.max(effort, nearest.length),
            0,
            0,
            Bits.ALL);
    Arrays.fill(nearest, -1);
    SearchResult.NodeScore[] nodes = found.getNodes();
    for (int i = 0; i < Math.min(nearest.length, nodes.length); i++) {
      nearest[i] = nodes[i].node;
    }
  }

  @Override
  public void close() throws IOException {
    if (searcher != null) {
      searcher.close();
    }
  }
}
