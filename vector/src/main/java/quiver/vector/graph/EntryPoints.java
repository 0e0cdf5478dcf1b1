package quiver.vector.graph;

import java.lang.foreign.MemorySegment;
import quiver.vector.index.CandidatePool;
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
  /// @param found scratch
  int nearestOne(VectorKernel kernel, CodeQuery query, float[] estimates, CandidatePool found) {
    found.reset(1);
    nearest(kernel, query, estimates, found);
    return found.size() == 0 ? layout.row(blocks, 0, 0) : found.node(0);
  }

  /// The entries estimated nearest.
  ///
  /// @param estimates scratch, 32 floats
  /// @param found output: as many as it has room for
  void nearest(VectorKernel kernel, CodeQuery query, float[] estimates, CandidatePool found) {
    int dimension = centre.length;
    float base =
        kernel.compute(KernelOperation.SQUARED_L2, centre, 0, query.rotated(), 0, dimension);
    for (long at = 0; at < blocks.byteSize(); at += layout.sizeBytes()) {
      int below = query.scan(blocks, at, base, found.bound(), estimates);
      while (below != 0) {
        int lane = Integer.numberOfTrailingZeros(below);
        below &= below - 1;
        found.insert(layout.row(blocks, at, lane), estimates[lane]);
      }
    }
  }
}
