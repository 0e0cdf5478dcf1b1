package quiver.vector.kernel;

import java.lang.foreign.MemorySegment;

/// Sums over float32 vectors, in float arithmetic as pgvector does it. Stateless, safe for every
/// thread.
///
/// Within one implementation a pair of vectors gives the same bits in every form (one to one, scan,
/// gather, heap or off-heap), so a distance computed by an index equals the one computed by a SQL
/// expression. Two implementations differ by rounding.
///
/// Off-heap rows are row-major little-endian float32: row `r` starts at byte `r × dimension × 4` of
/// its segment. Segments must be native or mapped; a heap segment is refused. The SIMD
/// implementation reads raw addresses after checking the bounds of the whole call, so the caller
/// must keep the segment's arena open until the call returns.
///
/// Every method throws [IndexOutOfBoundsException] when an array, segment or row number does not
/// fit; bounds are checked once a call, before the first element is read.
public interface VectorKernel {
  /// The implementation, for example `scalar` or `vector-512`.
  String name();

  /// One to one on the heap: elements `[aOffset, aOffset + dimension)` of `a` against `b`.
  float compute(
      KernelOperation operation, float[] a, int aOffset, float[] b, int bOffset, int dimension);

  /// One query against consecutive rows on the heap.
  ///
  /// @param rows row-major; row `r` starts at element `r × dimension`
  /// @param results output, at least `rowCount` long
  void scan(
      KernelOperation operation,
      float[] query,
      float[] rows,
      int firstRow,
      int rowCount,
      float[] results);

  /// One query against consecutive off-heap rows.
  ///
  /// @param query `dimension` floats off-heap; fastest when 64-byte aligned
  /// @param results output, at least `rowCount` long
  void scan(
      KernelOperation operation,
      MemorySegment query,
      int dimension,
      MemorySegment rows,
      int firstRow,
      int rowCount,
      float[] results);

  /// One query against `count` off-heap rows picked by number.
  ///
  /// @param rowNumbers the first `count` are read
  /// @param results output, at least `count` long; `results[i]` belongs to `rowNumbers[i]`
  void gather(
      KernelOperation operation,
      MemorySegment query,
      int dimension,
      MemorySegment rows,
      int[] rowNumbers,
      int count,
      float[] results);

  /// As the off-heap `scan`, both sums that a cosine needs in one pass.
  ///
  /// @param products output: inner product of the query and each row
  /// @param squaredNorms output: inner product of each row with itself
  void scanCosine(
      MemorySegment query,
      int dimension,
      MemorySegment rows,
      int firstRow,
      int rowCount,
      float[] products,
      float[] squaredNorms);

  /// As `gather`, both sums that a cosine needs in one pass.
  void gatherCosine(
      MemorySegment query,
      int dimension,
      MemorySegment rows,
      int[] rowNumbers,
      int count,
      float[] products,
      float[] squaredNorms);
}
