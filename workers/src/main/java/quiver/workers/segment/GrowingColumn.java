package quiver.workers.segment;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.ObjectColumn;
import quiver.common.column.RowMask;
import quiver.common.column.VectorColumn;
import quiver.common.type.SqlType;

/// A column of a growing segment: blocks of equal row count that never move. One thread appends;
/// any thread reads rows that were published after they were appended.
abstract sealed class GrowingColumn {
  /// Rows in a block, unless vectors are so wide that the block would exceed [#BLOCK_BYTES_MAX].
  static final int BLOCK_ROWS = 1024;

  /// Largest block of vectors.
  static final int BLOCK_BYTES_MAX = 4 << 20;

  final SqlType type;
  private volatile long[] nullWords = new long[0];
  private volatile boolean anyNull;

  private GrowingColumn(SqlType type) {
    this.type = type;
  }

  static GrowingColumn of(SqlType type, Arena arena) {
    return switch (type.layout()) {
      case LONG -> new Longs(type);
      case DOUBLE -> new Doubles(type);
      case OBJECT -> new Objects(type);
      case VECTOR -> new Vectors(type, arena);
    };
  }

  /// Writes rows `from … from+count-1` of `source` to rows `at …`.
  abstract void append(int at, Column source, int from, int count);

  abstract Column column(int fromRow, int count);

  abstract Column gather(int[] rows, int from, int count);

  /// Memory the column occupies, in bytes.
  abstract long memoryBytes();

  final void appendNulls(int at, Column source, int from, int count) {
    Nulls nulls = source.nulls();
    if (!nulls.any()) {
      return;
    }
    for (int i = 0; i < count; i++) {
      if (nulls.isNull(from + i)) {
        int row = at + i;
        int word = row >>> 6;
        long[] words = nullWords;
        if (word >= words.length) {
          words = Arrays.copyOf(words, Math.max(word + 1, words.length * 2));
        }
        words[word] |= 1L << row;
        nullWords = words;
        anyNull = true;
      }
    }
  }

  final boolean isNull(int row) {
    if (!anyNull) {
      return false;
    }
    long[] words = nullWords;
    int word = row >>> 6;
    return word < words.length && (words[word] & (1L << row)) != 0;
  }

  final Nulls nulls(int from, int count) {
    if (!anyNull) {
      return Nulls.NONE;
    }
    long[] words = new long[(count + 63) >>> 6];
    for (int i = 0; i < count; i++) {
      if (isNull(from + i)) {
        words[i >>> 6] |= 1L << i;
      }
    }
    return Nulls.ofWords(words);
  }

  final Nulls nulls(int[] rows, int from, int count) {
    if (!anyNull) {
      return Nulls.NONE;
    }
    long[] words = new long[(count + 63) >>> 6];
    for (int i = 0; i < count; i++) {
      if (isNull(rows[from + i])) {
        words[i >>> 6] |= 1L << i;
      }
    }
    return Nulls.ofWords(words);
  }

  /// The rows that are not NULL.
  final RowMask present(int rowCount) {
    RowMask present = RowMask.all(rowCount);
    if (anyNull) {
      for (int row = 0; row < rowCount; row++) {
        if (isNull(row)) {
          present.remove(row);
        }
      }
    }
    return present;
  }

  private static final class Longs extends GrowingColumn {
    private volatile long[][] blocks = new long[0][];

    Longs(SqlType type) {
      super(type);
    }

    @Override
    void append(int at, Column source, int from, int count) {
      long[] values = ((LongColumn) source).values();
      for (int done = 0; done < count; ) {
        int row = at + done;
        if (row / BLOCK_ROWS == blocks.length) {
          long[][] more = Arrays.copyOf(blocks, blocks.length + 1);
          more[blocks.length] = new long[BLOCK_ROWS];
          blocks = more;
        }
        int step = Math.min(count - done, BLOCK_ROWS - row % BLOCK_ROWS);
        System.arraycopy(values, from + done, blocks[row / BLOCK_ROWS], row % BLOCK_ROWS, step);
        done += step;
      }
      appendNulls(at, source, from, count);
    }

    @Override
    Column column(int fromRow, int count) {
      long[][] now = blocks;
      long[] values;
      if (fromRow % BLOCK_ROWS == 0 && count <= BLOCK_ROWS && count > 0) {
        values = now[fromRow / BLOCK_ROWS];
      } else {
        values = new long[count];
        for (int done = 0; done < count; ) {
          int row = fromRow + done;
          int step = Math.min(count - done, BLOCK_ROWS - row % BLOCK_ROWS);
          System.arraycopy(now[row / BLOCK_ROWS], row % BLOCK_ROWS, values, done, step);
          done += step;
        }
      }
      return new LongColumn(type, count, values, nulls(fromRow, count));
    }

