package quiver.vector.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Plain loops: the reference the SIMD code kernel is tested against, and the fall-back where
/// `jdk.incubator.vector` is missing.
final class ScalarCodeKernel implements CodeKernel {
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int CACHE_LINE_BYTES = 64;

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public void fillTables(short[] query, int laneVectorCount, MemorySegment tables) {
    CodeBounds.fillTables(query, laneVectorCount, tables);
    for (int group = 0; group < 3 * laneVectorCount; group++) {
      for (int pattern = 0; pattern < 32; pattern++) {
        int sum = 0;
        for (int bit = 0; bit < 5; bit++) {
          int value = query[5 * group + bit];
          sum += ((pattern >> bit) & 1) != 0 ? value : -value;
        }
        tables.set(SHORT, (32L * group + pattern) * Short.BYTES, (short) sum);
      }
    }
  }

  @Override
  public int prefetch(MemorySegment blocks, long offset, long byteCount) {
    CodeBounds.prefetch(blocks, offset, byteCount);
    int sum = 0;
    for (long at = offset; at < offset + byteCount; at += CACHE_LINE_BYTES) {
      sum += blocks.get(ValueLayout.JAVA_BYTE, at);
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
    long adds = offset + (long) laneVectorCount * LANE_VECTOR_BYTES;
    long factors = adds + (long) BLOCK_ROWS * Float.BYTES;
    int below = 0;
    for (int row = 0; row < BLOCK_ROWS; row++) {
      short sum = 0;
      for (int v = 0; v < laneVectorCount; v++) {
        int codes = blocks.get(SHORT, offset + (long) v * LANE_VECTOR_BYTES + 2L * row);
        for (int j = 0; j < 3; j++) {
          long entry = 32L * (3 * v + j) + ((codes >> (5 * j)) & 31);
          sum += tables.get(SHORT, entry * Short.BYTES);
        }
      }
      float add = blocks.get(FLOAT, adds + (long) row * Float.BYTES) + base;
      float factor = blocks.get(FLOAT, factors + (long) row * Float.BYTES);
      estimates[row] = Math.fma(sum * step, factor, add);
      if (estimates[row] < bound) {
        below |= 1 << row;
      }
    }
    return below;
  }

  @Override
  public int int8Product(MemorySegment query, MemorySegment vectors, long offset, int byteCount) {
    CodeBounds.int8(query, vectors, offset, byteCount);
    int sum = 0;
    for (int i = 0; i < byteCount; i++) {
      sum += query.get(SHORT, 2L * i) * vectors.get(ValueLayout.JAVA_BYTE, offset + i);
    }
    return sum;
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
    for (int i = 0; i < count; i++) {
      products[i] = int8Product(query, vectors, rows[i] * stride, byteCount);
    }
  }

  @Override
  public void widenInt8(MemorySegment vectors, long offset, int byteCount, MemorySegment query) {
    CodeBounds.int8(query, vectors, offset, byteCount);
    for (int i = 0; i < byteCount; i++) {
      query.set(SHORT, 2L * i, vectors.get(ValueLayout.JAVA_BYTE, offset + i));
    }
  }

  @Override
  public void int8ToFloats(
      MemorySegment vectors, long offset, int dimension, float step, float[] result) {
    CodeBounds.int8ToFloats(vectors, offset, dimension, result);
    for (int i = 0; i < dimension; i++) {
      result[i] = vectors.get(ValueLayout.JAVA_BYTE, offset + i) * step;
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
    Arrays.fill(sums, 0, 4, 0);
    for (int i = 0; i < dimension; i++) {
      float c = centre[centreOffset + i];
      float x = vector[vectorOffset + i] - c;
      if (x > 0) {
        signs[i >>> 6] |= 1L << i;
      }
      sums[0] += x * x;
      sums[1] += Math.abs(x);
      sums[2] += x > 0 ? c : -c;
      sums[3] += x * c;
    }
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
    for (int i = 0; i < byteCount; i++) {
      int c = vectors.get(ValueLayout.JAVA_BYTE, centreOffset + i);
      int x = vectors.get(ValueLayout.JAVA_BYTE, vectorOffset + i) - c;
      if (x > 0) {
        signs[i >>> 6] |= 1L << i;
      }
      sums[0] += Math.abs(x);
      sums[1] += x > 0 ? c : -c;
    }
  }

  @Override
  public void butterflies(float[] values, int offset, int rowCount) {
    CodeBounds.butterflies(values, offset, rowCount);
    int end = offset + rowCount * ROW_FLOATS;
    for (int half = ROW_FLOATS; half < rowCount * ROW_FLOATS; half *= 2) {
      for (int from = offset; from < end; from += 2 * half) {
        for (int i = from; i < from + half; i++) {
          float a = values[i];
          float b = values[i + half];
          values[i] = a + b;
          values[i + half] = a - b;
        }
      }
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
    for (int row = 0; row < rowCount; row++) {
      for (int column = 0; column < PANEL_COLUMNS; column++) {
        float sum = 0;
        for (int i = 0; i < dimension; i++) {
          sum +=
              rows[rowOffset + row * stride + i] * panel[panelOffset + PANEL_COLUMNS * i + column];
        }
        products[PANEL_COLUMNS * row + column] = sum;
      }
    }
  }
}
