package quiver.vector.graph;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
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
  /// Rows scanned exactly in the time that one vertex takes: 0.4 us against 25 ns.
  private static final double ROWS_PER_VERTEX = 16;

  /// Vertices a walk expands for each row wanted, at the least.
  private static final double VERTICES_PER_ROW = 2;

  /// Above this share of allowed rows a walk meets enough of them wherever it goes.
  private static final double STEP_OVER_SHARE_MAX = 0.4;

  /// Typical standard deviations by which other vertices count as farther than they are, when the
  /// walk steps over them.
  private static final float STEP_OVER_PENALTY = 1;

  /// Vertices kept beyond `k`, for the re-ranking.
  private static final int FOUND_MARGIN = 16;

  private final CodeGraphIndex index;
  private final CodeGraphFile.Header header;
  private final VectorMapping mapping;
  private final CodeQuery query;
  private final GraphWalk walk;
  private final SharedLimit shared = new SharedLimit();
  private final EntryPoints entries;
  private final Reranker reranker;
  private final ExactSearch exact;
  private final MemorySegment duplicates;
  private final float[] mapped;
  private final float[] estimates = new float[CodeBlock.ROW_COUNT];
  private int[] candidates = new int[128];
  private final Continuation continuation = new Continuation();

  /// The search whose walk can go on; null when there was none.
  private @Nullable SearchRequest walked;

  private int[] firstRows = new int[0];
  private int horizon;

  /// Whether rows are missing that are farther than what other segments have found.
  private boolean othersAreNearer;

  /// Every row returned, from the first continuation on.
  private @Nullable RowMask returned;

  private int returnedCount;

  /// The mask of the last filtered walk.
  private RowMask allowedRows = RowMask.none(0);

  private final GraphWalk.VertexFilter vertexFilter = this::isVertexAllowed;

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
    walked = null;
    returned = null;
    SearchResult result = find(request);
    if (isWalk(result.statistics().strategy())) {
      walked = request;
      horizon = request.k();
      firstRows = result.rows();
      returnedCount = firstRows.length;
    } else {
      continuation.start(request, result);
    }
    return result;
  }

  private static boolean isWalk(Strategy strategy) {
    return switch (strategy) {
      case GRAPH, GRAPH_FILTERED, GRAPH_TWO_HOP -> true;
      default -> false;
    };
  }

  @Override
  public SearchResult next(int k) {
    SearchRequest request = walked;
    return request == null ? continuation.next(k, this::find) : walkOn(request, k);
  }

  /// Goes on with the walk of the last search; scans what it cannot reach.
  private SearchResult walkOn(SearchRequest request, int k) {
    RowMask given = returned;
    if (given == null) {
      given = RowMask.none(index.rowCount());
      add(firstRows, given);
      returned = given;
    }
    int total = (int) Math.min((long) returnedCount + k, header.indexedRowCount());
    if (total > horizon) {
      horizon = (int) Math.min(2L * total, header.indexedRowCount());
    }
    int expandedBefore = walk.expandedCount();
    walk.resume(total, foundMax(total), horizon);
    walk.run(Long.MAX_VALUE);
    int count = collect(request, k, given);
    SearchResult result =
        count < k && !othersAreNearer
            ? exact.search(
                index.rows(),
                request.withK(k).withFilter(rest(request.filter(), given)),
                "the graph search found too few rows")
            : reranker.rerank(
                candidates,
                count,
                k,
                new SearchStatistics(
                    strategy(request),
                    "further rows",
                    walk.expandedCount() - expandedBefore,
                    0,
                    0,
                    count));
    add(result.rows(), given);
    returnedCount += result.count();
    return result;
  }

  private static void add(int[] rows, RowMask to) {
    for (int row : rows) {
      to.add(row);
    }
  }

  /// The filter without the rows returned.
  private RowFilter rest(RowFilter filter, RowMask given) {
    RowMask rest =
        switch (filter) {
          case RowFilter.AllRows ignored -> RowMask.all(index.rowCount());
          case RowFilter.MaskedRows masked -> masked.mask().copy();
        };
    rest.removeAll(given);
    return RowFilter.of(rest);
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
        walk.run(Long.MAX_VALUE);
        yield finish(request, "no filter");
      }
      case RowFilter.MaskedRows masked -> findFiltered(request, masked.mask(), allowedCount);
    };
  }

  private void start(SearchRequest request) {
    shared.set(mapping, request.query(), request.bound());
    walk.start(request.k(), foundMax(request.k()), WalkEffort.of(request.effort()), shared);
    walk.enter(entries.nearest(index.kernel(), query, estimates));
  }

  private static int foundMax(int k) {
    return (int) Math.min(k + Math.max(FOUND_MARGIN, k / 2L), Integer.MAX_VALUE);
  }

  private SearchResult findFiltered(SearchRequest request, RowMask allowed, long allowedCount) {
    double share = share(allowedCount);
    double verticesMax = allowedCount / ROWS_PER_VERTEX;
    if (request.exactRowsMax() > 0 && VERTICES_PER_ROW * request.k() / share > verticesMax) {
      return exact.search(index.rows(), request, "a scan of the allowed rows costs less");
    }
    start(request);
    boolean stepsOver = share <= STEP_OVER_SHARE_MAX;
    allowedRows = allowed;
    walk.restrict(vertexFilter, stepsOver ? STEP_OVER_PENALTY : 0);
    if (!walk.run((long) verticesMax)) {
      return exact.search(index.rows(), request, "the graph search came to cost more than a scan");
    }
    return finish(request, stepsOver ? "some rows allowed" : "many rows allowed");
  }

  private double share(long allowedCount) {
    return Math.min(1, (double) allowedCount / header.indexedRowCount());
  }

  private Strategy strategy(SearchRequest request) {
    return switch (request.filter()) {
      case RowFilter.AllRows ignored -> Strategy.GRAPH;
      case RowFilter.MaskedRows masked ->
          share(masked.cardinality()) <= STEP_OVER_SHARE_MAX
              ? Strategy.GRAPH_TWO_HOP
              : Strategy.GRAPH_FILTERED;
    };
  }

  private boolean isVertexAllowed(int vertex) {
    int row = index.vertexRow(vertex);
    while (row != CodeGraphFile.NO_ROW && !allowedRows.contains(row)) {
      row = nextDuplicate(row);
    }
    return row != CodeGraphFile.NO_ROW;
  }

  /// Re-ranks the nearest candidates; scans when the walk found too few.
  private SearchResult finish(SearchRequest request, String reason) {
    int count = collect(request, request.k(), null);
    if (count < request.k() && !othersAreNearer) {
      return exact.search(index.rows(), request, "the graph search found too few rows");
    }
    return reranker.rerank(
        candidates,
        count,
        request.k(),
        new SearchStatistics(
            strategy(request), reason, walk.expandedCount(), 0, walk.codesScored(), count));
  }

  /// Collects the rows found that may be among the nearest `k`.
  ///
  /// @param given rows to leave out
  private int collect(SearchRequest request, int k, @Nullable RowMask given) {
    CandidatePool found = walk.found();
    float error = int8ErrorBound();
    float bound = shared.squaredDistance() + error;
    int count = 0;
    othersAreNearer = walk.isBounded();
    for (int i = 0; i < found.size(); i++) {
      if (found.score(i) > bound) {
        othersAreNearer = true;
        break;
      }
      for (int row = index.vertexRow(found.node(i));
          row != CodeGraphFile.NO_ROW;
          row = nextDuplicate(row)) {
        if (isAllowed(request.filter(), row) && (given == null || !given.contains(row))) {
          if (count == candidates.length) {
            candidates = Arrays.copyOf(candidates, 2 * count);
          }
          candidates[count++] = row;
          if (count == k) {
            bound = Math.min(bound, found.score(i) + error);
          }
        }
      }
    }
    return count;
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