    @Override
    Column gather(int[] rows, int from, int count) {
      long[][] now = blocks;
      long[] values = new long[count];
      for (int i = 0; i < count; i++) {
        int row = rows[from + i];
        values[i] = now[row / BLOCK_ROWS][row % BLOCK_ROWS];
      }
      return new LongColumn(type, count, values, nulls(rows, from, count));
    }

    @Override
    long memoryBytes() {
      return 8L * BLOCK_ROWS * blocks.length;
    }
  }

  private static final class Doubles extends GrowingColumn {
    private volatile double[][] blocks = new double[0][];

    Doubles(SqlType type) {
      super(type);
    }

    @Override
    void append(int at, Column source, int from, int count) {
      double[] values = ((DoubleColumn) source).values();
      for (int done = 0; done < count; ) {
        int row = at + done;
        if (row / BLOCK_ROWS == blocks.length) {
          double[][] more = Arrays.copyOf(blocks, blocks.length + 1);
          more[blocks.length] = new double[BLOCK_ROWS];
          blocks = more;
        }
        int step = Math.min(count - done, BLOCK_ROWS - row % BLOCK_ROWS);
        System.arraycopy(values, from + done, blocks[row / BLOCK_ROWS], row % BLOCK_ROWS, step);
        done += step;
      }
      appendNulls(at, source, from, count);
    }

    @Override
    Column column(int fromRow, int count) {
      double[][] now = blocks;
      double[] values;
      if (fromRow % BLOCK_ROWS == 0 && count <= BLOCK_ROWS && count > 0) {
        values = now[fromRow / BLOCK_ROWS];
      } else {
        values = new double[count];
        for (int done = 0; done < count; ) {
          int row = fromRow + done;
          int step = Math.min(count - done, BLOCK_ROWS - row % BLOCK_ROWS);
          System.arraycopy(now[row / BLOCK_ROWS], row % BLOCK_ROWS, values, done, step);
          done += step;
        }
      }
      return new DoubleColumn(type, count, values, nulls(fromRow, count));
    }

    @Override
    Column gather(int[] rows, int from, int count) {
      double[][] now = blocks;
      double[] values = new double[count];
      for (int i = 0; i < count; i++) {
        int row = rows[from + i];
        values[i] = now[row / BLOCK_ROWS][row % BLOCK_ROWS];
      }
      return new DoubleColumn(type, count, values, nulls(rows, from, count));
    }

    @Override
    long memoryBytes() {
      return 8L * BLOCK_ROWS * blocks.length;
    }
  }

  private static final class Objects extends GrowingColumn {
    /// What an object is taken to occupy beyond what [#sizeOf] knows: header, reference, alignment.
    private static final int OBJECT_OVERHEAD_BYTES = 32;

    private volatile @Nullable Object[][] blocks = new @Nullable Object[0][];
    private volatile long bytes;

    Objects(SqlType type) {
      super(type);
    }

    @Override
    void append(int at, Column source, int from, int count) {
      @Nullable Object[] values = ((ObjectColumn) source).values();
      long added = 0;
      for (int i = 0; i < count; i++) {
        int row = at + i;
        if (row / BLOCK_ROWS == blocks.length) {
          @Nullable Object[][] more = Arrays.copyOf(blocks, blocks.length + 1);
          more[blocks.length] = new @Nullable Object[BLOCK_ROWS];
          blocks = more;
        }
        blocks[row / BLOCK_ROWS][row % BLOCK_ROWS] = values[from + i];
        added += sizeOf(values[from + i]);
      }
      long sum = bytes + added;
      bytes = sum;
      appendNulls(at, source, from, count);
    }

    private static long sizeOf(@Nullable Object value) {
      return switch (value) {
        case null -> 4;
        case String text -> OBJECT_OVERHEAD_BYTES + text.length();
        case quiver.common.value.Bytes data -> OBJECT_OVERHEAD_BYTES + data.length();
        case float[] vector -> OBJECT_OVERHEAD_BYTES + 4L * vector.length;
        case quiver.common.value.ArrayValue array -> {
          long sum = OBJECT_OVERHEAD_BYTES;
          for (Object element : array.elements()) {
            sum += sizeOf(element);
          }
          yield sum;
        }
        default -> 2L * OBJECT_OVERHEAD_BYTES;
      };
    }

