package quiver.vector.graph;

import java.lang.foreign.MemorySegment;
import quiver.vector.index.LittleEndian;
import quiver.vector.kernel.KernelOperation;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeQuery;

/// A few hundred vertices spread over the data, coded relative to their mean: a search begins at
/// the one estimated nearest. Immutable.
///
/// @param centre the rotated mean
/// @param blocks code blocks whose rows are vertices
record EntryPoints(CodeBlock layout, float[] centre, MemorySegment blocks) {
  /// @param memory the rotated mean, `dimension` floats
  static EntryPoints of(CodeBlock layout, MemorySegment memory, MemorySegment blocks) {
    float[] centre = new float[layout.dimension()];
    if (memory.byteSize() > 0) {
      MemorySegment.copy(memory, LittleEndian.FLOAT, 0, centre, 0, centre.length);
    }
    return new EntryPoints(layout, centre, blocks);
  }

  /// The entry estimated nearest.
  ///
  /// @param estimates scratch, 32 floats
  int nearest(VectorKernel kernel, CodeQuery query, float[] estimates) {
    int dimension = centre.length;
    float base =
        kernel.compute(KernelOperation.SQUARED_L2, centre, 0, query.rotated(), 0, dimension);
    float best = Float.POSITIVE_INFINITY;
    int nearest = layout.row(blocks, 0, 0);
    for (long at = 0; at < blocks.byteSize(); at += layout.sizeBytes()) {
      int below = query.scan(blocks, at, base, best, estimates);
      while (below != 0) {
        int lane = Integer.numberOfTrailingZeros(below);
        below &= below - 1;
        if (estimates[lane] < best) {
          best = estimates[lane];
          nearest = layout.row(blocks, at, lane);
        }
      }
    }
    return nearest;
  }
}
