package quiver.vector.kernel;

import java.lang.foreign.MemorySegment;

/// Sums over keys of an index that are not float32: half vectors and bit strings. Stateless, safe
/// for every thread.
///
/// Rows are native or mapped and little endian; row `r` starts at byte `r × stride`. Whoever calls
/// keeps the arena open until the call returns.
public interface KeyKernel {
  /// The implementation, for example `scalar`.
  String name();

  /// One float32 query against binary16 rows picked by number, in float arithmetic.
  ///
  /// @param query `dimension` floats, off-heap
  /// @param strideBytes at least `2 × dimension`
  /// @param results output, at least `count` long
  void gatherHalves(
      KernelOperation operation,
      MemorySegment query,
      int dimension,
      MemorySegment rows,
      long strideBytes,
      int[] rowNumbers,
      int count,
      float[] results);

  /// Bits that differ between a query and rows picked by number.
  ///
  /// @param query `wordCount` 64-bit words, off-heap
  /// @param rows rows of `wordCount` words
  void gatherHamming(
      MemorySegment query,
      int wordCount,
      MemorySegment rows,
      int[] rowNumbers,
      int count,
      float[] results);

  /// Jaccard distances between a query and rows picked by number: one minus the bits both have over
  /// the bits either has; 1 when they have none in common.
  void gatherJaccard(
      MemorySegment query,
      int wordCount,
      MemorySegment rows,
      int[] rowNumbers,
      int count,
      float[] results);
}
