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
/// two accumulators over alternating blocks of lanes, a pairwise tree over the lanes, then the
/// tail. The tree is spelled out because `reduceLanes` may add in another order when it is
/// interpreted. Four rows are summed at once: eight independent chains fill the multiply-add units,
/// and four rows' cache misses overlap.
///
/// Off-heap rows are read by raw address through one constant segment that spans all memory.
/// Passing segments of several classes (allocated, mapped) through one loop costs two to three
/// times as much, because the profile is polluted. Hence [KernelBounds] at the head of each call.
///
/// No method of ours takes or returns a vector: the JIT inlines the JDK's without limit and ours
/// only while the caller is short, and a vector that passes a call is allocated. And no method may
/// grow much: what the first compiler tier refuses ("out of virtual registers") stays slow for
/// good.
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
  /// blends, which could cross the end of a mapping. There the last elements are added one by one.
  private static final boolean MASKED_TAIL =
      LANE_COUNT >= 8 && System.getProperty("os.arch", "").equals("amd64");

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);

  /// Lane `i` exchanged with lane `i ^ distance`; one for each step of the tree.
  private static final VectorShuffle<Float> SWAP_HALVES = exchange(LANE_COUNT / 2);

  private static final VectorShuffle<Float> SWAP_QUARTERS = exchange(LANE_COUNT / 4);
  private static final VectorShuffle<Float> SWAP_EIGHTHS = exchange(LANE_COUNT / 8);
  private static final VectorShuffle<Float> SWAP_SIXTEENTHS = exchange(LANE_COUNT / 16);
  private static final VectorMask<Float> UPPER_HALF = lanesWith(LANE_COUNT / 2);
  private static final VectorMask<Float> UPPER_QUARTERS = lanesWith(LANE_COUNT / 4);

  private static VectorShuffle<Float> exchange(int distance) {
    return VectorShuffle.fromOp(LANES, lane -> lane ^ distance);
  }

  private static VectorMask<Float> lanesWith(int bit) {
    boolean[] lanes = new boolean[LANE_COUNT];
    for (int i = 0; i < LANE_COUNT; i++) {
      lanes[i] = (i & bit) != 0;
    }
    return VectorMask.fromArray(LANES, lanes, 0);
  }

  @Override
  public String name() {
    return "vector-" + LANES.vectorBitSize();
  }

  /// The elements behind the last pair of vectors. Summed apart, so that the loops stay short
  /// enough for the first compiler tier: a method it refuses would stay interpreted for long.
  private static float tail(KernelOperation operation, long q, long r, int dimension) {
    int i = dimension - dimension % PAIR;
    int end = vectorEnd(dimension);
    FloatVector all = FloatVector.zero(LANES);
    for (; i < end; i += LANE_COUNT) {
      VectorMask<Float> mask = LANES.indexInRange(i, end);
      FloatVector x =
          FloatVector.fromMemorySegment(LANES, ALL, q + (long) i * Float.BYTES, ORDER, mask);
      FloatVector y =
          FloatVector.fromMemorySegment(LANES, ALL, r + (long) i * Float.BYTES, ORDER, mask);
      switch (operation) {
        case SQUARED_L2 -> {
          x = x.sub(y);
          all = x.fma(x, all);
        }
        case INNER_PRODUCT -> all = x.fma(y, all);
        case L1 -> all = all.add(x.sub(y).abs());
      }
    }
    all = all.add(all.rearrange(SWAP_HALVES));
    all = all.add(all.rearrange(SWAP_QUARTERS));
    if (LANE_COUNT >= 8) {
      all = all.add(all.rearrange(SWAP_EIGHTHS));
    }
    if (LANE_COUNT >= 16) {
      all = all.add(all.rearrange(SWAP_SIXTEENTHS));
    }
    float sum = all.lane(0);
    for (; i < dimension; i++) {
      sum +=
          term(
              operation,
              ALL.get(FLOAT, q + (long) i * Float.BYTES),
              ALL.get(FLOAT, r + (long) i * Float.BYTES));
    }
    return sum;
  }

  private static float tail(
      KernelOperation operation, float[] a, int aOffset, float[] b, int bOffset, int dimension) {
    int i = dimension - dimension % PAIR;
    int end = vectorEnd(dimension);
    FloatVector all = FloatVector.zero(LANES);
    for (; i < end; i += LANE_COUNT) {
      VectorMask<Float> mask = LANES.indexInRange(i, end);
      FloatVector x = FloatVector.fromArray(LANES, a, aOffset + i, mask);
      FloatVector y = FloatVector.fromArray(LANES, b, bOffset + i, mask);
      switch (operation) {
        case SQUARED_L2 -> {
          x = x.sub(y);
          all = x.fma(x, all);
        }
        case INNER_PRODUCT -> all = x.fma(y, all);
        case L1 -> all = all.add(x.sub(y).abs());
      }
    }
    all = all.add(all.rearrange(SWAP_HALVES));
    all = all.add(all.rearrange(SWAP_QUARTERS));
    if (LANE_COUNT >= 8) {
      all = all.add(all.rearrange(SWAP_EIGHTHS));
    }
    if (LANE_COUNT >= 16) {
      all = all.add(all.rearrange(SWAP_SIXTEENTHS));
    }
    float sum = all.lane(0);
    for (; i < dimension; i++) {
      sum += term(operation, a[aOffset + i], b[bOffset + i]);
    }
    return sum;
  }

  /// How many of the elements are added as vectors.
  private static int vectorEnd(int dimension) {
    return MASKED_TAIL ? dimension : dimension - dimension % LANE_COUNT;
  }

  private static float term(KernelOperation operation, float a, float b) {
    return switch (operation) {
      case SQUARED_L2 -> (a - b) * (a - b);
      case INNER_PRODUCT -> a * b;
      case L1 -> Math.abs(a - b);
    };
  }

  @Override
  public float compute(
      KernelOperation operation, float[] a, int aOffset, float[] b, int bOffset, int dimension) {
    KernelBounds.heap(a, aOffset, b, bOffset, dimension);
    float sum =
        switch (operation) {
          case SQUARED_L2 -> squaredL2(a, aOffset, b, bOffset, dimension);
          case INNER_PRODUCT -> innerProduct(a, aOffset, b, bOffset, dimension);
          case L1 -> l1(a, aOffset, b, bOffset, dimension);
        };
    return dimension % PAIR == 0 ? sum : sum + tail(operation, a, aOffset, b, bOffset, dimension);
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
      products[i] = oneRow(KernelOperation.INNER_PRODUCT, q, r, dimension);
      squaredNorms[i] = oneRow(KernelOperation.INNER_PRODUCT, r, r, dimension);
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
      products[i] = oneRow(KernelOperation.INNER_PRODUCT, q, r, dimension);
      squaredNorms[i] = oneRow(KernelOperation.INNER_PRODUCT, r, r, dimension);
    }
  }

  private static float oneRow(KernelOperation operation, long q, long r, int dimension) {
    float sum =
        switch (operation) {
          case SQUARED_L2 -> squaredL2(q, r, dimension);
          case INNER_PRODUCT -> innerProduct(q, r, dimension);
          case L1 -> l1(q, r, dimension);
        };
    return dimension % PAIR == 0 ? sum : sum + tail(operation, q, r, dimension);
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
      case L1 -> {
        results[at] = l1(q, r0, dimension);
        results[at + 1] = l1(q, r1, dimension);
        results[at + 2] = l1(q, r2, dimension);
        results[at + 3] = l1(q, r3, dimension);
      }
    }
    if (dimension % PAIR != 0) {
      results[at] += tail(operation, q, r0, dimension);
      results[at + 1] += tail(operation, q, r1, dimension);
      results[at + 2] += tail(operation, q, r2, dimension);
      results[at + 3] += tail(operation, q, r3, dimension);
    }
  }

  private static float squaredL2(float[] a, int aOffset, float[] b, int bOffset, int dimension) {
    FloatVector even = FloatVector.zero(LANES);
    FloatVector odd = FloatVector.zero(LANES);
    FloatVector difference;
    int i = 0;
    for (; i <= dimension - PAIR; i += PAIR) {
      FloatVector x = FloatVector.fromArray(LANES, a, aOffset + i);
      FloatVector y = FloatVector.fromArray(LANES, b, bOffset + i);
      difference = x.sub(y);
      even = difference.fma(difference, even);
      x = FloatVector.fromArray(LANES, a, aOffset + i + LANE_COUNT);
      y = FloatVector.fromArray(LANES, b, bOffset + i + LANE_COUNT);
      difference = x.sub(y);
      odd = difference.fma(difference, odd);
    }
    FloatVector all = even.add(odd);
    all = all.add(all.rearrange(SWAP_HALVES));
    all = all.add(all.rearrange(SWAP_QUARTERS));
    if (LANE_COUNT >= 8) {
      all = all.add(all.rearrange(SWAP_EIGHTHS));
    }
    if (LANE_COUNT >= 16) {
      all = all.add(all.rearrange(SWAP_SIXTEENTHS));
    }
    return all.lane(0);
  }

  private static float squaredL2(long q, long r, int dimension) {
    FloatVector even = FloatVector.zero(LANES);
    FloatVector odd = FloatVector.zero(LANES);
    FloatVector difference;
    int i = 0;
    long at = 0;
    for (; i <= dimension - PAIR; i += PAIR, at += PAIR_BYTES) {
      FloatVector x = FloatVector.fromMemorySegment(LANES, ALL, q + at, ORDER);
      FloatVector y = FloatVector.fromMemorySegment(LANES, ALL, r + at, ORDER);
      difference = x.sub(y);
      even = difference.fma(difference, even);
      x = FloatVector.fromMemorySegment(LANES, ALL, q + at + LANE_BYTES, ORDER);
      y = FloatVector.fromMemorySegment(LANES, ALL, r + at + LANE_BYTES, ORDER);
      difference = x.sub(y);
      odd = difference.fma(difference, odd);
    }
    FloatVector all = even.add(odd);
    all = all.add(all.rearrange(SWAP_HALVES));
    all = all.add(all.rearrange(SWAP_QUARTERS));
    if (LANE_COUNT >= 8) {
      all = all.add(all.rearrange(SWAP_EIGHTHS));
    }
    if (LANE_COUNT >= 16) {
      all = all.add(all.rearrange(SWAP_SIXTEENTHS));
    }
    return all.lane(0);
  }

  /// Four rows at once. The additions of the four trees are those of one row, shared: after the
  /// first step a vector holds halves of two rows, after the second quarters of four.
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
    FloatVector x;
    FloatVector y;
    FloatVector difference;
    int i = 0;
    long at = 0;
    for (; i <= dimension - PAIR; i += PAIR, at += PAIR_BYTES) {
      x = FloatVector.fromMemorySegment(LANES, ALL, q + at, ORDER);
      y = FloatVector.fromMemorySegment(LANES, ALL, r0 + at, ORDER);
      difference = x.sub(y);
      even0 = difference.fma(difference, even0);
      y = FloatVector.fromMemorySegment(LANES, ALL, r1 + at, ORDER);
      difference = x.sub(y);
      even1 = difference.fma(difference, even1);
      y = FloatVector.fromMemorySegment(LANES, ALL, r2 + at, ORDER);
      difference = x.sub(y);
      even2 = difference.fma(difference, even2);
      y = FloatVector.fromMemorySegment(LANES, ALL, r3 + at, ORDER);
      difference = x.sub(y);
      even3 = difference.fma(difference, even3);
      x = FloatVector.fromMemorySegment(LANES, ALL, q + at + LANE_BYTES, ORDER);
      y = FloatVector.fromMemorySegment(LANES, ALL, r0 + at + LANE_BYTES, ORDER);
      difference = x.sub(y);
      odd0 = difference.fma(difference, odd0);
      y = FloatVector.fromMemorySegment(LANES, ALL, r1 + at + LANE_BYTES, ORDER);
      difference = x.sub(y);
      odd1 = difference.fma(difference, odd1);
      y = FloatVector.fromMemorySegment(LANES, ALL, r2 + at + LANE_BYTES, ORDER);
      difference = x.sub(y);
      odd2 = difference.fma(difference, odd2);
      y = FloatVector.fromMemorySegment(LANES, ALL, r3 + at + LANE_BYTES, ORDER);
      difference = x.sub(y);
      odd3 = difference.fma(difference, odd3);
    }
    FloatVector a = even0.add(odd0);
    FloatVector b = even1.add(odd1);
    FloatVector c = even2.add(odd2);
    FloatVector d = even3.add(odd3);
    FloatVector ab = a.blend(b, UPPER_HALF).add(b.blend(a, UPPER_HALF).rearrange(SWAP_HALVES));
    FloatVector cd = c.blend(d, UPPER_HALF).add(d.blend(c, UPPER_HALF).rearrange(SWAP_HALVES));
    FloatVector all =
        ab.blend(cd, UPPER_QUARTERS).add(cd.blend(ab, UPPER_QUARTERS).rearrange(SWAP_QUARTERS));
    if (LANE_COUNT >= 8) {
      all = all.add(all.rearrange(SWAP_EIGHTHS));
    }
    if (LANE_COUNT >= 16) {
      all = all.add(all.rearrange(SWAP_SIXTEENTHS));
    }
    results[at0] = all.lane(0);
    results[at0 + 1] = all.lane(LANE_COUNT / 2);
    results[at0 + 2] = all.lane(LANE_COUNT / 4);
    results[at0 + 3] = all.lane(LANE_COUNT / 4 * 3);
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
    FloatVector all = even.add(odd);
    all = all.add(all.rearrange(SWAP_HALVES));
    all = all.add(all.rearrange(SWAP_QUARTERS));
    if (LANE_COUNT >= 8) {
      all = all.add(all.rearrange(SWAP_EIGHTHS));
    }
    if (LANE_COUNT >= 16) {
      all = all.add(all.rearrange(SWAP_SIXTEENTHS));
    }
    return all.lane(0);
  }

  private static float innerProduct(long q, long r, int dimension) {
    FloatVector even = FloatVector.zero(LANES);
    FloatVector odd = FloatVector.zero(LANES);

    int i = 0;
    long at = 0;
    for (; i <= dimension - PAIR; i += PAIR, at += PAIR_BYTES) {
      FloatVector x = FloatVector.fromMemorySegment(LANES, ALL, q + at, ORDER);
      FloatVector y = FloatVector.fromMemorySegment(LANES, ALL, r + at, ORDER);
      even = x.fma(y, even);
      x = FloatVector.fromMemorySegment(LANES, ALL, q + at + LANE_BYTES, ORDER);
      y = FloatVector.fromMemorySegment(LANES, ALL, r + at + LANE_BYTES, ORDER);
      odd = x.fma(y, odd);
    }
    FloatVector all = even.add(odd);
    all = all.add(all.rearrange(SWAP_HALVES));
    all = all.add(all.rearrange(SWAP_QUARTERS));
    if (LANE_COUNT >= 8) {
      all = all.add(all.rearrange(SWAP_EIGHTHS));
    }
    if (LANE_COUNT >= 16) {
      all = all.add(all.rearrange(SWAP_SIXTEENTHS));
    }
    return all.lane(0);
  }

  /// As the four-row [#squaredL2].
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
    FloatVector x;
    FloatVector y;

    int i = 0;
    long at = 0;
    for (; i <= dimension - PAIR; i += PAIR, at += PAIR_BYTES) {
      x = FloatVector.fromMemorySegment(LANES, ALL, q + at, ORDER);
      y = FloatVector.fromMemorySegment(LANES, ALL, r0 + at, ORDER);
      even0 = x.fma(y, even0);
      y = FloatVector.fromMemorySegment(LANES, ALL, r1 + at, ORDER);
      even1 = x.fma(y, even1);
      y = FloatVector.fromMemorySegment(LANES, ALL, r2 + at, ORDER);
      even2 = x.fma(y, even2);
      y = FloatVector.fromMemorySegment(LANES, ALL, r3 + at, ORDER);
      even3 = x.fma(y, even3);
      x = FloatVector.fromMemorySegment(LANES, ALL, q + at + LANE_BYTES, ORDER);
      y = FloatVector.fromMemorySegment(LANES, ALL, r0 + at + LANE_BYTES, ORDER);
      odd0 = x.fma(y, odd0);
      y = FloatVector.fromMemorySegment(LANES, ALL, r1 + at + LANE_BYTES, ORDER);
      odd1 = x.fma(y, odd1);
      y = FloatVector.fromMemorySegment(LANES, ALL, r2 + at + LANE_BYTES, ORDER);
      odd2 = x.fma(y, odd2);
      y = FloatVector.fromMemorySegment(LANES, ALL, r3 + at + LANE_BYTES, ORDER);
      odd3 = x.fma(y, odd3);
    }
    FloatVector a = even0.add(odd0);
    FloatVector b = even1.add(odd1);
    FloatVector c = even2.add(odd2);
    FloatVector d = even3.add(odd3);
    FloatVector ab = a.blend(b, UPPER_HALF).add(b.blend(a, UPPER_HALF).rearrange(SWAP_HALVES));
    FloatVector cd = c.blend(d, UPPER_HALF).add(d.blend(c, UPPER_HALF).rearrange(SWAP_HALVES));
    FloatVector all =
        ab.blend(cd, UPPER_QUARTERS).add(cd.blend(ab, UPPER_QUARTERS).rearrange(SWAP_QUARTERS));
    if (LANE_COUNT >= 8) {
      all = all.add(all.rearrange(SWAP_EIGHTHS));
    }
    if (LANE_COUNT >= 16) {
      all = all.add(all.rearrange(SWAP_SIXTEENTHS));
    }
    results[at0] = all.lane(0);
    results[at0 + 1] = all.lane(LANE_COUNT / 2);
    results[at0 + 2] = all.lane(LANE_COUNT / 4);
    results[at0 + 3] = all.lane(LANE_COUNT / 4 * 3);
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
    FloatVector all = even.add(odd);
    all = all.add(all.rearrange(SWAP_HALVES));
    all = all.add(all.rearrange(SWAP_QUARTERS));
    if (LANE_COUNT >= 8) {
      all = all.add(all.rearrange(SWAP_EIGHTHS));
    }
    if (LANE_COUNT >= 16) {
      all = all.add(all.rearrange(SWAP_SIXTEENTHS));
    }
    return all.lane(0);
  }

  private static float l1(long q, long r, int dimension) {
    FloatVector even = FloatVector.zero(LANES);
    FloatVector odd = FloatVector.zero(LANES);

    int i = 0;
    long at = 0;
    for (; i <= dimension - PAIR; i += PAIR, at += PAIR_BYTES) {
      FloatVector x = FloatVector.fromMemorySegment(LANES, ALL, q + at, ORDER);
      FloatVector y = FloatVector.fromMemorySegment(LANES, ALL, r + at, ORDER);
      even = even.add(x.sub(y).abs());
      x = FloatVector.fromMemorySegment(LANES, ALL, q + at + LANE_BYTES, ORDER);
      y = FloatVector.fromMemorySegment(LANES, ALL, r + at + LANE_BYTES, ORDER);
      odd = odd.add(x.sub(y).abs());
    }
    FloatVector all = even.add(odd);
    all = all.add(all.rearrange(SWAP_HALVES));
    all = all.add(all.rearrange(SWAP_QUARTERS));
    if (LANE_COUNT >= 8) {
      all = all.add(all.rearrange(SWAP_EIGHTHS));
    }
    if (LANE_COUNT >= 16) {
      all = all.add(all.rearrange(SWAP_SIXTEENTHS));
    }
    return all.lane(0);
  }

  /// Products and squared norms of two rows, reduced as four sums are in [#squaredL2].
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
    FloatVector x;
    FloatVector y;
    int i = 0;
    long at = 0;
    for (; i <= dimension - PAIR; i += PAIR, at += PAIR_BYTES) {
      x = FloatVector.fromMemorySegment(LANES, ALL, q + at, ORDER);
      y = FloatVector.fromMemorySegment(LANES, ALL, r0 + at, ORDER);
      evenProduct0 = x.fma(y, evenProduct0);
      evenNorm0 = y.fma(y, evenNorm0);
      y = FloatVector.fromMemorySegment(LANES, ALL, r1 + at, ORDER);
      evenProduct1 = x.fma(y, evenProduct1);
      evenNorm1 = y.fma(y, evenNorm1);

      x = FloatVector.fromMemorySegment(LANES, ALL, q + at + LANE_BYTES, ORDER);
      y = FloatVector.fromMemorySegment(LANES, ALL, r0 + at + LANE_BYTES, ORDER);
      oddProduct0 = x.fma(y, oddProduct0);
      oddNorm0 = y.fma(y, oddNorm0);
      y = FloatVector.fromMemorySegment(LANES, ALL, r1 + at + LANE_BYTES, ORDER);
      oddProduct1 = x.fma(y, oddProduct1);
      oddNorm1 = y.fma(y, oddNorm1);
    }
    FloatVector a = evenProduct0.add(oddProduct0);
    FloatVector b = evenProduct1.add(oddProduct1);
    FloatVector c = evenNorm0.add(oddNorm0);
    FloatVector d = evenNorm1.add(oddNorm1);
    FloatVector ab = a.blend(b, UPPER_HALF).add(b.blend(a, UPPER_HALF).rearrange(SWAP_HALVES));
    FloatVector cd = c.blend(d, UPPER_HALF).add(d.blend(c, UPPER_HALF).rearrange(SWAP_HALVES));
    FloatVector all =
        ab.blend(cd, UPPER_QUARTERS).add(cd.blend(ab, UPPER_QUARTERS).rearrange(SWAP_QUARTERS));
    if (LANE_COUNT >= 8) {
      all = all.add(all.rearrange(SWAP_EIGHTHS));
    }
    if (LANE_COUNT >= 16) {
      all = all.add(all.rearrange(SWAP_SIXTEENTHS));
    }
    products[at0] = all.lane(0);
    products[at0 + 1] = all.lane(LANE_COUNT / 2);
    squaredNorms[at0] = all.lane(LANE_COUNT / 4);
    squaredNorms[at0 + 1] = all.lane(LANE_COUNT / 4 * 3);
    if (dimension % PAIR != 0) {
      products[at0] += tail(KernelOperation.INNER_PRODUCT, q, r0, dimension);
      products[at0 + 1] += tail(KernelOperation.INNER_PRODUCT, q, r1, dimension);
      squaredNorms[at0] += tail(KernelOperation.INNER_PRODUCT, r0, r0, dimension);
      squaredNorms[at0 + 1] += tail(KernelOperation.INNER_PRODUCT, r1, r1, dimension);
    }
  }
}
