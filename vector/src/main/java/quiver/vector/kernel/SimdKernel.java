package quiver.vector.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// The Vector API kernel.
///
/// Every form sums a row in the same order, so that a pair of vectors always gives the same bits:
/// two accumulators over alternating blocks of lanes, the tail added under a mask, and a pairwise
/// tree over the lanes that is spelled out because `reduceLanes` may add in another order when it
/// is interpreted. Four rows are summed at once: eight independent chains fill the multiply-add
/// units, and four rows' cache misses overlap.
///
/// Off-heap rows are read by raw address through one constant segment that spans all memory.
/// Passing segments of several classes (allocated, mapped) through one loop costs two to three
/// times as much, because the profile is polluted. Hence [KernelBounds] at the head of each call.
final class SimdKernel implements VectorKernel {
  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
  static final int LANE_COUNT = LANES.length();
  private static final int LANE_BYTES = LANE_COUNT * Float.BYTES;
  private static final int PAIR = 2 * LANE_COUNT;
  private static final int PAIR_BYTES = PAIR * Float.BYTES;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  @SuppressWarnings("restricted") // every call is checked by KernelBounds first
  private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  /// Masked loads only where the processor has them: elsewhere the JDK reads the whole vector and
  /// blends, which could cross the end of a mapping.
  private static final boolean MASKED_TAIL =
      LANE_COUNT >= 8 && System.getProperty("os.arch", "").equals("amd64");

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);

  private static final VectorShuffle<Float> ROTATE_8 = rotation(8);
  private static final VectorShuffle<Float> ROTATE_4 = rotation(4);
  private static final VectorShuffle<Float> ROTATE_2 = rotation(2);
  private static final VectorShuffle<Float> ROTATE_1 = rotation(1);

  private static VectorShuffle<Float> rotation(int by) {
    return VectorShuffle.fromOp(LANES, lane -> (lane + by) % LANE_COUNT);
  }

  @Override
  public String name() {
    return "vector-" + LANES.vectorBitSize();
  }

  /// The sum of all lanes: halves added until one is left.
  private static float sum(FloatVector v) {
    if (LANE_COUNT >= 16) {
      v = v.add(v.rearrange(ROTATE_8));
    }
    if (LANE_COUNT >= 8) {
      v = v.add(v.rearrange(ROTATE_4));
    }
    v = v.add(v.rearrange(ROTATE_2));
    return v.add(v.rearrange(ROTATE_1)).lane(0);
  }

  private static FloatVector load(long address) {
    return FloatVector.fromMemorySegment(LANES, ALL, address, ORDER);
  }

  /// The first `remaining` floats at `address`, zero in the lanes above.
  private static FloatVector loadTail(long address, int remaining) {
    if (MASKED_TAIL) {
      VectorMask<Float> mask = LANES.indexInRange(0, remaining);
      return FloatVector.fromMemorySegment(LANES, ALL, address, ORDER, mask);
    }
    FloatVector tail = FloatVector.zero(LANES);
    for (int i = 0; i < remaining; i++) {
      tail = tail.withLane(i, ALL.get(FLOAT, address + (long) i * Float.BYTES));
    }
    return tail;
  }

  private static FloatVector loadTail(float[] values, int offset, int remaining) {
    return FloatVector.fromArray(LANES, values, offset, LANES.indexInRange(0, remaining));
  }

  @Override
  public float compute(
      KernelOperation operation, float[] a, int aOffset, float[] b, int bOffset, int dimension) {
    KernelBounds.heap(a, aOffset, b, bOffset, dimension);
    return switch (operation) {
      case SQUARED_L2 -> squaredL2(a, aOffset, b, bOffset, dimension);
      case INNER_PRODUCT -> innerProduct(a, aOffset, b, bOffset, dimension);
      case L1 -> l1(a, aOffset, b, bOffset, dimension);
    };
  }

  @Override
  public void scan(
      KernelOperation operation,
      float[] query,
      float[] rows,
      int firstRow,
      int rowCount,
      float[] results) {
    KernelBounds.heapRows(query.length, rows, firstRow, rowCount, results.length);
    for (int i = 0; i < rowCount; i++) {
      results[i] = compute(operation, query, 0, rows, (firstRow + i) * query.length, query.length);
    }
  }

  @Override
  public void scan(
      KernelOperation operation,
      MemorySegment query,
      int dimension,
      MemorySegment rows,
      int firstRow,
      int rowCount,
      float[] results) {
    KernelBounds.query(query, dimension);
    KernelBounds.scan(dimension, rows, firstRow, rowCount, results.length);
    long q = query.address();
    long rowBytes = (long) dimension * Float.BYTES;
    long r = rows.address() + firstRow * rowBytes;
    int i = 0;
    for (; i <= rowCount - 4; i += 4, r += 4 * rowBytes) {
      fourRows(
          operation, q, r, r + rowBytes, r + 2 * rowBytes, r + 3 * rowBytes, dimension, results, i);
    }
    for (; i < rowCount; i++, r += rowBytes) {
      results[i] = oneRow(operation, q, r, dimension);
    }
  }

  @Override
  public void gather(
      KernelOperation operation,
      MemorySegment query,
      int dimension,
      MemorySegment rows,
      int[] rowNumbers,
      int count,
      float[] results) {
    KernelBounds.query(query, dimension);
    KernelBounds.gather(dimension, rows, rowNumbers, count, results.length);
    long q = query.address();
    long base = rows.address();
    long rowBytes = (long) dimension * Float.BYTES;
    int i = 0;
    for (; i <= count - 4; i += 4) {
      fourRows(
          operation,
          q,
          base + rowNumbers[i] * rowBytes,
          base + rowNumbers[i + 1] * rowBytes,
          base + rowNumbers[i + 2] * rowBytes,
          base + rowNumbers[i + 3] * rowBytes,
          dimension,
          results,
          i);
    }
    for (; i < count; i++) {
      results[i] = oneRow(operation, q, base + rowNumbers[i] * rowBytes, dimension);
    }
  }

  @Override
  public void scanCosine(
      MemorySegment query,
      int dimension,
      MemorySegment rows,
      int firstRow,
      int rowCount,
      float[] products,
      float[] squaredNorms) {
    KernelBounds.query(query, dimension);
    KernelBounds.scan(
        dimension, rows, firstRow, rowCount, Math.min(products.length, squaredNorms.length));
    long q = query.address();
    long rowBytes = (long) dimension * Float.BYTES;
    long r = rows.address() + firstRow * rowBytes;
    int i = 0;
    for (; i <= rowCount - 2; i += 2, r += 2 * rowBytes) {
      twoRowsCosine(q, r, r + rowBytes, dimension, products, squaredNorms, i);
    }
    if (i < rowCount) {
      products[i] = innerProduct(q, r, dimension);
      squaredNorms[i] = innerProduct(r, r, dimension);
    }
  }

  @Override
  public void gatherCosine(
      MemorySegment query,
      int dimension,
      MemorySegment rows,
      int[] rowNumbers,
      int count,
      float[] products,
      float[] squaredNorms) {
    KernelBounds.query(query, dimension);
    KernelBounds.gather(
        dimension, rows, rowNumbers, count, Math.min(products.length, squaredNorms.length));
    long q = query.address();
    long base = rows.address();
    long rowBytes = (long) dimension * Float.BYTES;
    int i = 0;
    for (; i <= count - 2; i += 2) {
      long r0 = base + rowNumbers[i] * rowBytes;
      long r1 = base + rowNumbers[i + 1] * rowBytes;
      twoRowsCosine(q, r0, r1, dimension, products, squaredNorms, i);
    }
    if (i < count) {
      long r = base + rowNumbers[i] * rowBytes;
      products[i] = innerProduct(q, r, dimension);
      squaredNorms[i] = innerProduct(r, r, dimension);
    }
  }

  private static float oneRow(KernelOperation operation, long q, long r, int dimension) {
    return switch (operation) {
      case SQUARED_L2 -> squaredL2(q, r, dimension);
      case INNER_PRODUCT -> innerProduct(q, r, dimension);
      case L1 -> l1(q, r, dimension);
    };
  }

  private static void fourRows(
      KernelOperation operation,
      long q,
      long r0,
      long r1,
      long r2,
      long r3,
      int dimension,
      float[] results,
      int at) {
    switch (operation) {
      case SQUARED_L2 -> squaredL2(q, r0, r1, r2, r3, dimension, results, at);
      case INNER_PRODUCT -> innerProduct(q, r0, r1, r2, r3, dimension, results, at);
      case L1 -> l1(q, r0, r1, r2, r3, dimension, results, at);
    }
  }

  private static FloatVector squaredDifference(FloatVector x, FloatVector y, FloatVector sum) {
    FloatVector difference = x.sub(y);
    return difference.fma(difference, sum);
  }

  private static float squaredL2(float[] a, int aOffset, float[] b, int bOffset, int dimension) {
    FloatVector even = FloatVector.zero(LANES);
    FloatVector odd = FloatVector.zero(LANES);
    int i = 0;
    for (; i <= dimension - PAIR; i += PAIR) {
      FloatVector x = FloatVector.fromArray(LANES, a, aOffset + i);
      FloatVector y = FloatVector.fromArray(LANES, b, bOffset + i);
      even = squaredDifference(x, y, even);
      x = FloatVector.fromArray(LANES, a, aOffset + i + LANE_COUNT);
      y = FloatVector.fromArray(LANES, b, bOffset + i + LANE_COUNT);
      odd = squaredDifference(x, y, odd);
    }
    if (i <= dimension - LANE_COUNT) {
      FloatVector x = FloatVector.fromArray(LANES, a, aOffset + i);
      FloatVector y = FloatVector.fromArray(LANES, b, bOffset + i);
      even = squaredDifference(x, y, even);
      i += LANE_COUNT;
    }
    if (i < dimension) {
      FloatVector x = loadTail(a, aOffset + i, dimension - i);
      FloatVector y = loadTail(b, bOffset + i, dimension - i);
      odd = squaredDifference(x, y, odd);
    }
    return sum(even.add(odd));
  }

  private static float squaredL2(long q, long r, int dimension) {
    FloatVector even = FloatVector.zero(LANES);
    FloatVector odd = FloatVector.zero(LANES);
    int i = 0;
    long at = 0;
    for (; i <= dimension - PAIR; i += PAIR, at += PAIR_BYTES) {
      FloatVector x = load(q + at);
      FloatVector y = load(r + at);
      even = squaredDifference(x, y, even);
      x = load(q + at + LANE_BYTES);
      y = load(r + at + LANE_BYTES);
      odd = squaredDifference(x, y, odd);
    }
    if (i <= dimension - LANE_COUNT) {
      FloatVector x = load(q + at);
      FloatVector y = load(r + at);
      even = squaredDifference(x, y, even);
      i += LANE_COUNT;
      at += LANE_BYTES;
    }
    if (i < dimension) {
      FloatVector x = loadTail(q + at, dimension - i);
      FloatVector y = loadTail(r + at, dimension - i);
      odd = squaredDifference(x, y, odd);
    }
    return sum(even.add(odd));
  }

  private static void squaredL2(
      long q, long r0, long r1, long r2, long r3, int dimension, float[] results, int at0) {
    FloatVector even0 = FloatVector.zero(LANES);
    FloatVector odd0 = FloatVector.zero(LANES);
    FloatVector even1 = FloatVector.zero(LANES);
    FloatVector odd1 = FloatVector.zero(LANES);
    FloatVector even2 = FloatVector.zero(LANES);
    FloatVector odd2 = FloatVector.zero(LANES);
    FloatVector even3 = FloatVector.zero(LANES);
    FloatVector odd3 = FloatVector.zero(LANES);
    int i = 0;
    long at = 0;
    for (; i <= dimension - PAIR; i += PAIR, at += PAIR_BYTES) {
      FloatVector x = load(q + at);
      even0 = squaredDifference(x, load(r0 + at), even0);
      even1 = squaredDifference(x, load(r1 + at), even1);
      even2 = squaredDifference(x, load(r2 + at), even2);
      even3 = squaredDifference(x, load(r3 + at), even3);
      x = load(q + at + LANE_BYTES);
      odd0 = squaredDifference(x, load(r0 + at + LANE_BYTES), odd0);
      odd1 = squaredDifference(x, load(r1 + at + LANE_BYTES), odd1);
      odd2 = squaredDifference(x, load(r2 + at + LANE_BYTES), odd2);
      odd3 = squaredDifference(x, load(r3 + at + LANE_BYTES), odd3);
    }
    if (i <= dimension - LANE_COUNT) {
      FloatVector x = load(q + at);
      even0 = squaredDifference(x, load(r0 + at), even0);
      even1 = squaredDifference(x, load(r1 + at), even1);
      even2 = squaredDifference(x, load(r2 + at), even2);
      even3 = squaredDifference(x, load(r3 + at), even3);
      i += LANE_COUNT;
      at += LANE_BYTES;
    }
    if (i < dimension) {
      int rest = dimension - i;
      FloatVector x = loadTail(q + at, rest);
      odd0 = squaredDifference(x, loadTail(r0 + at, rest), odd0);
      odd1 = squaredDifference(x, loadTail(r1 + at, rest), odd1);
      odd2 = squaredDifference(x, loadTail(r2 + at, rest), odd2);
      odd3 = squaredDifference(x, loadTail(r3 + at, rest), odd3);
    }
    results[at0] = sum(even0.add(odd0));
    results[at0 + 1] = sum(even1.add(odd1));
    results[at0 + 2] = sum(even2.add(odd2));
    results[at0 + 3] = sum(even3.add(odd3));
  }

  private static float innerProduct(float[] a, int aOffset, float[] b, int bOffset, int dimension) {
    FloatVector even = FloatVector.zero(LANES);
    FloatVector odd = FloatVector.zero(LANES);
    int i = 0;
    for (; i <= dimension - PAIR; i += PAIR) {
      FloatVector x = FloatVector.fromArray(LANES, a, aOffset + i);
      FloatVector y = FloatVector.fromArray(LANES, b, bOffset + i);
      even = x.fma(y, even);
      x = FloatVector.fromArray(LANES, a, aOffset + i + LANE_COUNT);
      y = FloatVector.fromArray(LANES, b, bOffset + i + LANE_COUNT);
      odd = x.fma(y, odd);
    }
    if (i <= dimension - LANE_COUNT) {
      FloatVector x = FloatVector.fromArray(LANES, a, aOffset + i);
      FloatVector y = FloatVector.fromArray(LANES, b, bOffset + i);
      even = x.fma(y, even);
      i += LANE_COUNT;
    }
    if (i < dimension) {
      FloatVector x = loadTail(a, aOffset + i, dimension - i);
      FloatVector y = loadTail(b, bOffset + i, dimension - i);
      odd = x.fma(y, odd);
    }
    return sum(even.add(odd));
  }

  private static float innerProduct(long q, long r, int dimension) {
    FloatVector even = FloatVector.zero(LANES);
    FloatVector odd = FloatVector.zero(LANES);
    int i = 0;
    long at = 0;
    for (; i <= dimension - PAIR; i += PAIR, at += PAIR_BYTES) {
      FloatVector x = load(q + at);
      FloatVector y = load(r + at);
      even = x.fma(y, even);
      x = load(q + at + LANE_BYTES);
      y = load(r + at + LANE_BYTES);
      odd = x.fma(y, odd);
    }
    if (i <= dimension - LANE_COUNT) {
      FloatVector x = load(q + at);
      FloatVector y = load(r + at);
      even = x.fma(y, even);
      i += LANE_COUNT;
      at += LANE_BYTES;
    }
    if (i < dimension) {
      FloatVector x = loadTail(q + at, dimension - i);
      FloatVector y = loadTail(r + at, dimension - i);
      odd = x.fma(y, odd);
    }
    return sum(even.add(odd));
  }

  private static void innerProduct(
      long q, long r0, long r1, long r2, long r3, int dimension, float[] results, int at0) {
    FloatVector even0 = FloatVector.zero(LANES);
    FloatVector odd0 = FloatVector.zero(LANES);
    FloatVector even1 = FloatVector.zero(LANES);
    FloatVector odd1 = FloatVector.zero(LANES);
    FloatVector even2 = FloatVector.zero(LANES);
    FloatVector odd2 = FloatVector.zero(LANES);
    FloatVector even3 = FloatVector.zero(LANES);
    FloatVector odd3 = FloatVector.zero(LANES);
    int i = 0;
    long at = 0;
    for (; i <= dimension - PAIR; i += PAIR, at += PAIR_BYTES) {
      FloatVector x = load(q + at);
      even0 = x.fma(load(r0 + at), even0);
      even1 = x.fma(load(r1 + at), even1);
      even2 = x.fma(load(r2 + at), even2);
      even3 = x.fma(load(r3 + at), even3);
      x = load(q + at + LANE_BYTES);
      odd0 = x.fma(load(r0 + at + LANE_BYTES), odd0);
      odd1 = x.fma(load(r1 + at + LANE_BYTES), odd1);
      odd2 = x.fma(load(r2 + at + LANE_BYTES), odd2);
      odd3 = x.fma(load(r3 + at + LANE_BYTES), odd3);
    }
    if (i <= dimension - LANE_COUNT) {
      FloatVector x = load(q + at);
      even0 = x.fma(load(r0 + at), even0);
      even1 = x.fma(load(r1 + at), even1);
      even2 = x.fma(load(r2 + at), even2);
      even3 = x.fma(load(r3 + at), even3);
      i += LANE_COUNT;
      at += LANE_BYTES;
    }
    if (i < dimension) {
      int rest = dimension - i;
      FloatVector x = loadTail(q + at, rest);
      odd0 = x.fma(loadTail(r0 + at, rest), odd0);
      odd1 = x.fma(loadTail(r1 + at, rest), odd1);
      odd2 = x.fma(loadTail(r2 + at, rest), odd2);
      odd3 = x.fma(loadTail(r3 + at, rest), odd3);
    }
    results[at0] = sum(even0.add(odd0));
    results[at0 + 1] = sum(even1.add(odd1));
    results[at0 + 2] = sum(even2.add(odd2));
    results[at0 + 3] = sum(even3.add(odd3));
  }

  private static float l1(float[] a, int aOffset, float[] b, int bOffset, int dimension) {
    FloatVector even = FloatVector.zero(LANES);
    FloatVector odd = FloatVector.zero(LANES);
    int i = 0;
    for (; i <= dimension - PAIR; i += PAIR) {
      FloatVector x = FloatVector.fromArray(LANES, a, aOffset + i);
      FloatVector y = FloatVector.fromArray(LANES, b, bOffset + i);
      even = even.add(x.sub(y).abs());
      x = FloatVector.fromArray(LANES, a, aOffset + i + LANE_COUNT);
      y = FloatVector.fromArray(LANES, b, bOffset + i + LANE_COUNT);
      odd = odd.add(x.sub(y).abs());
    }
    if (i <= dimension - LANE_COUNT) {
      FloatVector x = FloatVector.fromArray(LANES, a, aOffset + i);
      FloatVector y = FloatVector.fromArray(LANES, b, bOffset + i);
      even = even.add(x.sub(y).abs());
      i += LANE_COUNT;
    }
    if (i < dimension) {
      FloatVector x = loadTail(a, aOffset + i, dimension - i);
      FloatVector y = loadTail(b, bOffset + i, dimension - i);
      odd = odd.add(x.sub(y).abs());
    }
    return sum(even.add(odd));
  }

  private static float l1(long q, long r, int dimension) {
    FloatVector even = FloatVector.zero(LANES);
    FloatVector odd = FloatVector.zero(LANES);
    int i = 0;
    long at = 0;
    for (; i <= dimension - PAIR; i += PAIR, at += PAIR_BYTES) {
      FloatVector x = load(q + at);
      FloatVector y = load(r + at);
      even = even.add(x.sub(y).abs());
      x = load(q + at + LANE_BYTES);
      y = load(r + at + LANE_BYTES);
      odd = odd.add(x.sub(y).abs());
    }
    if (i <= dimension - LANE_COUNT) {
      FloatVector x = load(q + at);
      FloatVector y = load(r + at);
      even = even.add(x.sub(y).abs());
      i += LANE_COUNT;
      at += LANE_BYTES;
    }
    if (i < dimension) {
      FloatVector x = loadTail(q + at, dimension - i);
      FloatVector y = loadTail(r + at, dimension - i);
      odd = odd.add(x.sub(y).abs());
    }
    return sum(even.add(odd));
  }

  private static void l1(
      long q, long r0, long r1, long r2, long r3, int dimension, float[] results, int at0) {
    FloatVector even0 = FloatVector.zero(LANES);
    FloatVector odd0 = FloatVector.zero(LANES);
    FloatVector even1 = FloatVector.zero(LANES);
    FloatVector odd1 = FloatVector.zero(LANES);
    FloatVector even2 = FloatVector.zero(LANES);
    FloatVector odd2 = FloatVector.zero(LANES);
    FloatVector even3 = FloatVector.zero(LANES);
    FloatVector odd3 = FloatVector.zero(LANES);
    int i = 0;
    long at = 0;
    for (; i <= dimension - PAIR; i += PAIR, at += PAIR_BYTES) {
      FloatVector x = load(q + at);
      even0 = even0.add(x.sub(load(r0 + at)).abs());
      even1 = even1.add(x.sub(load(r1 + at)).abs());
      even2 = even2.add(x.sub(load(r2 + at)).abs());
      even3 = even3.add(x.sub(load(r3 + at)).abs());
      x = load(q + at + LANE_BYTES);
      odd0 = odd0.add(x.sub(load(r0 + at + LANE_BYTES)).abs());
      odd1 = odd1.add(x.sub(load(r1 + at + LANE_BYTES)).abs());
      odd2 = odd2.add(x.sub(load(r2 + at + LANE_BYTES)).abs());
      odd3 = odd3.add(x.sub(load(r3 + at + LANE_BYTES)).abs());
    }
    if (i <= dimension - LANE_COUNT) {
      FloatVector x = load(q + at);
      even0 = even0.add(x.sub(load(r0 + at)).abs());
      even1 = even1.add(x.sub(load(r1 + at)).abs());
      even2 = even2.add(x.sub(load(r2 + at)).abs());
      even3 = even3.add(x.sub(load(r3 + at)).abs());
      i += LANE_COUNT;
      at += LANE_BYTES;
    }
    if (i < dimension) {
      int rest = dimension - i;
      FloatVector x = loadTail(q + at, rest);
      odd0 = odd0.add(x.sub(loadTail(r0 + at, rest)).abs());
      odd1 = odd1.add(x.sub(loadTail(r1 + at, rest)).abs());
      odd2 = odd2.add(x.sub(loadTail(r2 + at, rest)).abs());
      odd3 = odd3.add(x.sub(loadTail(r3 + at, rest)).abs());
    }
    results[at0] = sum(even0.add(odd0));
    results[at0 + 1] = sum(even1.add(odd1));
    results[at0 + 2] = sum(even2.add(odd2));
    results[at0 + 3] = sum(even3.add(odd3));
  }

  private static void twoRowsCosine(
      long q, long r0, long r1, int dimension, float[] products, float[] squaredNorms, int at0) {
    FloatVector evenProduct0 = FloatVector.zero(LANES);
    FloatVector oddProduct0 = FloatVector.zero(LANES);
    FloatVector evenProduct1 = FloatVector.zero(LANES);
    FloatVector oddProduct1 = FloatVector.zero(LANES);
    FloatVector evenNorm0 = FloatVector.zero(LANES);
    FloatVector oddNorm0 = FloatVector.zero(LANES);
    FloatVector evenNorm1 = FloatVector.zero(LANES);
    FloatVector oddNorm1 = FloatVector.zero(LANES);
    FloatVector y;
    int i = 0;
    long at = 0;
    for (; i <= dimension - PAIR; i += PAIR, at += PAIR_BYTES) {
      FloatVector x = load(q + at);
      y = load(r0 + at);
      evenProduct0 = x.fma(y, evenProduct0);
      evenNorm0 = y.fma(y, evenNorm0);
      y = load(r1 + at);
      evenProduct1 = x.fma(y, evenProduct1);
      evenNorm1 = y.fma(y, evenNorm1);
      x = load(q + at + LANE_BYTES);
      y = load(r0 + at + LANE_BYTES);
      oddProduct0 = x.fma(y, oddProduct0);
      oddNorm0 = y.fma(y, oddNorm0);
      y = load(r1 + at + LANE_BYTES);
      oddProduct1 = x.fma(y, oddProduct1);
      oddNorm1 = y.fma(y, oddNorm1);
    }
    if (i <= dimension - LANE_COUNT) {
      FloatVector x = load(q + at);
      y = load(r0 + at);
      evenProduct0 = x.fma(y, evenProduct0);
      evenNorm0 = y.fma(y, evenNorm0);
      y = load(r1 + at);
      evenProduct1 = x.fma(y, evenProduct1);
      evenNorm1 = y.fma(y, evenNorm1);
      i += LANE_COUNT;
      at += LANE_BYTES;
    }
    if (i < dimension) {
      int rest = dimension - i;
      FloatVector x = loadTail(q + at, rest);
      y = loadTail(r0 + at, rest);
      oddProduct0 = x.fma(y, oddProduct0);
      oddNorm0 = y.fma(y, oddNorm0);
      y = loadTail(r1 + at, rest);
      oddProduct1 = x.fma(y, oddProduct1);
      oddNorm1 = y.fma(y, oddNorm1);
    }
    products[at0] = sum(evenProduct0.add(oddProduct0));
    products[at0 + 1] = sum(evenProduct1.add(oddProduct1));
    squaredNorms[at0] = sum(evenNorm0.add(oddNorm0));
    squaredNorms[at0 + 1] = sum(evenNorm1.add(oddNorm1));
  }
}
