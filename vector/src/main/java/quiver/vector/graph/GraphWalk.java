package quiver.vector.graph;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import quiver.vector.index.CandidatePool;
import quiver.vector.index.LittleEndian;
import quiver.vector.index.SharedSearch;
import quiver.vector.kernel.CodeKernel;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeQuery;

/// Walks the graph towards a query by estimates, and goes on from where it stopped. Scratch inside:
/// used by one thread.
///
/// A vertex that is expanded gets an int8 distance, and one scan of its block estimates all its
/// neighbours. The walk ends when the best estimate left, less a number of its standard deviations,
/// is above the distance of the `k`-th vertex found (and a slack): easy queries end early. Against
/// a fixed number of candidates this halves the vertices read for recall 0.98; the mean of all
/// estimates of a vertex, instead of the last, saves another sixth. Where other segments have found
/// nearer rows already, their limit takes the place of the `k`-th vertex, once the walk has found a
/// few of its own and goes nowhere nearer: it begins far away.
///
/// Alone, the next vertex is taken from the frontier, and [VertexFetch] asked for it, before the
/// one before it is expanded: that costs one vertex in thirty and hides the cache misses of nearly
/// all. Beside others it is fetched while they take their steps.
///
/// Source: SymphonyQG (Gou, Gao, Xu and Long, SIGMOD 2025), which keeps a fixed number.
final class GraphWalk {
  /// Keeps a variance from being zero where a neighbour equals its vertex.
  private static final float VARIANCE_MIN = 1e-9f;

  /// Deviations by which an estimate may be wrong to enter the frontier. Others of the same vertex
  /// follow if it is near, so that fewer will do than for an end of the walk.
  private static final float OFFER_DEVIATIONS_MAX = 1;

  /// The same before `k` vertices are found, above the `k`-th estimate.
  private static final float AHEAD_DEVIATIONS = 0.5f;

  /// Samples of the nearest lists that a walk begins with.
  private static final int ENTRY_COUNT = 2;

  /// How sure a sample's estimate is against those made from a vertex, which is nearer than a
  /// list's centre.
  private static final float ENTRY_WEIGHT = 0.1f;

  private final CodeKernel kernel;
  private final VertexLayout layout;
  private final MemorySegment vertices;
  private final long vertexBytes;
  private final long codesOffset;
  private final long codeBlockBytes;
  private final long factorOffset;
  private final long rowsOffset;
  private final int vectorBytes;
  private final int blockCount;
  private final float step;
  private final float errorFactor;
  private final VertexFetch fetch;
  private CodeQuery query;
  private final Frontier frontier = new Frontier();
  private final CandidatePool found = new CandidatePool();

  /// The best estimates while fewer than `horizon` vertices are found: as many, or beside others,
  /// which will have the rest, a few: that finds the same with a fourth fewer in the frontier.
  private final CandidatePool ahead = new CandidatePool();

  private final float[] estimates = new float[CodeBlock.ROW_COUNT];
  private long[] expanded = new long[256];
  private SharedLimit shared = new SharedLimit(new SharedSearch());
  private @Nullable VertexFilter filter;
  private float penalty;
  private int pending;
  private float pendingScore;
  private float pendingDeviation;
  private float lastDistance;
  private float productFactor;
  private float squaredNorm;
  private int k;
  private int horizon;
  private float deviations;
  private int ownCount;
  private float slack;
  private float ownDeviations;
  private boolean bounded;
  private boolean looksAhead;
  private float aheadSlack;
  private int expandedCount;
  private long codesScored;
  private final CandidatePool entryPool = new CandidatePool();
  private ListSamples samples = ListSamples.NONE;
  private final int[] entryLists = new int[ListSamples.ENTERED_MAX];
  private int entryListCount;
  private int touched;

