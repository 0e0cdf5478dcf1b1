package quiver.vector.graph;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowMask;
import quiver.vector.graph.CodeGraphFile.Section;
import quiver.vector.index.CandidatePool;
import quiver.vector.index.Continuation;
import quiver.vector.index.DistanceBound;
import quiver.vector.index.ExactSearch;
import quiver.vector.index.LittleEndian;
import quiver.vector.index.Reranker;
import quiver.vector.index.RowFilter;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.SearchResult;
import quiver.vector.index.SearchStatistics;
import quiver.vector.index.SearchStatistics.Strategy;
import quiver.vector.index.SharedSearch;
import quiver.vector.index.SteppedSearcher;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeQuery;

/// Searches a [CodeGraphIndex]: chooses between the graph and an exact scan, walks, re-ranks.
final class CodeGraphSearcher implements SteppedSearcher {
  /// Rows compared by int8 in the time that one vertex takes: 0.5 us against 40 ns.
  private static final double ROWS_PER_VERTEX = 12;

  /// So few rows are compared exactly: what a code scan would save is less than it costs to begin.
  private static final int EXACT_ROWS_MAX = 200;

  /// More rows wanted than this are found by an exact scan rather than by codes.
  private static final int CODE_SCAN_K_MAX = 500;

  /// Vertices after which a filtered walk looks back at how many of them are allowed: none or few
  /// say that the allowed rows lie elsewhere.
  private static final int PROBE_VERTICES = 48;

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
  private final CodeQuery ownQuery;
  private final GraphWalk walk;
  private final SharedSearch alone = new SharedSearch();
  private final SharedLimit shared = new SharedLimit(alone);
  private final EntryPoints entries;
  private final CandidatePool entered = new CandidatePool();
  private final Reranker reranker;
  private final ExactSearch exact;
  private final VertexScan codeScan;
  private final MemorySegment duplicates;
  private final float[] mapped;
  private final float[] estimates = new float[CodeBlock.ROW_COUNT];
  private int[] candidates = new int[128];
  private final Continuation continuation = new Continuation();

  /// The prepared query of the search at hand: our own, or that of a searcher beside us.
  private CodeQuery query;

  /// The search at hand.
  private @Nullable SearchRequest request;

  /// Its result when it was found without a walk.
  private @Nullable SearchResult scanned;

  /// Vertices that cost more than a scan would.
  private long verticesMax;

