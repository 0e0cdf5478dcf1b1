package quiver.vector.index;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// A query copied off-heap to a cache line boundary, where the kernels read it fastest. Freed with
/// its owner by the garbage collector. Used by one thread.
final class QueryScratch {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int CACHE_LINE_BYTES = 64;

  private final int dimension;
  private final MemorySegment segment;

  QueryScratch(int dimension) {
    this.dimension = dimension;
    this.segment = Arena.ofAuto().allocate((long) dimension * Float.BYTES, CACHE_LINE_BYTES);
  }

  /// @throws QuiverException `22000` if the dimensions differ
  void set(float[] query) {
    if (query.length != dimension) {
      throw new QuiverException(
          SqlState.DATA_EXCEPTION,
          "different vector dimensions %d and %d",
          dimension,
          query.length);
    }
    MemorySegment.copy(query, 0, segment, FLOAT, 0, dimension);
  }

  MemorySegment segment() {
    return segment;
  }
}
