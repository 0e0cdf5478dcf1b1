package quiver.vector.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// The checks a kernel makes once a call, so that its loops need none.
final class KernelBounds {
  private KernelBounds() {}

  static void heap(float[] a, int aOffset, float[] b, int bOffset, int dimension) {
    Objects.checkFromIndexSize(aOffset, dimension, a.length);
    Objects.checkFromIndexSize(bOffset, dimension, b.length);
  }

  static void heapRows(
      int dimension, float[] rows, int firstRow, int rowCount, int resultCapacity) {
    Objects.checkFromIndexSize(
        (long) firstRow * dimension, (long) rowCount * dimension, (long) rows.length);
    Objects.checkFromIndexSize(0, rowCount, resultCapacity);
  }

  static void query(MemorySegment query, int dimension) {
    requireNative(query);
    Objects.checkFromIndexSize(0L, (long) dimension * Float.BYTES, query.byteSize());
  }

  static void scan(
      int dimension, MemorySegment rows, int firstRow, int rowCount, int resultCapacity) {
    requireNative(rows);
    long rowBytes = (long) dimension * Float.BYTES;
    Objects.checkFromIndexSize(firstRow * rowBytes, rowCount * rowBytes, rows.byteSize());
    Objects.checkFromIndexSize(0, rowCount, resultCapacity);
  }

  static void gather(
      int dimension, MemorySegment rows, int[] rowNumbers, int count, int resultCapacity) {
    requireNative(rows);
    Objects.checkFromIndexSize(0, count, rowNumbers.length);
    Objects.checkFromIndexSize(0, count, resultCapacity);
    int max = 0;
    int min = 0;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, rowNumbers[i]);
      min = Math.min(min, rowNumbers[i]);
    }
    if (count > 0) {
      long rowBytes = (long) dimension * Float.BYTES;
      if (min < 0 || (max + 1L) * rowBytes > rows.byteSize()) {
        throw new IndexOutOfBoundsException(
            "rows " + min + " to " + max + " of " + rowBytes + " bytes in " + rows.byteSize());
      }
    }
  }

  static void requireNative(MemorySegment segment) {
    if (!segment.isNative()) {
      throw new IllegalArgumentException("a kernel reads off-heap segments, not " + segment);
    }
    if (!segment.scope().isAlive()) {
      throw new IllegalStateException("the segment's arena is closed");
    }
  }
}
