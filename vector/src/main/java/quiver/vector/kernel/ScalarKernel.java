package quiver.vector.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The plain loops of pgvector, element after element. The reference the SIMD kernel is tested
/// against, and the fall-back where `jdk.incubator.vector` is missing.
final class ScalarKernel implements VectorKernel {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public float compute(
      KernelOperation operation, float[] a, int aOffset, float[] b, int bOffset, int dimension) {
    KernelBounds.heap(a, aOffset, b, bOffset, dimension);
    float sum = 0;
    switch (operation) {
      case SQUARED_L2 -> {
        for (int i = 0; i < dimension; i++) {
          float difference = a[aOffset + i] - b[bOffset + i];
          sum += difference * difference;
        }
      }
      case INNER_PRODUCT -> {
        for (int i = 0; i < dimension; i++) {
          sum += a[aOffset + i] * b[bOffset + i];
        }
      }
      case L1 -> {
        for (int i = 0; i < dimension; i++) {
          sum += Math.abs(a[aOffset + i] - b[bOffset + i]);
        }
      }
    }
    return sum;
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
    for (int i = 0; i < rowCount; i++) {
      results[i] = sum(operation, query, 0, rows, firstRow + i, dimension);
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
    for (int i = 0; i < count; i++) {
      results[i] = sum(operation, query, 0, rows, rowNumbers[i], dimension);
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
    for (int i = 0; i < rowCount; i++) {
      int row = firstRow + i;
      products[i] = sum(KernelOperation.INNER_PRODUCT, query, 0, rows, row, dimension);
      squaredNorms[i] = sum(KernelOperation.INNER_PRODUCT, rows, row, rows, row, dimension);
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
    for (int i = 0; i < count; i++) {
      int row = rowNumbers[i];
      products[i] = sum(KernelOperation.INNER_PRODUCT, query, 0, rows, row, dimension);
      squaredNorms[i] = sum(KernelOperation.INNER_PRODUCT, rows, row, rows, row, dimension);
    }
  }

  private static float sum(
      KernelOperation operation,
      MemorySegment a,
      int aRow,
      MemorySegment b,
      int bRow,
      int dimension) {
    long aBase = (long) aRow * dimension * Float.BYTES;
    long bBase = (long) bRow * dimension * Float.BYTES;
    float sum = 0;
    for (int i = 0; i < dimension; i++) {
      float left = a.get(FLOAT, aBase + (long) i * Float.BYTES);
      float right = b.get(FLOAT, bBase + (long) i * Float.BYTES);
      float difference = left - right;
      sum +=
          switch (operation) {
            case SQUARED_L2 -> difference * difference;
            case INNER_PRODUCT -> left * right;
            case L1 -> Math.abs(difference);
          };
    }
    return sum;
  }
}
