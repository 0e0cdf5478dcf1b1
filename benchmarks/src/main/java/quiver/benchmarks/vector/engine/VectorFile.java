package quiver.benchmarks.vector.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import quiver.common.column.RowMask;
import quiver.vector.index.VectorRows;

/// Vectors in a file that every engine maps: raw little-endian float32, row-major, no header.
///
/// @param path the file
public record VectorFile(Path path, int dimension, int rowCount) {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private long sizeBytes() {
    return (long) dimension * rowCount * Float.BYTES;
  }

  /// A new file, mapped for writing. Closing `arena` unmaps it.
  public MemorySegment create(Arena arena) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, sizeBytes(), arena);
    }
  }

  /// Maps the rows.
  public VectorRows map(Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      if (channel.size() != sizeBytes()) {
        throw new IOException(path + " has " + channel.size() + " bytes instead of " + sizeBytes());
      }
      MemorySegment segment = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return VectorRows.of(dimension, rowCount, segment, RowMask.all(rowCount));
    }
  }

  /// Reads the rows into memory of their own, as a loaded segment would be.
  VectorRows mapInMemory(Arena arena) throws IOException {
    try (Arena mapping = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(sizeBytes(), 64);
      copy.copyFrom(map(mapping).block(0));
      return VectorRows.of(dimension, rowCount, copy, RowMask.all(rowCount));
    }
  }

  /// Reads every row to the heap.
  public float[][] read() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      VectorRows rows = map(arena);
      float[][] vectors = new float[rowCount][dimension];
      for (int i = 0; i < rowCount; i++) {
        MemorySegment.copy(rows.block(0), FLOAT, i * rows.rowBytes(), vectors[i], 0, dimension);
      }
      return vectors;
    }
  }
}
