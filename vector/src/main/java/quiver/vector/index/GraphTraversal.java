package quiver.vector.index;

import java.util.Arrays;
import quiver.common.column.RowMask;

/// Walks a graph towards the query of its scorer. Owns scratch memory: used by one thread.
///
/// Source: Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using
/// hierarchical navigable small world graphs" (2016), algorithms 2 and 5; the two-hop walk is
/// ACORN-1 (Patel and others, 2024). We keep candidates in one sorted array and score all new
/// neighbours of a node in one call.
final class GraphTraversal {
  private final HnswGraph graph;
  private final RowScorer scorer;
  private final VisitedRows visited;
  private final CandidatePool pool = new CandidatePool();
  private final CandidatePool results = new CandidatePool();
  private final int[] neighbors;
  private final int[] secondNeighbors;
  private int[] fresh;
  private int[] freshRows;
  private float[] scores;
  private long[] frontier = new long[256];
  private int frontierSize;
  private long nodesVisited;
  private long distancesComputed;

  GraphTraversal(HnswGraph graph, RowScorer scorer, int nodeCount) {
    this.graph = graph;
    this.scorer = scorer;
    this.visited = new VisitedRows(nodeCount);
    int width = graph.scratchWidth();
    this.neighbors = new int[width];
    this.secondNeighbors = new int[width];
    this.fresh = new int[width];
    this.freshRows = new int[width];
    this.scores = new float[width];
  }

  void resetCounters() {
    nodesVisited = 0;
    distancesComputed = 0;
  }

  long nodesVisited() {
    return nodesVisited;
  }

  long distancesComputed() {
    return distancesComputed;
  }

  /// What [#search] found, nearest first.
  CandidatePool pool() {
    return pool;
  }

  /// What [#searchFiltered] or [#searchTwoHop] found, nearest first.
  CandidatePool results() {
    return results;
  }

  /// Walks from `entry` on `fromLevel` down to `toLevel` (above the base), each time to the nearest
  /// neighbour.
  ///
  /// @return an ordinal
  int descend(int entry, int fromLevel, int toLevel) {
    int best = entry;
    fresh[0] = entry;
    float bestScore = scoreFresh(1, 1);
    for (int level = fromLevel; level >= toLevel; level--) {
      for (boolean moved = true; moved; ) {
        moved = false;
        nodesVisited++;
        int count = count(neighbors, graph.neighbors(level, best, neighbors));
        System.arraycopy(neighbors, 0, fresh, 0, count);
        scoreFresh(level, count);
        for (int i = 0; i < count; i++) {
          if (scores[i] < bestScore) {
            bestScore = scores[i];
            best = fresh[i];
            moved = true;
          }
        }
      }
    }
    return best;
  }

  private static int count(int[] block, int width) {
    int count = 0;
    while (count < width && block[count] != HnswGraph.EMPTY) {
      count++;
    }
    return count;
  }

  /// Scores the first `count` of [#fresh] into [#scores]; gives the first score.
  private float scoreFresh(int level, int count) {
    distancesComputed += count;
    if (level == 0) {
      scorer.score(fresh, count, scores);
    } else {
      for (int i = 0; i < count; i++) {
        freshRows[i] = graph.upperRow(fresh[i]);
      }
      scorer.score(freshRows, count, scores);
    }
    return scores[0];
  }

  /// The `effort` nearest nodes of a level, into [#pool].
  void search(int level, int entry, int effort) {
    visited.clear();
    pool.reset(effort);
    visited.add(entry);
    fresh[0] = entry;
    pool.insert(entry, scoreFresh(level, 1));
    for (int node = pool.popNearest(); node != CandidatePool.NO_NODE; node = pool.popNearest()) {
      int count = collectFresh(level, node);
      if (count == 0) {
        continue;
      }
      scoreFresh(level, count);
      float bound = pool.bound();
      for (int i = 0; i < count; i++) {
        if (scores[i] < bound && pool.insert(fresh[i], scores[i])) {
          bound = pool.bound();
        }
      }
    }
  }

  /// Puts the neighbours of `node` not seen before into [#fresh].
  private int collectFresh(int level, int node) {
    nodesVisited++;
    int width = graph.neighbors(level, node, neighbors);
    int count = 0;
    for (int i = 0; i < width; i++) {
      int neighbor = neighbors[i];
      if (neighbor == HnswGraph.EMPTY) {
        break;
      }
      if (visited.add(neighbor)) {
        fresh[count++] = neighbor;
      }
    }
    return count;
  }

