package quiver.benchmarks.vector.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/// Every query asked once.
///
/// @param nanos wall time of each query
/// @param nearest rows found for each query, -1 where there was none
/// @param cpuNanos CPU time of all queries
/// @param wallNanos wall time of all queries
public record SearchPass(long[] nanos, int[][] nearest, long cpuNanos, long wallNanos) {
  /// Writes int64 times, then int32 rows, little endian.
  static void write(Path file, long[] nanos, int[][] nearest) throws IOException {
    int k = nearest.length == 0 ? 0 : nearest[0].length;
    ByteBuffer bytes =
        ByteBuffer.allocate(nanos.length * (Long.BYTES + k * Integer.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (long value : nanos) {
      bytes.putLong(value);
    }
    for (int[] rows : nearest) {
      for (int row : rows) {
        bytes.putInt(row);
      }
    }
    Files.write(file, bytes.array());
  }

  static SearchPass read(Path file, int queryCount, int k, long cpuNanos, long wallNanos)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    long[] nanos = new long[queryCount];
    for (int i = 0; i < queryCount; i++) {
      nanos[i] = bytes.getLong();
    }
    int[][] nearest = new int[queryCount][k];
    for (int[] rows : nearest) {
      for (int i = 0; i < k; i++) {
        rows[i] = bytes.getInt();
      }
    }
    return new SearchPass(nanos, nearest, cpuNanos, wallNanos);
  }
}
