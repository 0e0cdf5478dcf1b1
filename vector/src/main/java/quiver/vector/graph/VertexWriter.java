package quiver.vector.graph;

import java.lang.foreign.MemorySegment;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeEncoder;
import quiver.vector.quantize.CodeScore;

/// Writes the blocks of vertices. Scratch inside: used by one thread.
final class VertexWriter {
  private final BuildVectors vectors;
  private final VertexLayout layout;
  private final CodeEncoder encoder;

  VertexWriter(BuildVectors vectors, VertexLayout layout) {
    this.vectors = vectors;
    this.layout = layout;
    this.encoder = new CodeEncoder(vectors.kernel(), CodeScore.SQUARED_L2, layout.codeBlock());
  }

  void write(int vertex, NeighborLists lists, MemorySegment vertices) {
    long at = layout.offset(vertex);
    MemorySegment.copy(vectors.int8(), vectors.offset(vertex), vertices, at, vectors.vectorBytes());
    layout.setSquaredNorm(vertices, at, vectors.squaredNorm(vertex));
    long block = at + layout.codesOffset();
    int first = vertex * lists.degree;
    for (int i = 0; i < lists.degree; i++) {
      int lane = i % CodeBlock.ROW_COUNT;
      if (lane == 0) {
        block += i == 0 ? 0 : layout.codeBlock().sizeBytes();
        encoder.clear(vertices, block);
      }
      if (i < lists.counts[vertex]) {
        int neighbor = lists.ids[first + i];
        encoder.writeInt8(
            vertices,
            block,
            lane,
            neighbor,
            vectors.int8(),
            vectors.offset(neighbor),
            vectors.offset(vertex),
            vectors.vectorBytes(),
            vectors.step(),
            lists.distances[first + i]);
      }
    }
  }
}
