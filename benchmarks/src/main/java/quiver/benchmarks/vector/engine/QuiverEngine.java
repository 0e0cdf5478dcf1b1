package quiver.benchmarks.vector.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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
import quiver.vector.index.SharedSearch;
import quiver.vector.index.SteppedSearcher;
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
  private final List<SteppedSearcher> steppedSearchers = new ArrayList<>();
  private final SharedSearch shared = new SharedSearch();
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
    steppedSearchers.clear();
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
        Searcher searcher = index.newSearcher();
        searchers.add(searcher);
        if (searcher instanceof SteppedSearcher stepped) {
          steppedSearchers.add(stepped);
        }
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

  /// All segments in one thread: side by side where they can, as a statement does it.
  private SearchResult searchAll(SearchRequest request) {
    List<SearchResult> parts =
        steppedSearchers.size() == searchers.size() ? sideBySide(request) : inTurn(request);
    for (int i = 1; i < parts.size(); i++) {
      int[] rows = parts.get(i).rows();
      for (int j = 0; j < rows.length; j++) {
        rows[j] += i * rowsPerSegment;
      }
    }
    return ExactSearch.merge(parts, request.k());
  }

  private List<SearchResult> sideBySide(SearchRequest request) {
    DistanceBound bound = DistanceBound.none();
    shared.reset(request.k(), bound);
    return shared.search(
        steppedSearchers, Collections.nCopies(steppedSearchers.size(), request.withBound(bound)));
  }

  /// One segment after the other, each bounded by the worst of the `k` rows found so far.
  private List<SearchResult> inTurn(SearchRequest request) {
    DistanceBound bound = DistanceBound.none();
    SearchRequest bounded = request.withBound(bound);
    List<SearchResult> parts = new ArrayList<>();
    for (Searcher searcher : searchers) {
      parts.add(searcher.search(bounded));
      SearchResult all = ExactSearch.merge(parts, request.k());
      if (all.count() == request.k()) {
        bound.lower(all.distances()[request.k() - 1]);
      }
    }
    return parts;
  }

  @Override
  public void close() {
    arena.close();
  }
}
