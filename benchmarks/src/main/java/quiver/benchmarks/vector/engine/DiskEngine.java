package quiver.benchmarks.vector.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import quiver.vector.graph.CodeGraphOptions;
import quiver.vector.graph.DiskGraphIndex;
import quiver.vector.index.BuildMonitor;
import quiver.vector.index.BuildResources;
import quiver.vector.index.RowFilter;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.SearchResult;
import quiver.vector.index.Searcher;
import quiver.vector.index.VectorRows;

/// Our graph on disk: built into a file beside the data, searched in the mapped file.
final class DiskEngine implements Engine {
  /// The property that makes a process open the file that is there.
  static final String REUSE = "quiver.bench.reuse";

  private final EngineSetup setup;
  private final Path path;
  private final Arena arena = Arena.ofShared();
  private @Nullable Searcher searcher;

  DiskEngine(EngineSetup setup) {
    this.setup = setup;
    this.path = setup.diskIndex();
  }

  @Override
  public long build() throws IOException {
    VectorRows rows = setup.base().map(arena);
    if (!Boolean.getBoolean(REUSE)) {
      build(rows);
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment image = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      DiskGraphIndex index = DiskGraphIndex.open(image, rows);
      searcher = index.newSearcher();
      return index.sizeBytes();
    }
  }

  private void build(VectorRows rows) throws IOException {
    Path unfinished = Path.of(path + ".new");
    try (Arena built = Arena.ofShared();
        ExecutorService pool =
            Executors.newFixedThreadPool(
                setup.threads(), Thread.ofPlatform().name("index-build-", 0).factory());
        FileChannel channel =
            FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
      DiskGraphIndex.build(
              rows,
              setup.metric(),
              CodeGraphOptions.defaults(),
              new BuildResources(pool, setup.threads(), built, BuildMonitor.NONE))
          .write(channel);
      channel.force(true);
    }
    Files.move(unfinished, path, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void search(float[] query, int effort, int[] nearest) {
    search(query, RowFilter.all(), effort, nearest);
  }

  @Override
  public void search(float[] query, RowFilter filter, int effort, int[] nearest) {
    if (searcher == null) {
      throw new IllegalStateException("search before build");
    }
    SearchResult result =
        searcher.search(
            SearchRequest.of(query, nearest.length).withEffort(effort).withFilter(filter));
    Arrays.fill(nearest, -1);
    System.arraycopy(result.rows(), 0, nearest, 0, result.count());
  }

  @Override
  public void close() {
    arena.close();
  }
}
