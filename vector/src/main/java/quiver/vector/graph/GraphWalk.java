package quiver.vector.graph;

import java.lang.foreign.MemorySegment;
import quiver.vector.index.CandidatePool;
import quiver.vector.index.LittleEndian;
import quiver.vector.kernel.CodeKernel;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeQuery;

/// Walks the graph towards a query by estimates. Scratch inside: used by one thread.
///
/// A vertex that is expanded gets an int8 distance, and one scan of its block estimates all its
/// neighbours. The walk ends when the best estimate left, less a number of its standard deviations,
/// is above the distance of the `k`-th vertex found: easy queries end early. Against a fixed number
/// of candidates this halves the vertices read for recall 0.98; the mean of all estimates of a
/// vertex, instead of the last, saves another sixth.
///
/// Source: SymphonyQG (Gou, Gao, Xu and Long, SIGMOD 2025), which keeps a fixed number.
final class GraphWalk {
  /// Keeps a variance from being zero where a neighbour equals its vertex.
  private static final float VARIANCE_MIN = 1e-9f;

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
  private final float factorMean;
  private final CodeQuery query;
  private final Frontier frontier = new Frontier();
  private final CandidatePool found = new CandidatePool();
  private final float[] estimates = new float[CodeBlock.ROW_COUNT];
  private int last;
  private float lastDistance;
  private float productFactor;
  private float squaredNorm;
  private int k;
  private float deviations;
  private long expandedCount;
  private long codesScored;
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
    this.factorMean = factorMean;
    this.query = query;
  }

  /// Begins a walk for the prepared query.
  ///
  /// @param newK the found vertex whose distance ends the walk
  /// @param foundMax how many expanded vertices are kept, at least `newK`
  /// @param newDeviations standard deviations by which an estimate may be wrong
  void start(int newK, int foundMax, float newDeviations) {
    frontier.clear();
    found.reset(foundMax);
    k = newK;
    deviations = newDeviations;
    productFactor = -2 * step * query.int8Step();
    squaredNorm = query.squaredNorm();
    expandedCount = 0;
    codesScored = 0;
  }

  /// Adds a vertex to begin at.
  void enter(int vertex) {
    frontier.offer(vertex, 0, VARIANCE_MIN);
  }

  /// Expands until the end of the walk.
  void run() {
    while (next() != CandidatePool.NO_NODE) {
      keep();
    }
  }

  /// Expands the candidate estimated nearest; [CandidatePool#NO_NODE] at the end of the walk.
  int next() {
    int vertex = frontier.pop();
    if (vertex == CandidatePool.NO_NODE || isHopeless()) {
      return CandidatePool.NO_NODE;
    }
    touchFollowing();
    last = vertex;
    lastDistance = expand(vertex);
    return vertex;
  }

  /// Whether the vertex popped last, and so every other, is farther than what was found.
  private boolean isHopeless() {
    if (found.size() < k) {
      return false;
    }
    double deviation = CodeQuery.STANDARD_ERROR / Math.sqrt(frontier.poppedWeight());
    return frontier.poppedScore() - deviations * deviation > found.score(k - 1);
  }

  /// The candidate after this one is likely to be next: its block comes from memory meanwhile.
  private void touchFollowing() {
    int following = frontier.peek();
    if (following != CandidatePool.NO_NODE) {
      touched += kernel.touch(vertices, following * vertexBytes, vertexBytes);
    }
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
      int below = query.scan(vertices, block, distance, offerBound(distance), estimates);
      codesScored += CodeBlock.ROW_COUNT;
      offer(below, block, distance);
    }
    return distance;
  }

  /// Above it an estimate would not be expanded, whatever the others say.
  private float offerBound(float distance) {
    if (found.size() < k) {
      return Float.POSITIVE_INFINITY;
    }
    float deviation = CodeQuery.STANDARD_ERROR * factorMean * (float) Math.sqrt(distance);
    return found.score(k - 1) + deviations * deviation;
  }

  private void offer(int below, long block, float distance) {
    int lanes = below;
    while (lanes != 0) {
      int lane = Integer.numberOfTrailingZeros(lanes);
      lanes &= lanes - 1;
      int neighbor = vertices.get(LittleEndian.INT, block + rowsOffset + 4L * lane);
      float factor = vertices.get(LittleEndian.FLOAT, block + factorOffset + 4L * lane);
      float variance = factor * factor * distance + VARIANCE_MIN;
      frontier.offer(neighbor, estimates[lane], 1 / variance);
    }
  }

  /// The expanded vertices by distance.
  CandidatePool found() {
    return found;
  }

  boolean isExpanded(int vertex) {
    return frontier.isPopped(vertex);
  }

  long expandedCount() {
    return expandedCount;
  }

  long codesScored() {
    return codesScored;
  }

  /// Keeps the touched bytes alive; see [CodeKernel#touch].
  int touched() {
    return touched;
  }
}
