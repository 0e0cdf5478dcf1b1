package quiver.benchmarks.vector.engine;

import java.io.IOException;
import quiver.vector.index.RowFilter;

/// An index under test, in the process that measures it. Used by one thread.
interface Engine extends AutoCloseable {
  /// Builds the index over the setup's rows.
  ///
  /// @return memory a search needs besides vectors that stay in their file, in bytes
  long build() throws IOException;

  /// Writes the numbers of the nearest rows to `nearest`, -1 where there is none.
  void search(float[] query, int effort, int[] nearest) throws IOException;

  /// The same among the rows of a filter; only our own engines are asked.
  default void search(float[] query, RowFilter filter, int effort, int[] nearest)
      throws IOException {
    throw new UnsupportedOperationException("filters");
  }

  @Override
  void close() throws IOException;
}
