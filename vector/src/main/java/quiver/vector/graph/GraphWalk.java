package quiver.vector.graph;

import java.lang.foreign.MemorySegment;
import quiver.vector.index.CandidatePool;
import quiver.vector.index.LittleEndian;
import quiver.vector.index.VisitedRows;
import quiver.vector.kernel.CodeKernel;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeQuery;

/// Walks the graph towards a query by estimates. Scratch inside: used by one thread.
///
/// A vertex that is reached gets an int8 distance, and one scan of its block estimates all its
/// neighbours. It is marked when it is expanded, not when it is first estimated: a later estimate
/// from a nearer vertex is better, and marking early halved the speed at equal recall.
///
/// Source: SymphonyQG (Gou, Gao, Xu and Long, SIGMOD 2025).
final class GraphWalk {
  private final CodeKernel kernel;
  private final VertexLayout layout;
  private final MemorySegment vertices;
  private final long vertexBytes;
  private final long codesOffset;
  private final long codeBlockBytes;
  private final long rowsOffset;
  private final int vectorBytes;
  private final int blockCount;
  private final float step;
  private final CodeQuery query;
  private final VisitedRows expanded;
  private final CandidatePool frontier = new CandidatePool();
  private final CandidatePool found = new CandidatePool();
  private final float[] estimates = new float[CodeBlock.ROW_COUNT];
  private int last;
  private float lastDistance;
  private float productFactor;
  private float squaredNorm;
  private long expandedCount;
  private long codesScored;

  GraphWalk(
      CodeKernel kernel,
      VertexLayout layout,
      MemorySegment vertices,
      int vertexCount,
      float step,
      CodeQuery query) {
    this.kernel = kernel;
    this.layout = layout;
    this.vertices = vertices;
    this.vertexBytes = layout.sizeBytes();
    this.codesOffset = layout.codesOffset();
    this.codeBlockBytes = layout.codeBlock().sizeBytes();
    this.rowsOffset = layout.codeBlock().rowsOffset();
    this.vectorBytes = layout.vectorBytes();
    this.blockCount = layout.blockCount();
    this.step = step;
    this.query = query;
    this.expanded = new VisitedRows(vertexCount);
  }

  /// Begins a walk for the prepared query.
  ///
  /// @param effort how many candidates are kept
  /// @param foundMax how many expanded vertices are kept
  void start(int effort, int foundMax) {
    expanded.clear();
    frontier.reset(effort);
    found.reset(foundMax);
    productFactor = -2 * step * query.int8Step();
    squaredNorm = query.squaredNorm();
    expandedCount = 0;
    codesScored = 0;
  }

  /// Adds a vertex to begin at.
  void enter(int vertex, float estimate) {
    frontier.insert(vertex, estimate);
  }

  /// Expands until every candidate kept is expanded.
  void run() {
    while (next() != CandidatePool.NO_NODE) {
      keep();
    }
  }

  /// Expands the candidate estimated nearest; [CandidatePool#NO_NODE] when all are.
  int next() {
    int vertex = frontier.popNearest();
    while (vertex != CandidatePool.NO_NODE) {
      if (expanded.add(vertex)) {
        last = vertex;
        lastDistance = expand(vertex);
        return vertex;
      }
      vertex = frontier.popNearest();
    }
    return CandidatePool.NO_NODE;
  }

  /// Adds the vertex expanded last to those found.
  void keep() {
    found.insert(last, lastDistance);
  }

  /// @return the distance of the vertex
  private float expand(int vertex) {
    long at = vertex * vertexBytes;
    int product = kernel.int8Product(query.int8(), vertices, at, vectorBytes);
    float norms = squaredNorm + layout.squaredNorm(vertices, at);
    float distance = Math.max(0, product * productFactor + norms);
    expandedCount++;
    long block = at + codesOffset;
    for (int i = 0; i < blockCount; i++, block += codeBlockBytes) {
      int below = query.scan(vertices, block, distance, frontier.bound(), estimates);
      codesScored += CodeBlock.ROW_COUNT;
      offer(below, block + rowsOffset);
    }
    return distance;
  }

  private void offer(int below, long ids) {
    int lanes = below;
    while (lanes != 0) {
      int lane = Integer.numberOfTrailingZeros(lanes);
      lanes &= lanes - 1;
      int neighbor = vertices.get(LittleEndian.INT, ids + 4L * lane);
      if (!expanded.contains(neighbor)) {
        frontier.insert(neighbor, estimates[lane]);
      }
    }
  }

  /// The expanded vertices by distance.
  CandidatePool found() {
    return found;
  }

  boolean isExpanded(int vertex) {
    return expanded.contains(vertex);
  }

  long expandedCount() {
    return expandedCount;
  }

  long codesScored() {
    return codesScored;
  }
}