  /// @param factorMean the mean magnitude of the codes' factors: how far a typical estimate is off
  GraphWalk(
      CodeKernel kernel,
      VertexLayout layout,
      MemorySegment vertices,
      float step,
      float factorMean,
      CodeQuery query) {
    this.kernel = kernel;
    this.layout = layout;
    this.vertices = vertices;
    this.vertexBytes = layout.sizeBytes();
    this.codesOffset = layout.codesOffset();
    this.codeBlockBytes = layout.codeBlock().sizeBytes();
    this.factorOffset = layout.codeBlock().factorOffset();
    this.rowsOffset = layout.codeBlock().rowsOffset();
    this.vectorBytes = layout.vectorBytes();
    this.blockCount = layout.blockCount();
    this.step = step;
    this.errorFactor = CodeQuery.STANDARD_ERROR * factorMean;
    this.fetch = new VertexFetch(kernel, vertices, vertexBytes);
    this.query = query;
  }

  /// Which vertices may be returned.
  interface VertexFilter {
    boolean allows(int vertex);
  }

  /// Begins a walk.
  ///
  /// @param newQuery prepared
  /// @param newK the found vertex whose distance ends the walk
  /// @param foundMax how many expanded vertices are kept, at least `newK`
  /// @param newShared what others have found
  void start(CodeQuery newQuery, int newK, int foundMax, WalkEffort effort, SharedLimit newShared) {
    query = newQuery;
    frontier.clear();
    found.reset(foundMax);
    filter = null;
    penalty = 0;
    k = newK;
    horizon = newK;
    deviations = effort.deviations();
    ownCount = Math.max(1, Math.round(effort.ownShare() * newK));
    ahead.reset(effort.isAlone() ? newK : Math.min(newK, ownCount + 1));
    slack = effort.slack();
    ownDeviations = effort.ownDeviations();
    shared = newShared;
    productFactor = -2 * step * query.int8Step();
    squaredNorm = query.squaredNorm();
    pending = CandidatePool.NO_NODE;
    entryListCount = 0;
    bounded = false;
    expandedCount = 0;
    codesScored = 0;
  }

  /// Keeps only some vertices from now on.
  ///
  /// @param newPenalty typical standard deviations by which the others count as farther than they
  ///   are: how reluctantly the walk goes through them
  void restrict(VertexFilter newFilter, float newPenalty) {
    filter = newFilter;
    penalty = newPenalty;
  }

  /// Adds a vertex to begin at.
  void enter(int vertex) {
    frontier.offer(vertex, 0, VARIANCE_MIN);
  }

  /// Begins in some lists: their samples are fetched now and looked at by the first step, the best
  /// of them taken to begin with.
  ///
  /// @param firsts a vertex of each list
  void enterLists(ListSamples newSamples, CandidatePool firsts) {
    samples = newSamples;
    entryListCount = firsts.size();
    for (int i = 0; i < entryListCount; i++) {
      entryLists[i] = newSamples.listOf(firsts.node(i));
      touched +=
          kernel.prefetch(samples.blocks(), samples.offset(entryLists[i]), samples.sizeBytes());
    }
  }

  private void enterOnce() {
    if (entryListCount == 0) {
      return;
    }
    entryPool.reset(Math.max(ENTRY_COUNT, entryListCount));
    float nearest = Float.POSITIVE_INFINITY;
    for (int i = 0; i < entryListCount; i++) {
      float distance = centreDistance(entryLists[i]);
      nearest = Math.min(nearest, distance);
      scanSamples(entryLists[i], distance);
    }
    entryListCount = 0;
    float error = errorFactor * errorFactor * nearest + VARIANCE_MIN;
    for (int i = 0; i < entryPool.size(); i++) {
      frontier.offer(entryPool.node(i), entryPool.score(i), ENTRY_WEIGHT / error);
    }
  }

  private float centreDistance(int list) {
    CentreLayout centre = samples.centreLayout();
    long at = list * centre.sizeBytes();
    int product = kernel.int8Product(query.int8(), samples.centres(), at, vectorBytes);
    float norms = squaredNorm + centre.squaredNorm(samples.centres(), list);
    return Math.max(0, product * productFactor + norms);
  }

  private void scanSamples(int list, float distance) {
    long block = samples.offset(list);
    for (int i = 0; i < ListSamples.BLOCK_COUNT; i++, block += codeBlockBytes) {
      int below = query.scan(samples.blocks(), block, distance, entryPool.bound(), estimates);
      for (int lanes = below; lanes != 0; lanes &= lanes - 1) {
        int lane = Integer.numberOfTrailingZeros(lanes);
        entryPool.insert(samples.layout().row(samples.blocks(), block, lane), estimates[lane]);
      }
    }
    codesScored += ListSamples.COUNT_MAX;
  }

