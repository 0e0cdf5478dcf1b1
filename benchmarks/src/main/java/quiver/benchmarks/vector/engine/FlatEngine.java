package quiver.benchmarks.vector.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import quiver.vector.index.ExactSearch;
import quiver.vector.index.RowFilter;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.SearchResult;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernels;

/// Exact search over every row: what each index is checked against.
final class FlatEngine implements Engine {
  private final EngineSetup setup;
  private final Arena arena = Arena.ofShared();
  private final ExactSearch search;
  private @Nullable VectorRows rows;

  FlatEngine(EngineSetup setup) {
    this.setup = setup;
    this.search = new ExactSearch(VectorKernels.best(), setup.metric(), setup.base().dimension());
  }

  @Override
  public long build() throws IOException {
    rows = setup.base().mapInMemory(arena);
    return 0;
  }

  @Override
  public void search(float[] query, int effort, int[] nearest) {
    search(query, RowFilter.all(), effort, nearest);
  }

  @Override
  public void search(float[] query, RowFilter filter, int effort, int[] nearest) {
    if (rows == null) {
      throw new IllegalStateException("search before build");
    }
    SearchResult result =
        search.search(rows, SearchRequest.of(query, nearest.length).withFilter(filter));
    Arrays.fill(nearest, -1);
    System.arraycopy(result.rows(), 0, nearest, 0, result.count());
  }

  @Override
  public void close() {
    arena.close();
  }
}
