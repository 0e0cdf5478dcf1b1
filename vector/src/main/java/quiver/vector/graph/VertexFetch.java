package quiver.vector.graph;

import java.lang.foreign.MemorySegment;
import quiver.vector.kernel.CodeKernel;

/// Has memory bring a vertex before it is read, in two parts.
///
/// A vertex lies on pages that nothing has touched for long. While the processor looks one up, it
/// takes some thirty requests and drops those beyond: of 38 lines asked for at once half a dozen
/// did not come, and the first read of one waited as long as if none had been asked for (160 ns
/// before six of ten vertices, measured on a Zen 5; with two parts 16 ns before nine of ten). So a
/// few lines come first, with one of the page that the vertex ends on, and the others a moment
/// later. Used by one thread.
final class VertexFetch {
  private static final long FIRST_BYTES = 1024;
  private static final long LINE_BYTES = 64;

  private final CodeKernel kernel;
  private final MemorySegment vertices;
  private final long vertexBytes;
  private final long firstBytes;
  private int touched;

  /// @param vertexBytes a multiple of 64
  VertexFetch(CodeKernel kernel, MemorySegment vertices, long vertexBytes) {
    this.kernel = kernel;
    this.vertices = vertices;
    this.vertexBytes = vertexBytes;
    this.firstBytes = Math.min(FIRST_BYTES, vertexBytes);
  }

  /// Asks for the first part.
  void begin(int vertex) {
    long at = vertex * vertexBytes;
    touched += kernel.prefetch(vertices, at + vertexBytes - LINE_BYTES, LINE_BYTES);
    touched += kernel.prefetch(vertices, at, firstBytes);
  }

  /// Asks for the rest of a vertex begun before.
  void complete(int vertex) {
    long at = vertex * vertexBytes + firstBytes;
    touched += kernel.prefetch(vertices, at, vertexBytes - firstBytes);
  }

  /// Keeps the touched bytes alive; see [CodeKernel#prefetch].
  int touched() {
    return touched;
  }
}
