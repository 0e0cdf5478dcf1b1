package quiver.vector.index;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import quiver.common.column.RowMask;
import quiver.common.value.BitString;
import quiver.common.value.HalfVector;
import quiver.common.value.SparseVector;
import quiver.vector.kernel.KeyKernel;

/// Takes the keys of one segment, in row order, and lays them out as they are compared. Used by one
/// thread.
public final class KeyRowsBuilder {
  private static final int ALIGNMENT = 64;
  private static final long SPARSE_BYTES_FIRST = 1 << 16;

  private final KeyForm form;
  private final int dimension;
  private final int rowCount;
  private final Arena arena;
  private final RowMask present;
  private final long stride;
  private MemorySegment data;
  private long sparseEnd;
  private int nextRow;

  /// @param arena owns the keys
  public KeyRowsBuilder(KeyForm form, int dimension, int rowCount, Arena arena) {
    this.form = form;
    this.dimension = dimension;
    this.rowCount = rowCount;
    this.arena = arena;
    this.present = RowMask.none(rowCount);
    boolean sparse = form == KeyForm.SPARSE;
    this.stride = sparse ? 0 : KeyRows.strideBytes(form, dimension);
    this.sparseEnd = sparse ? (rowCount + 1L) * Long.BYTES : 0;
    this.data =
        arena.allocate(
            sparse ? sparseEnd + SPARSE_BYTES_FIRST : Math.max(1, stride * rowCount), ALIGNMENT);
  }

  /// @param key a datum of the key's type, of the builder's dimension
  public void add(int row, Object key) {
    present.add(row);
    switch (key) {
      case float[] values -> {
        for (int i = 0; i < dimension; i++) {
          data.set(LittleEndian.FLOAT, row * stride + 4L * i, values[i]);
        }
      }
      case HalfVector halves -> {
        for (int i = 0; i < dimension; i++) {
          data.set(LittleEndian.SHORT, row * stride + 2L * i, halves.halves()[i]);
        }
      }
      case BitString bits -> {
        MemorySegment bytes = MemorySegment.ofArray(bits.bytes());
        MemorySegment.copy(bytes, 0, data, row * stride, bytes.byteSize());
      }
      case SparseVector sparse -> add(row, sparse);
      default -> throw new IllegalArgumentException("key " + key.getClass());
    }
  }

  private void add(int row, SparseVector sparse) {
    finishRowsBefore(row);
    int count = sparse.count();
    long needed = sparseEnd + 8L * count;
    if (needed > data.byteSize()) {
      MemorySegment larger = arena.allocate(2 * needed, ALIGNMENT);
      MemorySegment.copy(data, 0, larger, 0, sparseEnd);
      data = larger;
    }
    MemorySegment.copy(sparse.indices(), 0, data, LittleEndian.INT, sparseEnd, count);
    MemorySegment.copy(sparse.values(), 0, data, LittleEndian.FLOAT, sparseEnd + 4L * count, count);
    sparseEnd = needed;
  }

  /// Lets the rows up to `row` begin where those before them end.
  private void finishRowsBefore(int row) {
    while (nextRow <= row) {
      data.setAtIndex(LittleEndian.LONG, nextRow++, sparseEnd);
    }
  }

  public KeyRows build(KeyKernel kernel) {
    if (form == KeyForm.SPARSE) {
      finishRowsBefore(rowCount);
    }
    MemorySegment rows = form == KeyForm.SPARSE ? data.asSlice(0, sparseEnd) : data;
    return new KeyRows(form, dimension, rowCount, rows, present, kernel);
  }
}
