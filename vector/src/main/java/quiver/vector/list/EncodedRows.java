package quiver.vector.list;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import quiver.vector.index.LittleEndian;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.Int8Quantizer;

/// Rows encoded in row order: codes in blocks of 32 consecutive rows, each relative to the centre
/// of its own list, and int8 vectors. What a build arranges into lists.
///
/// Two threads may write rows of different blocks.
final class EncodedRows {
  /// The list of a row without a vector.
  static final int ABSENT = -1;

  /// The list of a row that has a vector and no codes.
  static final int UNCODED = -2;

  private final CodeBlock layout;
  private final boolean coded;
  private final int[] lists;
  private final float[] steps;
  private final float[] squaredNorms;
  private final MemorySegment blocks;
  private final MemorySegment int8;
  private final int int8Bytes;

  EncodedRows(ListCodebook codebook, int rowCount, Arena arena) {
    int rotated = codebook.rotation().rotatedDimension();
    this.layout = new CodeBlock(rotated);
    this.coded = codebook.isCoded();
    this.int8Bytes = Int8Quantizer.vectorBytes(rotated);
    this.lists = new int[rowCount];
    Arrays.fill(lists, ABSENT);
    int codedRows = coded ? rowCount : 0;
    this.steps = new float[codedRows];
    this.squaredNorms = new float[codedRows];
    long blockCount = Math.ceilDiv(codedRows, CodeBlock.ROW_COUNT);
    this.blocks = arena.allocate(blockCount * layout.sizeBytes(), 64);
    this.int8 = arena.allocate((long) codedRows * int8Bytes, 64);
  }

  int list(int row) {
    return lists[row];
  }

  void setList(int row, int list) {
    lists[row] = list;
  }

  float step(int row) {
    return coded ? steps[row] : 0;
  }

  float squaredNorm(int row) {
    return coded ? squaredNorms[row] : 0;
  }

  void setScalars(int row, float step, float squaredNorm) {
    steps[row] = step;
    squaredNorms[row] = squaredNorm;
  }

  MemorySegment blocks() {
    return blocks;
  }

  long blockOffset(int row) {
    return row / CodeBlock.ROW_COUNT * layout.sizeBytes();
  }

  MemorySegment int8() {
    return int8;
  }

  long int8Offset(int row) {
    return (long) row * int8Bytes;
  }

  /// Whether the code of a row is made of finite numbers.
  boolean isFinite(int row) {
    long at = blockOffset(row) + 4L * (row % CodeBlock.ROW_COUNT);
    return Float.isFinite(blocks.get(LittleEndian.FLOAT, at + layout.addOffset()))
        && Float.isFinite(blocks.get(LittleEndian.FLOAT, at + layout.factorOffset()));
  }
}