  private String reason = "";

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
    this.ownQuery = new CodeQuery(index.codes(), index.rotation());
    this.query = ownQuery;
    this.walk = index.newWalk(ownQuery);
    this.entries = file.entryPoints();
    this.reranker = new Reranker(index.kernel(), index.metric(), index.rows());
    this.exact = new ExactSearch(index.kernel(), index.metric(), index.dimension());
    this.codeScan = new VertexScan(index, ownQuery);
    this.duplicates = file.section(Section.DUPLICATES);
    this.mapped = new float[mapping.mappedDimension()];
  }

  @Override
  public SearchResult search(SearchRequest asked) {
    walked = null;
    returned = null;
    SearchResult result = find(asked);
    if (isWalk(result.statistics().strategy())) {
      walked = asked;
      horizon = asked.k();
      firstRows = result.rows();
      returnedCount = firstRows.length;
    } else {
      continuation.start(asked, result);
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
    SearchRequest asked = walked;
    return asked == null ? continuation.next(k, this::find) : walkOn(asked, k);
  }

  /// Goes on with the walk of the last search; scans what it cannot reach.
  private SearchResult walkOn(SearchRequest asked, int k) {
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
    int count = collect(asked, k, given);
    SearchResult result =
        count < k && !othersAreNearer
            ? exact.search(
                index.rows(),
                asked.withK(k).withFilter(rest(asked.filter(), given)),
                "the graph search found too few rows")
            : reranker.rerank(
                candidates,
                count,
                k,
                new SearchStatistics(
                    strategy(asked),
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

  private SearchResult find(SearchRequest asked) {
    alone.reset(asked.k(), asked.bound());
    if (start(asked, alone)) {
      stepOn();
    }
    return found(asked);
  }

  @Override
  public boolean begin(SearchRequest asked, SharedSearch others) {
    boolean walks = start(asked, others);
    SearchResult result = scanned;
    if (result != null) {
      for (double distance : result.distances()) {
        others.offer(distance);
      }
    }
    return walks;
  }

  @Override
  public boolean step() {
    boolean more = walk.step();
    if (walk.expandedCount() > verticesMax || (isAtProbe(walk.expandedCount()) && goesAstray())) {
      tooLong();
      return false;
    }
    return more;
  }

  @Override
  public void fetchOn() {
    walk.fetchOn();
  }

  @Override
  public void stepOn() {
    long until = verticesMax == Long.MAX_VALUE ? verticesMax : PROBE_VERTICES;
    while (!walk.run(Math.min(until, verticesMax))) {
      if (until >= verticesMax || goesAstray()) {
        tooLong();
        return;
      }
      until *= 2;
    }
  }

  private static boolean isAtProbe(int vertexCount) {
    return vertexCount % PROBE_VERTICES == 0 && Integer.bitCount(vertexCount / PROBE_VERTICES) == 1;
  }

  /// Whether a filtered walk that finds allowed vertices no faster than so far would cost more than
  /// a scan.
  private boolean goesAstray() {
    int found = walk.found().size();
    int k = Objects.requireNonNull(request).k();
    return verticesMax != Long.MAX_VALUE
        && found < k
        && (double) walk.expandedCount() * k > (double) verticesMax * found;
  }

  private void tooLong() {
    SearchRequest asked = Objects.requireNonNull(request);
    scanMask(asked, allowedRows, "the graph search came to cost more than a scan");
  }

  @Override
  public SearchResult finish() {
    SearchRequest asked = Objects.requireNonNull(request);
    SearchResult result = found(asked);
    // What the walk has left out for others is looked at again in a search of its own.
    walked = null;
    returned = null;
    continuation.start(asked.withBound(DistanceBound.none()), result);
    return result;
  }

  /// Begins a walk, or finds the rows without one.
  ///
  /// @return whether there is a walk
  private boolean start(SearchRequest asked, SharedSearch others) {
    request = asked;
    scanned = null;
    verticesMax = Long.MAX_VALUE;
    reranker.setQuery(asked.query());
    return switch (asked.filter()) {
      case RowFilter.AllRows ignored -> {
        reason = "no filter";
        yield start(asked, others, header.indexedRowCount());
      }
      case RowFilter.MaskedRows masked -> {
        ExactSearch.requireSameRows(index.rows(), masked);
        yield start(asked, others, masked.cardinality()) && restrict(asked, masked);
      }
    };
  }

  private boolean start(SearchRequest asked, SharedSearch others, long allowedCount) {
    if (asked.k() >= allowedCount) {
      return scan(asked, "every allowed row is wanted");
    }
    if (allowedCount <= Math.min(asked.exactRowsMax(), EXACT_ROWS_MAX)) {
      return scan(asked, "few allowed rows");
    }
    if (reranker.isUndefined() || !prepare(asked.query(), others.first())) {
      return scan(asked, "codes cannot tell rows apart for this query");
    }
    shared.set(mapping, asked.query(), others);
    WalkEffort effort =
        others == alone ? WalkEffort.of(asked.effort()) : WalkEffort.besideOthers(asked.effort());
    walk.start(query, asked.k(), foundMax(asked.k()), effort, shared);
    entered.reset(index.listSamples().enteredCount(asked.effort()));
    entries.nearest(index.kernel(), query, estimates, entered);
    walk.enterLists(index.listSamples(), entered);
    return true;
  }

  /// Finds the rows without the graph.
  private boolean scan(SearchRequest asked, String why) {
    scanned = exact.search(index.rows(), asked, why);
    return false;
  }

  /// Finds the rows of a mask by codes, or exactly when codes would not do.
  private boolean scanMask(SearchRequest asked, RowMask mask, String why) {
    if (asked.k() > CODE_SCAN_K_MAX) {
      return scan(asked, why);
    }
    float limit = shared.squaredDistance();
    codeScan.run(mask, query, asked.k(), limit, int8ErrorBound());
    CandidatePool nearest = codeScan.nearest();
    int count = 0;
    while (count < nearest.size() && nearest.score(count) <= codeScan.threshold()) {
      if (count == candidates.length) {
        candidates = Arrays.copyOf(candidates, 2 * count);
      }
      candidates[count] = nearest.node(count);
      count++;
    }
    if (count < asked.k() && limit == Float.POSITIVE_INFINITY) {
      return scan(asked, why);
    }
    scanned =
        reranker.rerank(
            candidates,
            count,
            asked.k(),
            new SearchStatistics(Strategy.CODE_MASK_SCAN, why, 0, 0, codeScan.compared(), count));
    return false;
  }

  /// Prepares the query, or takes it from a searcher that has. False when the graph cannot tell
  /// rows apart for it.
  private boolean prepare(float[] values, @Nullable SteppedSearcher first) {
    if (first instanceof CodeGraphSearcher other && other.isPreparedFor(mapping)) {
      query = other.query;
      return true;
    }
    query = ownQuery;
    if (!mapping.mapQuery(values, mapped)) {
      return false;
    }
    query.set(mapped, 0);
    query.prepareInt8();
    return true;
  }

  private boolean isPreparedFor(VectorMapping other) {
    return scanned == null && mapping.mapsQueriesAs(other);
  }

  private static int foundMax(int k) {
    return (int) Math.min(k + Math.max(FOUND_MARGIN, k / 2L), Integer.MAX_VALUE);
  }

  private boolean restrict(SearchRequest asked, RowFilter.MaskedRows masked) {
    long allowedCount = masked.cardinality();
    double share = share(allowedCount);
    verticesMax = (long) (allowedCount / ROWS_PER_VERTEX);
    if (allowedCount <= asked.exactRowsMax()) {
      return scanMask(asked, masked.mask(), "few allowed rows");
    }
    if (asked.exactRowsMax() > 0 && VERTICES_PER_ROW * asked.k() / share > verticesMax) {
      return scanMask(asked, masked.mask(), "a scan of the allowed rows costs less");
    }
    boolean stepsOver = share <= STEP_OVER_SHARE_MAX;
    reason = stepsOver ? "some rows allowed" : "many rows allowed";
    allowedRows = masked.mask();
    walk.restrict(vertexFilter, stepsOver ? STEP_OVER_PENALTY : 0);
    return true;
  }

  private double share(long allowedCount) {
    return Math.min(1, (double) allowedCount / header.indexedRowCount());
  }

  private Strategy strategy(SearchRequest asked) {
    return switch (asked.filter()) {
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

  /// Re-ranks the nearest candidates of the walk; scans when it found too few.
  private SearchResult found(SearchRequest asked) {
    SearchResult result = scanned;
    if (result != null) {
      return result;
    }
    int count = collect(asked, asked.k(), null);
    if (count < asked.k() && !othersAreNearer) {
      return exact.search(index.rows(), asked, "the graph search found too few rows");
    }
    return reranker.rerank(
        candidates,
        count,
        asked.k(),
        new SearchStatistics(
            strategy(asked), reason, walk.expandedCount(), 0, walk.codesScored(), count));
  }

  /// Collects the rows found that may be among the nearest `k`.
  ///
  /// @param given rows to leave out
  private int collect(SearchRequest asked, int k, @Nullable RowMask given) {
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
        if (isAllowed(asked.filter(), row) && (given == null || !given.contains(row))) {
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