  /// Goes on for the `newK` nearest of all vertices, those found before included.
  ///
  /// What the walk has left out as too far for its `k` counts again; every block read so far is
  /// scanned once more, so `newHorizon` should be twice as many when it grows.
  ///
  /// @param foundMax how many expanded vertices are kept, at least `newK`
  /// @param newHorizon how many vertices this and later calls may want, at least `newK`
  void resume(int newK, int foundMax, int newHorizon) {
    k = newK;
    bounded = false;
    reload(foundMax);
    if (newHorizon > horizon) {
      horizon = newHorizon;
      rescan();
    }
  }

  private void reload(int foundMax) {
    long[] kept = new long[expandedCount];
    int count = 0;
    for (int i = 0; i < expandedCount; i++) {
      if (isKept(CandidatePool.nodeOf(expanded[i]))) {
        kept[count++] = expanded[i];
      }
    }
    Arrays.sort(kept, 0, count);
    found.load(kept, Math.min(count, foundMax), foundMax);
  }

  private void rescan() {
    frontier.clear();
    ahead.reset(horizon);
    for (int i = 0; i < expandedCount; i++) {
      frontier.addPopped(CandidatePool.nodeOf(expanded[i]));
    }
    for (int i = 0; i < expandedCount; i++) {
      long at = CandidatePool.nodeOf(expanded[i]) * vertexBytes;
      scanNeighbors(at + codesOffset, CandidatePool.scoreOf(expanded[i]));
    }
  }

  /// Expands until the end of the walk, or until `verticesMax` vertices are expanded; then false.
  boolean run(long verticesMax) {
    enterOnce();
    for (int vertex = next(); vertex != CandidatePool.NO_NODE; vertex = next()) {
      if (isKept(vertex)) {
        found.insert(vertex, lastDistance);
      }
      if (expandedCount > verticesMax) {
        return false;
      }
    }
    return true;
  }

  /// Expands one vertex beside other walks, tells them of it, and fetches the next; false at the
  /// end.
  boolean step() {
    enterOnce();
    int vertex = pending;
    if (vertex == CandidatePool.NO_NODE) {
      return takeNext();
    }
    // Others may have found nearer rows since it was taken.
    if (isHopeless(pendingScore, pendingDeviation)) {
      return false;
    }
    float distance = expand(vertex);
    if (isKept(vertex)) {
      found.insert(vertex, distance);
      shared.offer(distance);
    }
    return takeNext();
  }

  private boolean takeNext() {
    pending = take();
    return pending != CandidatePool.NO_NODE;
  }

  /// Goes on fetching the vertex of the next step.
  void fetchOn() {
    if (pending != CandidatePool.NO_NODE) {
      fetch.complete(pending);
    }
  }

  private boolean isKept(int vertex) {
    return filter == null || filter.allows(vertex);
  }

  /// Expands the candidate taken before this one, which takes the next; [CandidatePool#NO_NODE] at
  /// the end of the walk.
  private int next() {
    int vertex = pending == CandidatePool.NO_NODE ? take() : pending;
    if (vertex == CandidatePool.NO_NODE) {
      return CandidatePool.NO_NODE;
    }
    pending = take();
    lastDistance = expand(vertex);
    fetchOn();
    return vertex;
  }

  /// Takes the candidate estimated nearest; [CandidatePool#NO_NODE] when none is near enough.
  private int take() {
    int vertex = frontier.peek();
    if (vertex == CandidatePool.NO_NODE) {
      return CandidatePool.NO_NODE;
    }
    pendingScore = frontier.peekedScore();
    pendingDeviation = CodeQuery.STANDARD_ERROR / (float) Math.sqrt(frontier.peekedWeight());
    if (isHopeless(pendingScore, pendingDeviation)) {
      return CandidatePool.NO_NODE;
    }
    frontier.popPeeked();
    fetch.begin(vertex);
    return vertex;
  }

