package quiver.vector.graph;

import java.lang.foreign.MemorySegment;
import quiver.common.column.RowMask;
import quiver.vector.graph.CodeGraphFile.Section;
import quiver.vector.index.CandidatePool;
import quiver.vector.kernel.CodeKernel;
import quiver.vector.quantize.CodeQuery;

/// Compares the rows of a mask by the int8 vectors of their vertices, wherever these are: a quarter
/// of the memory that the rows themselves take, and fetched ahead. Scratch inside: used by one
/// thread.
final class VertexScan {
  /// Vertices compared at once, while as many are on their way from memory.
  private static final int BATCH = 16;

  /// Candidates kept beyond `k`: those that rounding may have put behind it. Far from a query there
  /// are hundreds.
  private static final int MARGIN = 2_000;

  private final CodeGraphIndex index;
  private final CodeKernel kernel;
  private final VertexLayout layout;
  private final MemorySegment vertices;
  private final int[] batch = new int[2 * BATCH];
  private final int[] batchRows = new int[2 * BATCH];
  private final int[] products = new int[BATCH];
  private final CandidatePool nearest = new CandidatePool();
  private CodeQuery query;
  private int k;
  private int count;
  private float error;
  private float limit;
  private float threshold;
  private long compared;
  private int touched;

  VertexScan(CodeGraphIndex index, CodeQuery query) {
    this.index = index;
    this.kernel = index.codes();
    this.layout = index.file().header().layout();
    this.vertices = index.file().section(Section.VERTICES);
    this.query = query;
  }

  /// Finds the rows of a mask that may be among its nearest `newK`; rows without a vertex are left
  /// out.
  ///
  /// @param newQuery prepared
  /// @param newLimit rows at a greater squared distance are of no use
  /// @param newError how far two int8 distances may be off against each other
  void run(RowMask mask, CodeQuery newQuery, int newK, float newLimit, float newError) {
    query = newQuery;
    k = newK;
    limit = newLimit;
    error = newError;
    threshold = newLimit + newError;
    nearest.reset(newK + MARGIN);
    count = 0;
    compared = 0;
    long[] words = mask.words();
    for (int word = 0; word < words.length; word++) {
      for (long bits = words[word]; bits != 0; bits &= bits - 1) {
        add((word << 6) + Long.numberOfTrailingZeros(bits));
      }
    }
    while (count > 0) {
      compare();
    }
  }

  private void add(int row) {
    int vertex = index.vertexOf(row);
    if (vertex < 0) {
      return;
    }
    touched += kernel.prefetch(vertices, layout.offset(vertex), layout.codesOffset());
    batch[count] = vertex;
    batchRows[count++] = row;
    if (count == batch.length) {
      compare();
    }
  }

  /// Compares the vertices that were added first.
  private void compare() {
    int size = Math.min(BATCH, count);
    kernel.int8Products(
        query.int8(), vertices, layout.sizeBytes(), batch, size, layout.vectorBytes(), products);
    float factor = -2 * index.file().header().step() * query.int8Step();
    for (int i = 0; i < size; i++) {
      float norms = query.squaredNorm() + layout.squaredNorm(vertices, layout.offset(batch[i]));
      float distance = Math.max(0, products[i] * factor + norms);
      if (distance <= threshold && nearest.insert(batchRows[i], distance) && nearest.size() >= k) {
        threshold = Math.min(limit, nearest.score(k - 1)) + error;
        // What is farther now would only be in the way of later insertions.
        nearest.trim(threshold);
      }
    }
    compared += size;
    count -= size;
    System.arraycopy(batch, size, batch, 0, count);
    System.arraycopy(batchRows, size, batchRows, 0, count);
  }

  /// The nearest rows by int8 distance; those that may be among the nearest `k`, and a few more.
  CandidatePool nearest() {
    return nearest;
  }

  /// The distance above which a row is none of the nearest `k`.
  float threshold() {
    return threshold;
  }

  /// Rows compared.
  long compared() {
    return compared;
  }

  /// Keeps the touched bytes alive; see [CodeKernel#prefetch].
  int touched() {
    return touched;
  }
}
