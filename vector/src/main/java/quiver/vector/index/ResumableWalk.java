package quiver.vector.index;

import java.util.Arrays;
import java.util.function.IntPredicate;
import quiver.common.vector.DistanceMetric;

/// Walks the base level of a graph towards the query of its scorer and remembers what it has seen
/// and not kept, so that it can go on for more rows. Owns scratch memory: used by one thread.
///
/// Where other segments have found nearer rows already, the walk ends as soon as its own candidates
/// are worse: not before it has some, since it begins far away.
final class ResumableWalk {
  /// Part of the candidates that a walk looks for whatever other segments have found.
  private static final int OWN_SHARE = 4;

  private static final int OWN_COUNT_MIN = 10;

  private final HnswGraph graph;
  private final RowScorer scorer;
  private final boolean squared;
  private final VisitedRows visited;
  private final CandidatePool pool = new CandidatePool();
  private final int[] neighbors;
  private final int[] fresh;
  private final float[] scores;
  private long[] leftOut = new long[1_024];
  private int leftOutCount;
  private DistanceBound bound = DistanceBound.none();
  private int ownCount;
  private boolean bounded;
  private long nodesVisited;
  private long distancesComputed;

  ResumableWalk(HnswGraph graph, RowScorer scorer, DistanceMetric metric, int nodeCount) {
    this.graph = graph;
    this.scorer = scorer;
    this.squared = metric == DistanceMetric.L2;
    this.visited = new VisitedRows(nodeCount);
    int width = graph.scratchWidth();
    this.neighbors = new int[width];
    this.fresh = new int[width];
    this.scores = new float[width];
  }

  /// What was found, nearest first.
  CandidatePool pool() {
    return pool;
  }

  /// Whether the walk ended because what is left is beyond the bound.
  boolean isBounded() {
    return bounded;
  }

  long nodesVisited() {
    return nodesVisited;
  }

  long distancesComputed() {
    return distancesComputed;
  }

  /// Walks from `entry` with a pool of `effort` nodes.
  void begin(int entry, int effort, DistanceBound newBound) {
    bound = newBound;
    leftOutCount = 0;
    resetCounters(effort);
    visited.clear();
    pool.reset(effort);
    visited.add(entry);
    fresh[0] = entry;
    scorer.score(fresh, 1, scores);
    distancesComputed++;
    pool.insert(entry, scores[0]);
    walk();
  }

  private void resetCounters(int effort) {
    ownCount = Math.max(OWN_COUNT_MIN, effort / OWN_SHARE);
    bounded = false;
    nodesVisited = 0;
    distancesComputed = 0;
  }

  /// Goes on with a pool of the `effort` nearest nodes seen that are not used up.
  void resume(int effort, IntPredicate isUsedUp) {
    resetCounters(effort);
    for (int i = 0; i < pool.size(); i++) {
      leaveOut(pool.entry(i));
    }
    int count = 0;
    for (int i = 0; i < leftOutCount; i++) {
      // A node that was not expanded leads on, used up or not.
      if (!CandidatePool.isExpanded(leftOut[i])
          || !isUsedUp.test(CandidatePool.nodeOf(leftOut[i]))) {
        leftOut[count++] = leftOut[i];
      }
    }
    Arrays.sort(leftOut, 0, count);
    int taken = Math.min(effort, count);
    pool.load(leftOut, taken, effort);
    leftOutCount = count - taken;
    System.arraycopy(leftOut, taken, leftOut, 0, leftOutCount);
    walk();
  }

  private void walk() {
    int node = pool.popNearest();
    while (node != CandidatePool.NO_NODE) {
      if (pool.poppedScore() > scoreMax()) {
        bounded = true;
        return;
      }
      int count = collectFresh(node);
      if (count > 0) {
        scorer.score(fresh, count, scores);
        distancesComputed += count;
        for (int i = 0; i < count; i++) {
          offer(fresh[i], scores[i]);
        }
      }
      node = pool.popNearest();
    }
  }

  /// The score above which a node need not be expanded.
  private float scoreMax() {
    double distance = bound.get();
    if (distance == Double.POSITIVE_INFINITY || pool.size() < ownCount) {
      return Float.POSITIVE_INFINITY;
    }
    float score = (float) (squared ? distance * Math.abs(distance) : distance);
    // Scores are rounded otherwise than distances.
    return Math.max(score + Math.abs(score) * 1e-5f, pool.score(ownCount - 1));
  }

  private void offer(int node, float score) {
    if (pool.isFull()) {
      if (score >= pool.bound()) {
        leaveOut(CandidatePool.entry(node, score));
        return;
      }
      leaveOut(pool.entry(pool.size() - 1));
    }
    pool.insert(node, score);
  }

  private void leaveOut(long entry) {
    if (leftOutCount == leftOut.length) {
      leftOut = Arrays.copyOf(leftOut, 2 * leftOutCount);
    }
    leftOut[leftOutCount++] = entry;
  }

  /// Puts the neighbours of `node` not seen before into [#fresh].
  private int collectFresh(int node) {
    nodesVisited++;
    int width = graph.neighbors(0, node, neighbors);
    int count = 0;
    for (int i = 0; i < width && neighbors[i] != HnswGraph.EMPTY; i++) {
      if (visited.add(neighbors[i])) {
        fresh[count++] = neighbors[i];
      }
    }
    return count;
  }
}