  /// Whether the best vertex of the frontier, and so every other, is too far.
  ///
  /// @param estimate of its distance
  /// @param deviation a standard deviation of the estimate
  private boolean isHopeless(float estimate, float deviation) {
    float own = found.size() < k ? Float.POSITIVE_INFINITY : found.score(k - 1);
    float others = shared.squaredDistance();
    float limit = Math.min(own, others);
    if (limit == Float.POSITIVE_INFINITY
        || estimate - deviations * deviation <= withSlack(limit)
        || (others < own && leadsNearer(estimate, deviation))) {
      return false;
    }
    bounded = found.size() < k;
    return true;
  }

  /// Whether a walk that minds the limit of others is still on its way.
  private boolean leadsNearer(float estimate, float deviation) {
    return found.size() < ownCount
        || estimate - ownDeviations * deviation <= found.score(ownCount - 1);
  }

  private float withSlack(float limit) {
    return limit + slack * errorFactor * (float) Math.sqrt(Math.max(0, limit));
  }

  /// @return the distance of the vertex
  private float expand(int vertex) {
    long at = vertex * vertexBytes;
    int product = kernel.int8Product(query.int8(), vertices, at, vectorBytes);
    float norms = squaredNorm + layout.squaredNorm(vertices, at);
    float distance = Math.max(0, product * productFactor + norms);
    if (expandedCount == expanded.length) {
      expanded = Arrays.copyOf(expanded, 2 * expandedCount);
    }
    expanded[expandedCount++] = CandidatePool.entry(vertex, distance);
    scanNeighbors(at + codesOffset, distance);
    return distance;
  }

  private void scanNeighbors(long firstBlock, float distance) {
    float error = errorFactor * (float) Math.sqrt(distance);
    long block = firstBlock;
    for (int i = 0; i < blockCount; i++, block += codeBlockBytes) {
      int below = query.scan(vertices, block, distance, offerBound(error), estimates);
      codesScored += CodeBlock.ROW_COUNT;
      offer(below, block, distance, penalty * error);
    }
  }

  /// Above it an estimate would hardly be expanded.
  ///
  /// @param error a typical standard deviation of the estimates
  private float offerBound(float error) {
    float limit = found.size() < horizon ? Float.POSITIVE_INFINITY : found.score(horizon - 1);
    float others = shared.squaredDistance();
    if (others < limit && found.size() >= ownCount) {
      limit = Math.max(others, found.score(ownCount - 1));
    }
    looksAhead = limit == Float.POSITIVE_INFINITY;
    aheadSlack = AHEAD_DEVIATIONS * error;
    return looksAhead
        ? ahead.bound() + aheadSlack
        : withSlack(limit) + Math.min(OFFER_DEVIATIONS_MAX, deviations) * error;
  }

  private void offer(int below, long block, float distance, float added) {
    int lanes = below;
    while (lanes != 0) {
      int lane = Integer.numberOfTrailingZeros(lanes);
      lanes &= lanes - 1;
      // The lanes before this one may have lowered the bound.
      if (looksAhead && estimates[lane] > ahead.bound() + aheadSlack) {
        continue;
      }
      int neighbor = vertices.get(LittleEndian.INT, block + rowsOffset + 4L * lane);
      float factor = vertices.get(LittleEndian.FLOAT, block + factorOffset + 4L * lane);
      float weight = 1 / (factor * factor * distance + VARIANCE_MIN);
      boolean kept = isKept(neighbor);
      float estimate = kept ? estimates[lane] : estimates[lane] + added;
      if (frontier.offer(neighbor, estimate, weight) && kept && looksAhead) {
        ahead.insert(neighbor, estimate);
      }
    }
  }

  /// The expanded vertices that are kept, by distance.
  CandidatePool found() {
    return found;
  }

  /// Whether the walk ended because others have found nearer rows than are left.
  boolean isBounded() {
    return bounded;
  }

  boolean isExpanded(int vertex) {
    return frontier.isPopped(vertex);
  }

  int expandedCount() {
    return expandedCount;
  }

  long codesScored() {
    return codesScored;
  }

  /// Keeps the touched bytes alive; see [CodeKernel#prefetch].
  int touched() {
    return touched + fetch.touched();
  }
}
