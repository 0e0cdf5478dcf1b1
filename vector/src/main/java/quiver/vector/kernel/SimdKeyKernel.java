package quiver.vector.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// The Vector API kernel for half vectors. A binary16 is widened in the lanes: its exponent and
/// fraction, shifted into a float's place, are a float that is smaller by 2^112, subnormals too, so
/// that one multiplication makes it exact.
///
/// Bits are counted by the scalar code, which the JIT already compiles to what there is.
final class SimdKeyKernel implements KeyKernel {
  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INT_LANES =
      VectorSpecies.of(int.class, LANES.vectorShape());
  private static final VectorSpecies<Short> HALF_LANES =
      VectorSpecies.of(short.class, VectorShape.forBitSize(LANES.vectorBitSize() / 2));
  private static final int LANE_COUNT = LANES.length();
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ORDER);

  /// Two to the difference of the exponents' biases, 127 - 15.
  private static final float SCALE = 0x1p112f;

  private static final int MAGNITUDE_MASK = 0x7fff;
  private static final int SIGN_MASK = 0x8000;
  private static final int FRACTION_SHIFT = 13;
  private static final int SIGN_SHIFT = 16;

  private final KeyKernel scalar = new ScalarKeyKernel();

  @Override
  public String name() {
    return "vector-" + LANES.vectorBitSize();
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
    Objects.checkFromIndexSize(0, 4L * dimension, query.byteSize());
    for (int i = 0; i < count; i++) {
      long row = rowNumbers[i] * strideBytes;
      Objects.checkFromIndexSize(row, 2L * dimension, rows.byteSize());
      results[i] =
          switch (operation) {
            case SQUARED_L2 -> squaredL2(query, dimension, rows, row);
            case INNER_PRODUCT -> innerProduct(query, dimension, rows, row);
            case L1 -> l1(query, dimension, rows, row);
          };
    }
  }

  private static float squaredL2(MemorySegment query, int dimension, MemorySegment rows, long row) {
    FloatVector sum = FloatVector.zero(LANES);
    int end = LANES.loopBound(dimension);
    for (int i = 0; i < end; i += LANE_COUNT) {
      IntVector bits =
          (IntVector)
              ShortVector.fromMemorySegment(HALF_LANES, rows, row + 2L * i, ORDER)
                  .convertShape(VectorOperators.ZERO_EXTEND_S2I, INT_LANES, 0);
      FloatVector magnitude =
          bits.and(MAGNITUDE_MASK)
              .lanewise(VectorOperators.LSHL, FRACTION_SHIFT)
              .reinterpretAsFloats()
              .mul(SCALE);
      FloatVector half =
          magnitude
              .reinterpretAsInts()
              .or(bits.and(SIGN_MASK).lanewise(VectorOperators.LSHL, SIGN_SHIFT))
              .reinterpretAsFloats();
      FloatVector difference = FloatVector.fromMemorySegment(LANES, query, 4L * i, ORDER).sub(half);
      sum = difference.fma(difference, sum);
    }
    float total = LaneSum.of(sum);
    for (int i = end; i < dimension; i++) {
      float difference = query.get(FLOAT, 4L * i) - half(rows, row, i);
      total += difference * difference;
    }
    return total;
  }

  private static float half(MemorySegment rows, long row, int i) {
    return Float.float16ToFloat(rows.get(SHORT, row + 2L * i));
  }

  private static float innerProduct(
      MemorySegment query, int dimension, MemorySegment rows, long row) {
    FloatVector sum = FloatVector.zero(LANES);
    int end = LANES.loopBound(dimension);
    for (int i = 0; i < end; i += LANE_COUNT) {
      IntVector bits =
          (IntVector)
              ShortVector.fromMemorySegment(HALF_LANES, rows, row + 2L * i, ORDER)
                  .convertShape(VectorOperators.ZERO_EXTEND_S2I, INT_LANES, 0);
      FloatVector magnitude =
          bits.and(MAGNITUDE_MASK)
              .lanewise(VectorOperators.LSHL, FRACTION_SHIFT)
              .reinterpretAsFloats()
              .mul(SCALE);
      FloatVector half =
          magnitude
              .reinterpretAsInts()
              .or(bits.and(SIGN_MASK).lanewise(VectorOperators.LSHL, SIGN_SHIFT))
              .reinterpretAsFloats();
      sum = FloatVector.fromMemorySegment(LANES, query, 4L * i, ORDER).fma(half, sum);
    }
    float total = LaneSum.of(sum);
    for (int i = end; i < dimension; i++) {
      total += query.get(FLOAT, 4L * i) * half(rows, row, i);
    }
    return total;
  }

  private static float l1(MemorySegment query, int dimension, MemorySegment rows, long row) {
    FloatVector sum = FloatVector.zero(LANES);
    int end = LANES.loopBound(dimension);
    for (int i = 0; i < end; i += LANE_COUNT) {
      IntVector bits =
          (IntVector)
              ShortVector.fromMemorySegment(HALF_LANES, rows, row + 2L * i, ORDER)
                  .convertShape(VectorOperators.ZERO_EXTEND_S2I, INT_LANES, 0);
      FloatVector magnitude =
          bits.and(MAGNITUDE_MASK)
              .lanewise(VectorOperators.LSHL, FRACTION_SHIFT)
              .reinterpretAsFloats()
              .mul(SCALE);
      FloatVector half =
          magnitude
              .reinterpretAsInts()
              .or(bits.and(SIGN_MASK).lanewise(VectorOperators.LSHL, SIGN_SHIFT))
              .reinterpretAsFloats();
      sum = sum.add(FloatVector.fromMemorySegment(LANES, query, 4L * i, ORDER).sub(half).abs());
    }
    float total = LaneSum.of(sum);
    for (int i = end; i < dimension; i++) {
      total += Math.abs(query.get(FLOAT, 4L * i) - half(rows, row, i));
    }
    return total;
  }

  @Override
  public void gatherHamming(
      MemorySegment query,
      int wordCount,
      MemorySegment rows,
      int[] rowNumbers,
      int count,
      float[] results) {
    scalar.gatherHamming(query, wordCount, rows, rowNumbers, count, results);
  }

  @Override
  public void gatherJaccard(
      MemorySegment query,
      int wordCount,
      MemorySegment rows,
      int[] rowNumbers,
      int count,
      float[] results) {
    scalar.gatherJaccard(query, wordCount, rows, rowNumbers, count, results);
  }
}
