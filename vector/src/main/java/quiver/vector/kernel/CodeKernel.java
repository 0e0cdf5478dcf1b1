package quiver.vector.kernel;

import java.lang.foreign.MemorySegment;

/// The loops over quantised vectors: 1-bit codes in blocks of [#BLOCK_ROWS] rows, int8 products,
/// and the float loops that make and search them. Stateless, safe for every thread.
///
/// **Code block.** 15 dimensions of 32 rows fill 64 bytes: lane `i` (int16, little endian) holds
/// three groups of five sign bits of row `i`, the first dimension lowest, bit 15 unused. A block
/// has `ceil(dimension / 15)` such vectors. A query becomes one table of 32 sums for each group; a
/// 512-bit permutation then looks a group up for all 32 rows at once, in 16 bits: what André and
/// others did with 4-bit groups and 8-bit sums ("Cache locality is not enough", 2015), without
/// rounding the sums to 8 bits.
///
/// Segments are native or mapped, and stay open until the call returns. Every method throws
/// [IndexOutOfBoundsException] when an array or segment is too short. Integer sums are the same in
/// every implementation, and so are estimates; the float sums differ by rounding.
public interface CodeKernel {
  /// Rows of a code block.
  int BLOCK_ROWS = 32;

  /// Dimensions that one int16 lane holds.
  int LANE_DIMENSIONS = 15;

  /// Bytes of one vector of lanes: 32 rows of an int16.
  int LANE_VECTOR_BYTES = 2 * BLOCK_ROWS;

  /// The step int8 vectors are padded to, in bytes.
  int INT8_STEP = 64;

  /// Columns of a panel of [#products].
  int PANEL_COLUMNS = 32;

  /// Floats that [#butterflies] treats as one row.
  int ROW_FLOATS = 16;

  /// The implementation, for example `scalar` or `vector-512`.
  String name();

  /// Vectors of lanes in the codes of `dimension` dimensions.
  static int laneVectorCount(int dimension) {
    return (dimension + LANE_DIMENSIONS - 1) / LANE_DIMENSIONS;
  }

  /// Bytes of the tables of a query of `dimension` dimensions.
  static long tableBytes(int dimension) {
    return 3L * laneVectorCount(dimension) * LANE_VECTOR_BYTES;
  }

  /// Fills the tables of a query: for each group of five dimensions the 32 signed sums.
  ///
  /// @param query the query in whole steps, `15 × laneVectorCount`, zeros behind the dimension. The
  ///   sum of all magnitudes must fit 16 bits
  /// @param tables output
  void fillTables(short[] query, int laneVectorCount, MemorySegment tables);

  /// Has a block brought to the cache while something else is computed: by the processor's prefetch
  /// instruction where it can be had, else by reading a byte of each cache line.
  ///
  /// @return the sum of what was read, to be kept by the caller, or the reads may be left out
  int prefetch(MemorySegment blocks, long offset, long byteCount);

  /// Estimates the 32 rows of a block: `base + add + factor × step × sum`, where `sum` is the
  /// signed sum of the query's steps, and `add` and `factor` are the 32 floats each that follow the
  /// codes in the block.
  ///
  /// @param offset of the block, in bytes
  /// @param estimates output, at least 32 long
  /// @return bit `i` is set when estimate `i` is below `bound`
  int scan(
      MemorySegment tables,
      int laneVectorCount,
      MemorySegment blocks,
      long offset,
      float step,
      float base,
      float bound,
      float[] estimates);

  /// Inner product of an int16 query and an int8 vector, both within ±127.
  ///
  /// @param byteCount padded to a multiple of [#INT8_STEP]
  int int8Product(MemorySegment query, MemorySegment vectors, long offset, int byteCount);

  /// Inner products of an int16 query and `count` int8 vectors; vector `i` starts at byte `rows[i]
  /// × stride`.
  void int8Products(
      MemorySegment query,
      MemorySegment vectors,
      long stride,
      int[] rows,
      int count,
      int byteCount,
      int[] products);

  /// Makes a query of an int8 vector: the same numbers as int16.
  ///
  /// @param byteCount padded to a multiple of [#INT8_STEP]
  /// @param query output, `2 × byteCount` bytes
  void widenInt8(MemorySegment vectors, long offset, int byteCount, MemorySegment query);

  /// Makes floats of an int8 vector.
  ///
  /// @param dimension floats wanted, a multiple of [#ROW_FLOATS]
  /// @param result output, `result[i] = vector[i] × step`
  void int8ToFloats(MemorySegment vectors, long offset, int dimension, float step, float[] result);

  /// The differences `x = vector - centre` in one pass: their signs and four sums.
  ///
  /// @param dimension a multiple of [#ROW_FLOATS]
  /// @param signs output: bit `i` is set when `x[i] > 0`
  /// @param sums output: sum of `x²`, of `|x|`, of `±centre` with the signs, of `x × centre`
  void differences(
      float[] vector,
      int vectorOffset,
      float[] centre,
      int centreOffset,
      int dimension,
      long[] signs,
      float[] sums);

  /// As [#differences] on int8 vectors, in whole steps.
  ///
  /// @param byteCount a multiple of [#INT8_STEP]
  /// @param sums output: sum of `|x|`, of `±centre` with the signs
  void int8Differences(
      MemorySegment vectors,
      long vectorOffset,
      long centreOffset,
      int byteCount,
      long[] signs,
      int[] sums);

  /// A Walsh-Hadamard transform across `rowCount` (a power of two) rows of 16 floats, not scaled:
  /// sums and differences only, so every implementation gives the same bits.
  void butterflies(float[] values, int offset, int rowCount);

  /// Inner products of some rows with the 32 columns of a panel.
  ///
  /// @param rows row `r` starts at element `rowOffset + r × stride`
  /// @param panel element `32 × i + c` from `panelOffset` is dimension `i` of column `c`
  /// @param products output: element `32 × r + c`
  void products(
      float[] rows,
      int rowOffset,
      int stride,
      int rowCount,
      float[] panel,
      int panelOffset,
      int dimension,
      float[] products);
}