  /// The `effort` nearest base nodes that `allowed` contains, into [#results], walking through all
  /// nodes.
  ///
  /// @return false when it gave up after `distancesMax` comparisons
  boolean searchFiltered(int entry, int effort, RowMask allowed, long distancesMax) {
    visited.clear();
    results.reset(effort);
    frontierSize = 0;
    visited.add(entry);
    fresh[0] = entry;
    keep(entry, scoreFresh(0, 1), allowed);
    while (frontierSize > 0) {
      long nearest = popFrontier();
      if (CandidatePool.scoreOf(nearest) > results.bound()) {
        break;
      }
      if (distancesComputed > distancesMax) {
        return false;
      }
      int count = collectFresh(0, CandidatePool.nodeOf(nearest));
      scoreFresh(0, count);
      for (int i = 0; i < count; i++) {
        if (scores[i] < results.bound()) {
          keep(fresh[i], scores[i], allowed);
        }
      }
    }
    return true;
  }

  private void keep(int node, float score, RowMask allowed) {
    pushFrontier(CandidatePool.entry(node, score));
    if (isAllowed(node, allowed)) {
      results.insert(node, score);
    }
  }

  /// Whether a row of the node's duplicates is allowed.
  private boolean isAllowed(int node, RowMask allowed) {
    if (allowed.contains(node)) {
      return true;
    }
    if (graph.hasDuplicates()) {
      for (int row = graph.nextDuplicate(node);
          row != HnswFile.NO_ROW;
          row = graph.nextDuplicate(row)) {
        if (allowed.contains(row)) {
          return true;
        }
      }
    }
    return false;
  }

  /// As [#searchFiltered], for masks that allow few rows: compares only allowed nodes, and looks
  /// through a node that is not allowed at its neighbours. Starts from `entry` and from `seeds`
  /// (allowed nodes), since the allowed nodes alone need not be connected.
  boolean searchTwoHop(
      int entry, int[] seeds, int seedCount, int effort, RowMask allowed, long distancesMax) {
    visited.clear();
    results.reset(effort);
    int count = 0;
    for (int i = 0; i < seedCount; i++) {
      if (visited.add(seeds[i])) {
        count = addFresh(seeds[i], count);
      }
    }
    if (visited.add(entry) && isAllowed(entry, allowed)) {
      count = addFresh(entry, count);
    }
    offerFresh(count);
    offerFresh(collectTwoHop(entry, 0, allowed));
    for (int node = results.popNearest();
        node != CandidatePool.NO_NODE;
        node = results.popNearest()) {
      if (distancesComputed > distancesMax) {
        return false;
      }
      offerFresh(collectTwoHop(node, 0, allowed));
    }
    return true;
  }

  private void offerFresh(int count) {
    if (count == 0) {
      return;
    }
    scoreFresh(0, count);
    float bound = results.bound();
    for (int i = 0; i < count; i++) {
      if (scores[i] < bound && results.insert(fresh[i], scores[i])) {
        bound = results.bound();
      }
    }
  }

  private int collectTwoHop(int node, int count, RowMask allowed) {
    nodesVisited++;
    int width = graph.neighbors(0, node, neighbors);
    for (int i = 0; i < width && neighbors[i] != HnswGraph.EMPTY; i++) {
      int neighbor = neighbors[i];
      if (!visited.add(neighbor)) {
        continue;
      }
      if (isAllowed(neighbor, allowed)) {
        count = addFresh(neighbor, count);
      } else {
        nodesVisited++;
        int secondWidth = graph.neighbors(0, neighbor, secondNeighbors);
        for (int j = 0; j < secondWidth && secondNeighbors[j] != HnswGraph.EMPTY; j++) {
          int second = secondNeighbors[j];
          if (isAllowed(second, allowed) && visited.add(second)) {
            count = addFresh(second, count);
          }
        }
      }
    }
    return count;
  }

  private int addFresh(int node, int count) {
    if (count == fresh.length) {
      fresh = Arrays.copyOf(fresh, 2 * count);
      freshRows = new int[2 * count];
      scores = new float[2 * count];
    }
    fresh[count] = node;
    return count + 1;
  }

  private void pushFrontier(long entry) {
    if (frontierSize == frontier.length) {
      frontier = Arrays.copyOf(frontier, 2 * frontierSize);
    }
    int child = frontierSize++;
    while (child > 0) {
      int parent = (child - 1) >>> 1;
      if (frontier[parent] <= entry) {
        break;
      }
      frontier[child] = frontier[parent];
      child = parent;
    }
    frontier[child] = entry;
  }

  private long popFrontier() {
    long top = frontier[0];
    long last = frontier[--frontierSize];
    int parent = 0;
    for (int child = 1; child < frontierSize; child = 2 * parent + 1) {
      if (child + 1 < frontierSize && frontier[child + 1] < frontier[child]) {
        child++;
      }
      if (last <= frontier[child]) {
        break;
      }
      frontier[parent] = frontier[child];
      parent = child;
    }
    frontier[parent] = last;
    return top;
  }
}
