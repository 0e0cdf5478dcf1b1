package quiver.vector.graph;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import quiver.vector.index.CandidatePool;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeQuery;
import quiver.vector.quantize.Rotation;

/// Finds a vertex's first candidates: the nearest by code in the lists nearest to it, with int8
/// distances. Scratch inside: used by one thread.
final class ListCandidates {
  /// Candidates of a vertex.
  static final int COUNT = 64;

  private final ClusterLists lists;
  private final BuildVectors vectors;
  private final CodeBlock layout;
  private final CodeQuery query;
  private final float[] vector;
  private final MemorySegment widened;
  private final CandidatePool pool = new CandidatePool();
  private final float[] estimates = new float[CodeBlock.ROW_COUNT];
  private final int[] ids = new int[COUNT + 1];
  private final int[] products = new int[COUNT + 1];
  private final float[] distances = new float[COUNT + 1];

  ListCandidates(ClusterLists lists, Rotation rotation) {
    this.lists = lists;
    this.vectors = lists.vectors();
    this.layout = lists.layout();
    this.query = new CodeQuery(vectors.kernel(), rotation);
    this.vector = new float[vectors.rotatedDimension()];
    this.widened = Arena.ofAuto().allocate(2L * vectors.vectorBytes(), 64);
  }

  /// Adds the candidates of a vertex.
  void find(int vertex, NeighborSelection selection) {
    vectors.toFloats(vertex, vector);
    query.setRotated(vector, 0);
    // The vertex finds itself too.
    pool.reset(COUNT + 1);
    for (int i = 0; i < lists.probeCount(); i++) {
      scan(lists.nearestList(vertex, i), lists.nearestDistance(vertex, i));
    }
    int count = 0;
    for (int i = 0; i < pool.size(); i++) {
      int candidate = pool.node(i);
      if (candidate != vertex) {
        ids[count++] = candidate;
      }
    }
    vectors.widen(vertex, widened);
    vectors.distances(vertex, widened, ids, count, products, distances);
    for (int i = 0; i < count; i++) {
      selection.add(ids[i], distances[i]);
    }
  }

  private void scan(int list, float base) {
    MemorySegment blocks = lists.blocks();
    long end = lists.blockStart(list + 1) * layout.sizeBytes();
    long at = lists.blockStart(list) * layout.sizeBytes();
    for (; at < end; at += layout.sizeBytes()) {
      int below = query.scan(blocks, at, base, pool.bound(), estimates);
      while (below != 0) {
        int lane = Integer.numberOfTrailingZeros(below);
        below &= below - 1;
        pool.insert(layout.row(blocks, at, lane), estimates[lane]);
      }
    }
  }
}