    @Override
    Column column(int fromRow, int count) {
      @Nullable Object[][] now = blocks;
      @Nullable Object[] values;
      if (fromRow % BLOCK_ROWS == 0 && count <= BLOCK_ROWS && count > 0) {
        values = now[fromRow / BLOCK_ROWS];
      } else {
        values = new @Nullable Object[count];
        for (int i = 0; i < count; i++) {
          values[i] = now[(fromRow + i) / BLOCK_ROWS][(fromRow + i) % BLOCK_ROWS];
        }
      }
      return new ObjectColumn(type, count, values, nulls(fromRow, count));
    }

    @Override
    Column gather(int[] rows, int from, int count) {
      @Nullable Object[][] now = blocks;
      @Nullable Object[] values = new @Nullable Object[count];
      for (int i = 0; i < count; i++) {
        int row = rows[from + i];
        values[i] = now[row / BLOCK_ROWS][row % BLOCK_ROWS];
      }
      return new ObjectColumn(type, count, values, nulls(rows, from, count));
    }

    @Override
    long memoryBytes() {
      return 4L * BLOCK_ROWS * blocks.length + bytes;
    }
  }

  /// Vectors off the heap, row-major float32.
  static final class Vectors extends GrowingColumn {
    private final int dimension;
    private final int blockRows;
    private final Arena arena;
    private volatile List<MemorySegment> blocks = List.of();

    Vectors(SqlType type, Arena arena) {
      super(type);
      this.dimension = type.modifier();
      this.arena = arena;
      int rows = BLOCK_ROWS;
      while (rows > 1 && 4L * rows * dimension > BLOCK_BYTES_MAX) {
        rows >>= 1;
      }
      this.blockRows = rows;
    }

    int dimension() {
      return dimension;
    }

    int blockRows() {
      return blockRows;
    }

    List<MemorySegment> blocks() {
      return blocks;
    }

    private long rowBytes() {
      return 4L * dimension;
    }

    @Override
    void append(int at, Column source, int from, int count) {
      MemorySegment rows = ((VectorColumn) source).rows();
      for (int done = 0; done < count; ) {
        int row = at + done;
        if (row / blockRows == blocks.size()) {
          List<MemorySegment> more = new java.util.ArrayList<>(blocks);
          more.add(arena.allocate(blockRows * rowBytes(), 64));
          blocks = List.copyOf(more);
        }
        int step = Math.min(count - done, blockRows - row % blockRows);
        MemorySegment.copy(
            rows,
            (from + done) * rowBytes(),
            blocks.get(row / blockRows),
            row % blockRows * rowBytes(),
            step * rowBytes());
        done += step;
      }
      appendNulls(at, source, from, count);
    }

    @Override
    Column column(int fromRow, int count) {
      List<MemorySegment> now = blocks;
      int inBlock = fromRow % blockRows;
      if (count > 0 && inBlock + count <= blockRows) {
        MemorySegment rows =
            now.get(fromRow / blockRows).asSlice(inBlock * rowBytes(), count * rowBytes());
        return new VectorColumn(type, dimension, count, rows, nulls(fromRow, count));
      }
      MemorySegment copied = MemorySegment.ofArray(new float[count * dimension]);
      for (int done = 0; done < count; ) {
        int row = fromRow + done;
        int step = Math.min(count - done, blockRows - row % blockRows);
        MemorySegment.copy(
            now.get(row / blockRows),
            row % blockRows * rowBytes(),
            copied,
            done * rowBytes(),
            step * rowBytes());
        done += step;
      }
      return new VectorColumn(type, dimension, count, copied, nulls(fromRow, count));
    }

    @Override
    Column gather(int[] rows, int from, int count) {
      List<MemorySegment> now = blocks;
      MemorySegment copied = MemorySegment.ofArray(new float[count * dimension]);
      for (int i = 0; i < count; i++) {
        int row = rows[from + i];
        MemorySegment.copy(
            now.get(row / blockRows),
            row % blockRows * rowBytes(),
            copied,
            i * rowBytes(),
            rowBytes());
      }
      return new VectorColumn(type, dimension, count, copied, nulls(rows, from, count));
    }

    @Override
    long memoryBytes() {
      return (long) blocks.size() * blockRows * rowBytes();
    }
  }
}
