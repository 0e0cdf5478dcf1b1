package quiver.vector.graph;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import quiver.common.column.RowMask;
import quiver.vector.graph.CodeGraphFile.Section;
import quiver.vector.index.CandidatePool;
import quiver.vector.index.Continuation;
import quiver.vector.index.ExactSearch;
import quiver.vector.index.LittleEndian;
import quiver.vector.index.Reranker;
import quiver.vector.index.RowFilter;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.SearchResult;
import quiver.vector.index.SearchStatistics;
import quiver.vector.index.SearchStatistics.Strategy;
import quiver.vector.index.Searcher;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeQuery;

/// Searches a [CodeGraphIndex]: chooses between the graph and an exact scan, walks, re-ranks.
final class CodeGraphSearcher implements Searcher {
  /// Rows scanned exactly in the time that one vertex takes: 0.5 us against 25 ns.
  private static final double ROWS_PER_VERTEX = 20;

  /// Standard deviations by which an estimate may be wrong at effort 1. At the default effort of 40
  /// that makes 2.8.
  private static final float DEVIATIONS_PER_ROOT = 0.45f;

  /// Vertices kept beyond `k`, for the re-ranking.
  private static final int FOUND_MARGIN = 16;

  private final CodeGraphIndex index;
  private final CodeGraphFile.Header header;
  private final VectorMapping mapping;
  private final CodeQuery query;
  private final GraphWalk walk;
  private final EntryPoints entries;
  private final Reranker reranker;
  private final ExactSearch exact;
  private final MemorySegment duplicates;
  private final float[] mapped;
  private final float[] estimates = new float[CodeBlock.ROW_COUNT];
  private int[] candidates = new int[128];
  private final Continuation continuation = new Continuation();

  CodeGraphSearcher(CodeGraphIndex index) {
    this.index = index;
    CodeGraphFile file = index.file();
    this.header = file.header();
    this.mapping = header.mapping();
    this.query = new CodeQuery(index.codes(), index.rotation());
    this.walk = index.newWalk(query);
    this.entries = file.entryPoints();
    this.reranker = new Reranker(index.kernel(), index.metric(), index.rows());
    this.exact = new ExactSearch(index.kernel(), index.metric(), index.dimension());
    this.duplicates = file.section(Section.DUPLICATES);
    this.mapped = new float[mapping.mappedDimension()];
  }

  @Override
  public SearchResult search(SearchRequest request) {
    SearchResult result = find(request);
    continuation.start(request, result);
    return result;
  }

  @Override
  public SearchResult next(int k) {
    return continuation.next(k, this::find);
  }

  private SearchResult find(SearchRequest request) {
    reranker.setQuery(request.query());
    long allowedCount =
        switch (request.filter()) {
          case RowFilter.AllRows ignored -> header.indexedRowCount();
          case RowFilter.MaskedRows masked -> {
            ExactSearch.requireSameRows(index.rows(), masked);
            yield masked.cardinality();
          }
        };
    if (request.k() >= allowedCount) {
      return exact.search(index.rows(), request, "every allowed row is wanted");
    }
    if (allowedCount <= request.exactRowsMax()) {
      return exact.search(index.rows(), request, "few allowed rows");
    }
    if (reranker.isUndefined() || !mapping.mapQuery(request.query(), mapped)) {
      return exact.search(index.rows(), request, "codes cannot tell rows apart for this query");
    }
    query.set(mapped, 0);
    query.prepareInt8();
    return switch (request.filter()) {
      case RowFilter.AllRows ignored -> {
        start(request);
        walk.run();
        yield finish(request, walk.found(), Strategy.GRAPH, "no filter");
      }
      case RowFilter.MaskedRows masked -> findFiltered(request, masked.mask(), allowedCount);
    };
  }

  private void start(SearchRequest request) {
    int foundMax = request.k() + Math.max(FOUND_MARGIN, request.k() / 2);
    float deviations = DEVIATIONS_PER_ROOT * (float) Math.sqrt(request.effort());
    walk.start(request.k(), foundMax, deviations);
    walk.enter(entries.nearest(index.kernel(), query, estimates));
  }

  private SearchResult findFiltered(SearchRequest request, RowMask allowed, long allowedCount) {
    double share = Math.min(1, (double) allowedCount / header.indexedRowCount());
    double verticesMax = allowedCount / ROWS_PER_VERTEX;
    if (request.exactRowsMax() > 0
        && Math.max(request.effort(), request.k()) / share > verticesMax) {
      return exact.search(index.rows(), request, "a scan of the allowed rows costs less");
    }
    start(request);
    int vertex = walk.next();
    while (vertex != CandidatePool.NO_NODE) {
      if (isVertexAllowed(vertex, allowed)) {
        walk.keep();
      }
      if (walk.expandedCount() > verticesMax) {
        return exact.search(
            index.rows(), request, "the graph search came to cost more than a scan");
      }
      vertex = walk.next();
    }
    return finish(request, walk.found(), Strategy.GRAPH_FILTERED, "many rows allowed");
  }

  private boolean isVertexAllowed(int vertex, RowMask allowed) {
    int row = index.vertexRow(vertex);
    while (row != CodeGraphFile.NO_ROW && !allowed.contains(row)) {
      row = nextDuplicate(row);
    }
    return row != CodeGraphFile.NO_ROW;
  }

  /// Re-ranks the nearest candidates; scans when the walk found too few.
  private SearchResult finish(
      SearchRequest request, CandidatePool found, Strategy strategy, String reason) {
    int count = 0;
    float bound = Float.POSITIVE_INFINITY;
    for (int i = 0; i < found.size() && found.score(i) <= bound; i++) {
      for (int row = index.vertexRow(found.node(i));
          row != CodeGraphFile.NO_ROW;
          row = nextDuplicate(row)) {
        if (isAllowed(request.filter(), row)) {
          if (count == candidates.length) {
            candidates = Arrays.copyOf(candidates, 2 * count);
          }
          candidates[count++] = row;
          if (count == request.k()) {
            bound = found.score(i) + int8ErrorBound();
          }
        }
      }
    }
    if (count < request.k()) {
      return exact.search(index.rows(), request, "the graph search found too few rows");
    }
    return reranker.rerank(
        candidates,
        count,
        request.k(),
        new SearchStatistics(strategy, reason, walk.expandedCount(), 0, walk.codesScored(), count));
  }

  /// How far two int8 distances may be off against each other: three standard deviations of the
  /// rounding of both vectors.
  private float int8ErrorBound() {
    double step = header.step();
    double queryStep = query.int8Step();
    double variance = (query.squaredNorm() * step * step + queryStep * queryStep) / 12;
    return (float) (3 * Math.sqrt(2) * 2 * Math.sqrt(variance));
  }

  private int nextDuplicate(int row) {
    return duplicates.byteSize() == 0
        ? CodeGraphFile.NO_ROW
        : duplicates.getAtIndex(LittleEndian.INT, row);
  }

  private static boolean isAllowed(RowFilter filter, int row) {
    return switch (filter) {
      case RowFilter.AllRows ignored -> true;
      case RowFilter.MaskedRows masked -> masked.mask().contains(row);
    };
  }
}
