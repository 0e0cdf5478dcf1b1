package quiver.vector.graph;

import java.lang.foreign.MemorySegment;
import quiver.vector.index.LittleEndian;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.Int8Quantizer;

/// The layout of a vertex: its int8 vector, its squared norm where norms differ, padding to 64
/// bytes, and the code blocks of its neighbours, 32 in each, relative to the vertex.
///
/// @param rotatedDimension coordinates of a rotated vector
/// @param blockCount code blocks of a vertex
/// @param withNorm whether vertices have different norms; otherwise all are 1
record VertexLayout(int rotatedDimension, int blockCount, boolean withNorm) {
  private static final int ALIGNMENT = 64;

  int degree() {
    return blockCount * CodeBlock.ROW_COUNT;
  }

  int vectorBytes() {
    return Int8Quantizer.vectorBytes(rotatedDimension);
  }

  CodeBlock codeBlock() {
    return new CodeBlock(rotatedDimension);
  }

  long codesOffset() {
    long bytes = (long) vectorBytes() + (withNorm ? Float.BYTES : 0);
    return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
  }

  long sizeBytes() {
    return codesOffset() + blockCount * codeBlock().sizeBytes();
  }

  /// Where a vertex starts.
  long offset(int vertex) {
    return vertex * sizeBytes();
  }

  float squaredNorm(MemorySegment vertices, long offset) {
    return withNorm ? vertices.get(LittleEndian.FLOAT, offset + vectorBytes()) : 1;
  }

  void setSquaredNorm(MemorySegment vertices, long offset, float value) {
    if (withNorm) {
      vertices.set(LittleEndian.FLOAT, offset + vectorBytes(), value);
    }
  }
}
