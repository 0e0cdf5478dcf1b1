package quiver.vector.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/// The reference: one element, one word at a time. Counting bits needs no more than this: the JDK
/// turns it into the processor's instruction.
final class ScalarKeyKernel implements KeyKernel {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public void gatherHalves(
      KernelOperation operation,
      MemorySegment query,
      int dimension,
      MemorySegment rows,
      long strideBytes,
      int[] rowNumbers,
      int count,
      float[] results) {
    for (int i = 0; i < count; i++) {
      long row = rowNumbers[i] * strideBytes;
      Objects.checkFromIndexSize(row, 2L * dimension, rows.byteSize());
      results[i] = halves(operation, query, dimension, rows, row);
    }
  }

  private static float halves(
      KernelOperation operation, MemorySegment query, int dimension, MemorySegment rows, long row) {
    float sum = 0;
    for (int i = 0; i < dimension; i++) {
      float a = query.get(FLOAT, 4L * i);
      float b = Float.float16ToFloat(rows.get(SHORT, row + 2L * i));
      sum +=
          switch (operation) {
            case SQUARED_L2 -> (a - b) * (a - b);
            case INNER_PRODUCT -> a * b;
            case L1 -> Math.abs(a - b);
          };
    }
    return sum;
  }

  @Override
  public void gatherHamming(
      MemorySegment query,
      int wordCount,
      MemorySegment rows,
      int[] rowNumbers,
      int count,
      float[] results) {
    for (int i = 0; i < count; i++) {
      long row = 8L * wordCount * rowNumbers[i];
      int differing = 0;
      for (int word = 0; word < wordCount; word++) {
        differing += Long.bitCount(query.get(LONG, 8L * word) ^ rows.get(LONG, row + 8L * word));
      }
      results[i] = differing;
    }
  }

  @Override
  public void gatherJaccard(
      MemorySegment query,
      int wordCount,
      MemorySegment rows,
      int[] rowNumbers,
      int count,
      float[] results) {
    for (int i = 0; i < count; i++) {
      long row = 8L * wordCount * rowNumbers[i];
      int common = 0;
      int either = 0;
      for (int word = 0; word < wordCount; word++) {
        long a = query.get(LONG, 8L * word);
        long b = rows.get(LONG, row + 8L * word);
        common += Long.bitCount(a & b);
        either += Long.bitCount(a | b);
      }
      results[i] = common == 0 ? 1 : 1 - (float) common / either;
    }
  }
}
