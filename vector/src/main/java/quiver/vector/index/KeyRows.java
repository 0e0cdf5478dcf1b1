package quiver.vector.index;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import quiver.common.column.RowMask;
import quiver.common.value.BitString;
import quiver.common.value.SparseVector;
import quiver.common.vector.DistanceMetric;
import quiver.vector.kernel.KeyKernel;
import quiver.vector.parallel.ParallelLoop;

/// Keys of one segment in the form they are compared in, off-heap. A view: whoever opened the arena
/// keeps it open while anything searches.
public final class KeyRows implements GraphRows, DuplicateRows.RowBytes {
  private static final int CHUNK_NORMS = 1_024;

  private final KeyForm form;
  private final int dimension;
  private final int rowCount;
  private final MemorySegment data;
  private final RowMask present;
  private final KeyKernel kernel;

  /// @param form any but COLUMN
  /// @param data as [KeyForm] says
  /// @param present the rows that have a key
  KeyRows(
      KeyForm form,
      int dimension,
      int rowCount,
      MemorySegment data,
      RowMask present,
      KeyKernel kernel) {
    this.form = form;
    this.dimension = dimension;
    this.rowCount = rowCount;
    this.data = data;
    this.present = present;
    this.kernel = kernel;
  }

  /// Bytes of a row of a form with rows of one length.
  static long strideBytes(KeyForm form, int dimension) {
    return switch (form) {
      case FLOATS -> 4L * dimension;
      case HALVES -> (2L * dimension + 3) & ~3L;
      case BITS -> 8L * wordCount(dimension);
      case COLUMN, SPARSE ->
          throw new IllegalArgumentException(form + " has no rows of one length");
    };
  }

  static int wordCount(int bitCount) {
    return (bitCount + 63) >>> 6;
  }

  public KeyForm form() {
    return form;
  }

  /// The rows as float32 vectors, for [KeyForm#FLOATS].
  public VectorRows vectors() {
    if (form != KeyForm.FLOATS) {
      throw new IllegalStateException(form + " are no float32 vectors");
    }
    return VectorRows.of(dimension, rowCount, data, present);
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public int rowCount() {
    return rowCount;
  }

  @Override
  public RowMask present() {
    return present;
  }

  @Override
  public MemorySegment block() {
    return data;
  }

  @Override
  public long offset(int row) {
    return form == KeyForm.SPARSE
        ? data.getAtIndex(LittleEndian.LONG, row)
        : row * strideBytes(form, dimension);
  }

  @Override
  public long length(int row) {
    return form == KeyForm.SPARSE ? offset(row + 1) - offset(row) : strideBytes(form, dimension);
  }

  KeyKernel kernel() {
    return kernel;
  }

  @Override
  public RowScorer newScorer(DistanceMetric metric, InverseNorms norms) {
    return switch (form) {
      case HALVES -> new HalfRowScorer(this, metric, norms);
      case BITS -> new BitRowScorer(this, metric);
      case SPARSE -> new SparseRowScorer(this, metric, norms);
      case FLOATS, COLUMN -> throw new IllegalStateException(form + " have scorers of their own");
    };
  }

  @Override
  public float[] inverseNorms(ParallelLoop loop, BuildMonitor monitor) {
    float[] result = new float[rowCount];
    loop.run(
        rowCount,
        CHUNK_NORMS,
        (slot, from, to) -> {
          monitor.checkCancelled();
          for (int row = from; row < to; row++) {
            if (present.contains(row)) {
              result[row] = InverseNorms.of(squaredNorm(row));
            }
          }
        });
    return result;
  }

  private float squaredNorm(int row) {
    float sum = 0;
    if (form == KeyForm.HALVES) {
      float[] values = new float[dimension];
      copyHalves(row, values);
      for (float value : values) {
        sum += value * value;
      }
    } else {
      long start = offset(row);
      long count = length(row) / 8;
      for (long i = 0; i < count; i++) {
        float value = data.get(LittleEndian.FLOAT, start + 4 * (count + i));
        sum += value * value;
      }
    }
    return sum;
  }

  /// The key of a row, to be searched for.
  VectorQuery query(int row) {
    long start = offset(row);
    return switch (form) {
      case HALVES -> {
        float[] values = new float[dimension];
        copyHalves(row, values);
        yield new VectorQuery.Dense(values);
      }
      case BITS -> {
        byte[] bytes = new byte[(dimension + 7) / 8];
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, start, bytes, 0, bytes.length);
        yield new VectorQuery.Bits(BitString.of(dimension, bytes));
      }
      case SPARSE -> {
        int count = (int) (length(row) / 8);
        int[] indices = new int[count];
        float[] values = new float[count];
        MemorySegment.copy(data, LittleEndian.INT, start, indices, 0, count);
        MemorySegment.copy(data, LittleEndian.FLOAT, start + 4L * count, values, 0, count);
        yield new VectorQuery.Sparse(SparseVector.of(dimension, indices, values));
      }
      case FLOATS, COLUMN -> {
        float[] values = new float[dimension];
        vectors().copyRow(row, values);
        yield new VectorQuery.Dense(values);
      }
    };
  }

  void copyHalves(int row, float[] target) {
    long start = offset(row);
    for (int i = 0; i < dimension; i++) {
      target[i] = Float.float16ToFloat(data.get(LittleEndian.SHORT, start + 2L * i));
    }
  }

  @Override
  public DuplicateRows duplicates(int[] candidates, ParallelLoop loop) {
    return DuplicateRows.find(this, Arrays.copyOf(candidates, candidates.length), loop);
  }
}
