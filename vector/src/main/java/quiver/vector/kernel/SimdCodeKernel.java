package quiver.vector.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// The Vector API code kernel, for 128, 256 and 512-bit vectors.
///
/// With 512 bits one permutation looks up all 32 entries of a group's table. With fewer, the lowest
/// 3 or 4 bits of a group are looked up and each other bit adds its difference: a table is linear
/// in its bits. The rules of [SimdKernel] hold here too: raw addresses behind checks, short
/// methods, no vector passed to a method of ours.
final class SimdCodeKernel implements CodeKernel {
  private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

  static final int SHORT_COUNT = SHORTS.length();
  private static final int FLOAT_COUNT = FLOATS.length();
  private static final int SHORTS_BYTES = 2 * SHORT_COUNT;

  /// Half a vector: as many bytes as a full one has int16 lanes.
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(SHORTS.vectorBitSize() / 2));

  /// The int8 of one row of floats.
  private static final VectorSpecies<Byte> ROW_BYTES = ByteVector.SPECIES_128;

  /// Bits of a group that one permutation looks up.
  private static final int LOOKUP_BITS = Integer.numberOfTrailingZeros(SHORT_COUNT);

  /// Bytes whose magnitudes (at most 254) fit an int16 sum in each lane.
  private static final int DIFFERENCE_RUN = 128 * SHORT_COUNT;

  private static final int LINE_BYTES = 64;
  private static final boolean PREFETCH = CachePrefetch.isAvailable();

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  @SuppressWarnings("restricted") // every call is checked by CodeBounds first
  private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  /// Lane `p` of row `j × 32` is +1 when bit `j` of `p` is set, else -1.
  private static final short[] SIGNS = signs();

  private static short[] signs() {
    short[] result = new short[5 * BLOCK_ROWS];
    for (int bit = 0; bit < 5; bit++) {
      for (int pattern = 0; pattern < BLOCK_ROWS; pattern++) {
        result[BLOCK_ROWS * bit + pattern] = (short) (((pattern >> bit) & 1) != 0 ? 1 : -1);
      }
    }
    return result;
  }

  @Override
  public String name() {
    return "vector-" + SHORTS.vectorBitSize();
  }

  @Override
  public void fillTables(short[] query, int laneVectorCount, MemorySegment tables) {
    CodeBounds.fillTables(query, laneVectorCount, tables);
    for (int part = 0; part < BLOCK_ROWS; part += SHORT_COUNT) {
      fillTables(query, 3 * laneVectorCount, part, tables.address() + 2L * part);
    }
  }

  private static void fillTables(short[] query, int groupCount, int part, long to) {
    ShortVector s0 = ShortVector.fromArray(SHORTS, SIGNS, part);
    ShortVector s1 = ShortVector.fromArray(SHORTS, SIGNS, part + BLOCK_ROWS);
    ShortVector s2 = ShortVector.fromArray(SHORTS, SIGNS, part + 2 * BLOCK_ROWS);
    ShortVector s3 = ShortVector.fromArray(SHORTS, SIGNS, part + 3 * BLOCK_ROWS);
    ShortVector s4 = ShortVector.fromArray(SHORTS, SIGNS, part + 4 * BLOCK_ROWS);
    long at = to;
    int end = 5 * groupCount;
    for (int i = 0; i < end; i += 5, at += LANE_VECTOR_BYTES) {
      ShortVector a = s0.mul(query[i]).add(s1.mul(query[i + 1]));
      ShortVector b = s2.mul(query[i + 2]).add(s3.mul(query[i + 3]));
      a.add(b).add(s4.mul(query[i + 4])).intoMemorySegment(ALL, at, ORDER);
    }
  }

  @Override
  public int prefetch(MemorySegment blocks, long offset, long byteCount) {
    CodeBounds.prefetch(blocks, offset, byteCount);
    long from = blocks.address() + offset;
    if (PREFETCH && byteCount > 0) {
      CachePrefetch.lines(from, (int) ((byteCount + LINE_BYTES - 1) / LINE_BYTES));
      return 0;
    }
    int sum = 0;
    for (long at = from; at < from + byteCount; at += LINE_BYTES) {
      sum += ALL.get(ValueLayout.JAVA_BYTE, at);
    }
    return sum;
  }

  @Override
  public int scan(
      MemorySegment tables,
      int laneVectorCount,
      MemorySegment blocks,
      long offset,
      float step,
      float base,
      float bound,
      float[] estimates) {
    CodeBounds.scan(tables, laneVectorCount, blocks, offset, estimates);
    long table = tables.address();
    long block = blocks.address() + offset;
    if (SHORT_COUNT == BLOCK_ROWS) {
      return scanWide(table, laneVectorCount, block, step, base, bound, estimates);
    }
    int below = 0;
    for (int part = 0; part < BLOCK_ROWS; part += SHORT_COUNT) {
      below |= scanPart(table, laneVectorCount, block, part, step, base, bound, estimates) << part;
    }
    return below;
  }

  private static int scanWide(
      long table,
      int laneVectorCount,
      long block,
      float step,
      float base,
      float bound,
      float[] estimates) {
    ShortVector sum0 = ShortVector.zero(SHORTS);
    ShortVector sum1 = ShortVector.zero(SHORTS);
    ShortVector sum2 = ShortVector.zero(SHORTS);
    long at = block;
    long group = table;
    for (int v = 0; v < laneVectorCount; v++) {
      ShortVector codes = ShortVector.fromMemorySegment(SHORTS, ALL, at, ORDER);
      ShortVector entries = ShortVector.fromMemorySegment(SHORTS, ALL, group, ORDER);
      sum0 = sum0.add(codes.selectFrom(entries));
      entries = ShortVector.fromMemorySegment(SHORTS, ALL, group + 64, ORDER);
      sum1 = sum1.add(codes.lanewise(VectorOperators.LSHR, 5).selectFrom(entries));
      entries = ShortVector.fromMemorySegment(SHORTS, ALL, group + 128, ORDER);
      sum2 = sum2.add(codes.lanewise(VectorOperators.LSHR, 10).selectFrom(entries));
      at += LANE_VECTOR_BYTES;
      group += 3 * LANE_VECTOR_BYTES;
    }
    ShortVector sum = sum0.add(sum1).add(sum2);
    int below = 0;
    for (int half = 0; half < 2; half++) {
      IntVector whole = (IntVector) sum.convertShape(VectorOperators.S2I, INTS, half);
      FloatVector steps = (FloatVector) whole.convertShape(VectorOperators.I2F, FLOATS, 0);
      FloatVector add = FloatVector.fromMemorySegment(FLOATS, ALL, at, ORDER).add(base);
      FloatVector factor = FloatVector.fromMemorySegment(FLOATS, ALL, at + 128, ORDER);
      FloatVector estimate = steps.mul(step).fma(factor, add);
      estimate.intoArray(estimates, half * FLOAT_COUNT);
      long mask = estimate.compare(VectorOperators.LT, bound).toLong();
      below |= (int) mask << (half * FLOAT_COUNT);
      at += 64;
    }
    return below;
  }

  /// Rows `[part, part + SHORT_COUNT)` of a block.
  private static int scanPart(
      long table,
      int laneVectorCount,
      long block,
      int part,
      float step,
      float base,
      float bound,
      float[] estimates) {
    ShortVector sum = ShortVector.zero(SHORTS);
    long at = block + 2L * part;
    long group = table;
    for (int v = 0; v < laneVectorCount; v++) {
      ShortVector codes = ShortVector.fromMemorySegment(SHORTS, ALL, at, ORDER);
      for (int j = 0; j < 3; j++, group += LANE_VECTOR_BYTES) {
        ShortVector index = codes.lanewise(VectorOperators.LSHR, 5L * j);
        ShortVector entries = ShortVector.fromMemorySegment(SHORTS, ALL, group, ORDER);
        short first = ALL.get(ScalarCodeKernel.SHORT, group);
        sum = sum.add(index.and((short) (SHORT_COUNT - 1)).selectFrom(entries));
        for (int bit = LOOKUP_BITS; bit < 5; bit++) {
          short other = ALL.get(ScalarCodeKernel.SHORT, group + (2L << bit));
          ShortVector set = index.lanewise(VectorOperators.LSHR, bit).and((short) 1);
          sum = sum.add(set.mul((short) (other - first)));
        }
      }
      at += LANE_VECTOR_BYTES;
    }
    long adds = block + (long) laneVectorCount * LANE_VECTOR_BYTES + 4L * part;
    int below = 0;
    for (int half = 0; half < 2; half++) {
      IntVector whole = (IntVector) sum.convertShape(VectorOperators.S2I, INTS, half);
      FloatVector steps = (FloatVector) whole.convertShape(VectorOperators.I2F, FLOATS, 0);
      FloatVector add = FloatVector.fromMemorySegment(FLOATS, ALL, adds, ORDER).add(base);
      FloatVector factor = FloatVector.fromMemorySegment(FLOATS, ALL, adds + 128, ORDER);
      FloatVector estimate = steps.mul(step).fma(factor, add);
      estimate.intoArray(estimates, part + half * FLOAT_COUNT);
      long mask = estimate.compare(VectorOperators.LT, bound).toLong();
      below |= (int) mask << (half * FLOAT_COUNT);
      adds += 4L * FLOAT_COUNT;
    }
    return below;
  }

  @Override
  public int int8Product(MemorySegment query, MemorySegment vectors, long offset, int byteCount) {
    CodeBounds.int8(query, vectors, offset, byteCount);
    return product(query.address(), vectors.address() + offset, byteCount);
  }

  /// Two products are added in 16 bits, which `2 × 127²` fits, then widened by shifts: cheaper than
  /// widening each product.
  private static int product(long query, long vector, int byteCount) {
    IntVector odd = IntVector.zero(INTS);
    IntVector even = IntVector.zero(INTS);
    long q = query;
    long end = vector + byteCount;
    for (long v = vector; v < end; v += 2L * SHORT_COUNT, q += 2L * SHORTS_BYTES) {
      ShortVector x = ShortVector.fromMemorySegment(SHORTS, ALL, q, ORDER);
      ByteVector y = ByteVector.fromMemorySegment(BYTES, ALL, v, ORDER);
      ShortVector sum = x.mul(y.convertShape(VectorOperators.B2S, SHORTS, 0));
      x = ShortVector.fromMemorySegment(SHORTS, ALL, q + SHORTS_BYTES, ORDER);
      y = ByteVector.fromMemorySegment(BYTES, ALL, v + SHORT_COUNT, ORDER);
      sum = sum.add(x.mul(y.convertShape(VectorOperators.B2S, SHORTS, 0)));
      IntVector pair = sum.reinterpretAsInts();
      odd = odd.add(pair.lanewise(VectorOperators.ASHR, 16));
      even = even.add(pair.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16));
    }
    return odd.add(even).reduceLanes(VectorOperators.ADD);
  }

  @Override
  public void int8Products(
      MemorySegment query,
      MemorySegment vectors,
      long stride,
      int[] rows,
      int count,
      int byteCount,
      int[] products) {
    CodeBounds.int8Rows(query, vectors, stride, rows, count, byteCount, products);
    long q = query.address();
    long v = vectors.address();
    int i = 0;
    for (; i <= count - 4; i += 4) {
      products(
          q,
          v + rows[i] * stride,
          v + rows[i + 1] * stride,
          v + rows[i + 2] * stride,
          v + rows[i + 3] * stride,
          byteCount,
          products,
          i);
    }
    for (; i < count; i++) {
      products[i] = product(q, v + rows[i] * stride, byteCount);
    }
  }

  /// Four rows at once: the query is read once, and four rows' cache misses overlap.
  private static void products(
      long query, long v0, long v1, long v2, long v3, int byteCount, int[] products, int at) {
    IntVector a = IntVector.zero(INTS);
    IntVector b = IntVector.zero(INTS);
    IntVector c = IntVector.zero(INTS);
    IntVector d = IntVector.zero(INTS);
    long q = query;
    for (long i = 0; i < byteCount; i += 2L * SHORT_COUNT, q += 2L * SHORTS_BYTES) {
      ShortVector x = ShortVector.fromMemorySegment(SHORTS, ALL, q, ORDER);
      ShortVector y = ShortVector.fromMemorySegment(SHORTS, ALL, q + SHORTS_BYTES, ORDER);
      ByteVector low = ByteVector.fromMemorySegment(BYTES, ALL, v0 + i, ORDER);
      ByteVector high = ByteVector.fromMemorySegment(BYTES, ALL, v0 + i + SHORT_COUNT, ORDER);
      ShortVector sum = x.mul(low.convertShape(VectorOperators.B2S, SHORTS, 0));
      sum = sum.add(y.mul(high.convertShape(VectorOperators.B2S, SHORTS, 0)));
      IntVector pair = sum.reinterpretAsInts();
      a = a.add(pair.lanewise(VectorOperators.ASHR, 16));
      a = a.add(pair.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16));
      low = ByteVector.fromMemorySegment(BYTES, ALL, v1 + i, ORDER);
      high = ByteVector.fromMemorySegment(BYTES, ALL, v1 + i + SHORT_COUNT, ORDER);
      sum = x.mul(low.convertShape(VectorOperators.B2S, SHORTS, 0));
      sum = sum.add(y.mul(high.convertShape(VectorOperators.B2S, SHORTS, 0)));
      pair = sum.reinterpretAsInts();
      b = b.add(pair.lanewise(VectorOperators.ASHR, 16));
      b = b.add(pair.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16));
      low = ByteVector.fromMemorySegment(BYTES, ALL, v2 + i, ORDER);
      high = ByteVector.fromMemorySegment(BYTES, ALL, v2 + i + SHORT_COUNT, ORDER);
      sum = x.mul(low.convertShape(VectorOperators.B2S, SHORTS, 0));
      sum = sum.add(y.mul(high.convertShape(VectorOperators.B2S, SHORTS, 0)));
      pair = sum.reinterpretAsInts();
      c = c.add(pair.lanewise(VectorOperators.ASHR, 16));
      c = c.add(pair.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16));
      low = ByteVector.fromMemorySegment(BYTES, ALL, v3 + i, ORDER);
      high = ByteVector.fromMemorySegment(BYTES, ALL, v3 + i + SHORT_COUNT, ORDER);
      sum = x.mul(low.convertShape(VectorOperators.B2S, SHORTS, 0));
      sum = sum.add(y.mul(high.convertShape(VectorOperators.B2S, SHORTS, 0)));
      pair = sum.reinterpretAsInts();
      d = d.add(pair.lanewise(VectorOperators.ASHR, 16));
      d = d.add(pair.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16));
    }
    products[at] = a.reduceLanes(VectorOperators.ADD);
    products[at + 1] = b.reduceLanes(VectorOperators.ADD);
    products[at + 2] = c.reduceLanes(VectorOperators.ADD);
    products[at + 3] = d.reduceLanes(VectorOperators.ADD);
  }

  @Override
  public void widenInt8(MemorySegment vectors, long offset, int byteCount, MemorySegment query) {
    CodeBounds.int8(query, vectors, offset, byteCount);
    long from = vectors.address() + offset;
    long to = query.address();
    for (int i = 0; i < byteCount; i += SHORT_COUNT) {
      ByteVector v = ByteVector.fromMemorySegment(BYTES, ALL, from + i, ORDER);
      ShortVector wide = (ShortVector) v.convertShape(VectorOperators.B2S, SHORTS, 0);
      wide.intoMemorySegment(ALL, to + 2L * i, ORDER);
    }
  }

  @Override
  public void int8ToFloats(
      MemorySegment vectors, long offset, int dimension, float step, float[] result) {
    CodeBounds.int8ToFloats(vectors, offset, dimension, result);
    long from = vectors.address() + offset;
    // 128-bit reads fit a row of 16 floats whatever the width.
    for (int i = 0; i < dimension; i += ROW_FLOATS) {
      ByteVector v = ByteVector.fromMemorySegment(ROW_BYTES, ALL, from + i, ORDER);
      for (int part = 0; part < ROW_FLOATS / FLOAT_COUNT; part++) {
        FloatVector f = (FloatVector) v.convertShape(VectorOperators.B2F, FLOATS, part);
        f.mul(step).intoArray(result, i + part * FLOAT_COUNT);
      }
    }
  }

  @Override
  public void differences(
      float[] vector,
      int vectorOffset,
      float[] centre,
      int centreOffset,
      int dimension,
      long[] signs,
      float[] sums) {
    CodeBounds.differences(vector, vectorOffset, centre, centreOffset, dimension, signs, sums);
    Arrays.fill(signs, 0, (dimension + 63) >>> 6, 0);
    FloatVector squares = FloatVector.zero(FLOATS);
    FloatVector magnitudes = FloatVector.zero(FLOATS);
    FloatVector signed = FloatVector.zero(FLOATS);
    FloatVector products = FloatVector.zero(FLOATS);
    for (int i = 0; i < dimension; i += FLOAT_COUNT) {
      FloatVector c = FloatVector.fromArray(FLOATS, centre, centreOffset + i);
      FloatVector x = FloatVector.fromArray(FLOATS, vector, vectorOffset + i).sub(c);
      VectorMask<Float> positive = x.compare(VectorOperators.GT, 0f);
      signs[i >>> 6] |= positive.toLong() << i;
      squares = x.fma(x, squares);
      magnitudes = magnitudes.add(x.abs());
      signed = signed.add(c.neg().blend(c, positive));
      products = x.fma(c, products);
    }
    sums[0] = LaneSum.of(squares);
    sums[1] = LaneSum.of(magnitudes);
    sums[2] = LaneSum.of(signed);
    sums[3] = LaneSum.of(products);
  }

  @Override
  public void int8Differences(
      MemorySegment vectors,
      long vectorOffset,
      long centreOffset,
      int byteCount,
      long[] signs,
      int[] sums) {
    CodeBounds.int8Differences(vectors, vectorOffset, centreOffset, byteCount, signs, sums);
    Arrays.fill(signs, 0, byteCount >>> 6, 0);
    Arrays.fill(sums, 0, 2, 0);
    long vector = vectors.address() + vectorOffset;
    long centre = vectors.address() + centreOffset;
    for (int from = 0; from < byteCount; from += DIFFERENCE_RUN) {
      int to = Math.min(byteCount, from + DIFFERENCE_RUN);
      int8Differences(vector, centre, from, to, signs, sums);
    }
  }

  private static void int8Differences(
      long vector, long centre, int from, int to, long[] signs, int[] sums) {
    ShortVector magnitudes = ShortVector.zero(SHORTS);
    ShortVector signed = ShortVector.zero(SHORTS);
    for (int i = from; i < to; i += SHORT_COUNT) {
      ByteVector v = ByteVector.fromMemorySegment(BYTES, ALL, vector + i, ORDER);
      ByteVector w = ByteVector.fromMemorySegment(BYTES, ALL, centre + i, ORDER);
      ShortVector c = (ShortVector) w.convertShape(VectorOperators.B2S, SHORTS, 0);
      ShortVector x = (ShortVector) v.convertShape(VectorOperators.B2S, SHORTS, 0);
      x = x.sub(c);
      VectorMask<Short> positive = x.compare(VectorOperators.GT, (short) 0);
      signs[i >>> 6] |= positive.toLong() << i;
      magnitudes = magnitudes.add(x.abs());
      signed = signed.add(c.neg().blend(c, positive));
    }
    IntVector pair = magnitudes.reinterpretAsInts();
    IntVector sum = pair.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16);
    sums[0] += sum.add(pair.lanewise(VectorOperators.ASHR, 16)).reduceLanes(VectorOperators.ADD);
    pair = signed.reinterpretAsInts();
    sum = pair.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16);
    sums[1] += sum.add(pair.lanewise(VectorOperators.ASHR, 16)).reduceLanes(VectorOperators.ADD);
  }

  @Override
  public void butterflies(float[] values, int offset, int rowCount) {
    CodeBounds.butterflies(values, offset, rowCount);
    int end = offset + rowCount * ROW_FLOATS;
    for (int half = ROW_FLOATS; half < rowCount * ROW_FLOATS; half *= 2) {
      for (int from = offset; from < end; from += 2 * half) {
        butterflyRun(values, from, half);
      }
    }
  }

  private static void butterflyRun(float[] values, int from, int half) {
    for (int i = from; i < from + half; i += FLOAT_COUNT) {
      FloatVector a = FloatVector.fromArray(FLOATS, values, i);
      FloatVector b = FloatVector.fromArray(FLOATS, values, i + half);
      a.add(b).intoArray(values, i);
      a.sub(b).intoArray(values, i + half);
    }
  }

  @Override
  public void products(
      float[] rows,
      int rowOffset,
      int stride,
      int rowCount,
      float[] panel,
      int panelOffset,
      int dimension,
      float[] products) {
    CodeBounds.products(rows, rowOffset, stride, rowCount, panel, panelOffset, dimension, products);
    for (int column = 0; column < PANEL_COLUMNS; column += 2 * FLOAT_COUNT) {
      int at = panelOffset + column;
      int row = 0;
      for (; row <= rowCount - 4; row += 4) {
        int first = rowOffset + row * stride;
        int to = row * PANEL_COLUMNS + column;
        fourRows(rows, first, stride, panel, at, dimension, products, to);
      }
      for (; row < rowCount; row++) {
        int to = row * PANEL_COLUMNS + column;
        oneRow(rows, rowOffset + row * stride, panel, at, dimension, products, to);
      }
    }
  }

  private static void fourRows(
      float[] rows,
      int first,
      int stride,
      float[] panel,
      int panelOffset,
      int dimension,
      float[] products,
      int at) {
    FloatVector a0 = FloatVector.zero(FLOATS);
    FloatVector a1 = FloatVector.zero(FLOATS);
    FloatVector b0 = FloatVector.zero(FLOATS);
    FloatVector b1 = FloatVector.zero(FLOATS);
    FloatVector c0 = FloatVector.zero(FLOATS);
    FloatVector c1 = FloatVector.zero(FLOATS);
    FloatVector d0 = FloatVector.zero(FLOATS);
    FloatVector d1 = FloatVector.zero(FLOATS);
    int column = panelOffset;
    for (int i = first; i < first + dimension; i++, column += PANEL_COLUMNS) {
      FloatVector p0 = FloatVector.fromArray(FLOATS, panel, column);
      FloatVector p1 = FloatVector.fromArray(FLOATS, panel, column + FLOAT_COUNT);
      FloatVector x = FloatVector.broadcast(FLOATS, rows[i]);
      a0 = x.fma(p0, a0);
      a1 = x.fma(p1, a1);
      x = FloatVector.broadcast(FLOATS, rows[i + stride]);
      b0 = x.fma(p0, b0);
      b1 = x.fma(p1, b1);
      x = FloatVector.broadcast(FLOATS, rows[i + 2 * stride]);
      c0 = x.fma(p0, c0);
      c1 = x.fma(p1, c1);
      x = FloatVector.broadcast(FLOATS, rows[i + 3 * stride]);
      d0 = x.fma(p0, d0);
      d1 = x.fma(p1, d1);
    }
    a0.intoArray(products, at);
    a1.intoArray(products, at + FLOAT_COUNT);
    b0.intoArray(products, at + PANEL_COLUMNS);
    b1.intoArray(products, at + PANEL_COLUMNS + FLOAT_COUNT);
    c0.intoArray(products, at + 2 * PANEL_COLUMNS);
    c1.intoArray(products, at + 2 * PANEL_COLUMNS + FLOAT_COUNT);
    d0.intoArray(products, at + 3 * PANEL_COLUMNS);
    d1.intoArray(products, at + 3 * PANEL_COLUMNS + FLOAT_COUNT);
  }

  private static void oneRow(
      float[] rows,
      int first,
      float[] panel,
      int panelOffset,
      int dimension,
      float[] products,
      int at) {
    FloatVector a0 = FloatVector.zero(FLOATS);
    FloatVector a1 = FloatVector.zero(FLOATS);
    int column = panelOffset;
    for (int i = first; i < first + dimension; i++, column += PANEL_COLUMNS) {
      FloatVector x = FloatVector.broadcast(FLOATS, rows[i]);
      a0 = x.fma(FloatVector.fromArray(FLOATS, panel, column), a0);
      a1 = x.fma(FloatVector.fromArray(FLOATS, panel, column + FLOAT_COUNT), a1);
    }
    a0.intoArray(products, at);
    a1.intoArray(products, at + FLOAT_COUNT);
  }
}
