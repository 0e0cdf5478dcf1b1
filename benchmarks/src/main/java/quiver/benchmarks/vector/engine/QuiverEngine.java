package quiver.benchmarks.vector.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import quiver.common.column.RowMask;
import quiver.vector.graph.CodeGraphIndex;
import quiver.vector.graph.CodeGraphOptions;
import quiver.vector.index.BuildMonitor;
import quiver.vector.index.BuildResources;
import quiver.vector.index.DistanceBound;
import quiver.vector.index.ExactSearch;
import quiver.vector.index.HnswIndex;
import quiver.vector.index.HnswOptions;
import quiver.vector.index.RowFilter;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.SearchResult;
import quiver.vector.index.Searcher;
import quiver.vector.index.VectorIndex;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernels;
import quiver.vector.list.ListIndex;
import quiver.vector.list.ListOptions;

/// One of our own indexes, over one segment or several.
final class QuiverEngine implements Engine {
  private final EngineSetup setup;
  private final Builder builder;
  private final Arena arena = Arena.ofShared();
  private final List<Searcher> searchers = new ArrayList<>();
  private int rowsPerSegment;

  /// How an index kind is built.
  interface Builder {
    VectorIndex build(EngineSetup setup, VectorRows rows, BuildResources resources);
  }

  QuiverEngine(EngineSetup setup, Builder builder) {
    this.setup = setup;
    this.builder = builder;
  }

  static VectorIndex buildHnsw(EngineSetup setup, VectorRows rows, BuildResources resources) {
    return HnswIndex.build(
        VectorKernels.best(),
        rows,
        setup.metric(),
        new HnswOptions(setup.m(), setup.efConstruction(), 1),
        resources);
  }

  static VectorIndex buildGraph(EngineSetup setup, VectorRows rows, BuildResources resources) {
    return CodeGraphIndex.build(rows, setup.metric(), CodeGraphOptions.defaults(), resources);
  }

  static VectorIndex buildLists(EngineSetup setup, VectorRows rows, BuildResources resources) {
    return ListIndex.build(
        VectorKernels.best(), rows, setup.metric(), new ListOptions(setup.lists(), 1), resources);
  }

  @Override
  public long build() throws IOException {
    VectorRows all = setup.base().map(arena);
    rowsPerSegment = Math.ceilDiv(all.rowCount(), setup.segments());
    long bytes = 0;
    searchers.clear();
    try (ExecutorService pool =
        Executors.newFixedThreadPool(
            setup.threads(), Thread.ofPlatform().name("index-build-", 0).factory())) {
      BuildResources resources =
          new BuildResources(pool, setup.threads(), arena, BuildMonitor.NONE);
      for (int from = 0; from < all.rowCount(); from += rowsPerSegment) {
        int count = Math.min(rowsPerSegment, all.rowCount() - from);
        VectorRows rows =
            VectorRows.of(
                all.dimension(),
                count,
                all.block(0).asSlice(from * all.rowBytes(), count * all.rowBytes()),
                RowMask.all(count));
        VectorIndex index = builder.build(setup, rows, resources);
        searchers.add(index.newSearcher());
        bytes += index.sizeBytes();
      }
    }
    return bytes;
  }

  @Override
  public void search(float[] query, int effort, int[] nearest) {
    search(query, RowFilter.all(), effort, nearest);
  }

  @Override
  public void search(float[] query, RowFilter filter, int effort, int[] nearest) {
    SearchRequest request =
        SearchRequest.of(query, nearest.length).withEffort(effort).withFilter(filter);
    SearchResult result =
        searchers.size() == 1 ? searchers.getFirst().search(request) : searchAll(request);
    Arrays.fill(nearest, -1);
    System.arraycopy(result.rows(), 0, nearest, 0, result.count());
  }

  /// One segment after the other, each bounded by the worst of the `k` rows found so far: as a
  /// statement does it.
  private SearchResult searchAll(SearchRequest request) {
    DistanceBound bound = DistanceBound.none();
    SearchRequest bounded = request.withBound(bound);
    SearchResult all = searchers.getFirst().search(bounded);
    for (int i = 1; i < searchers.size(); i++) {
      if (all.count() == request.k()) {
        bound.lower(all.distances()[request.k() - 1]);
      }
      SearchResult part = searchers.get(i).search(bounded);
      for (int j = 0; j < part.count(); j++) {
        part.rows()[j] += i * rowsPerSegment;
      }
      all = ExactSearch.merge(List.of(all, part), request.k());
    }
    return all;
  }

  @Override
  public void close() {
    arena.close();
  }
}
