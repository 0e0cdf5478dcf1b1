package quiver.benchmarks.vector;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import quiver.common.column.RowMask;
import quiver.vector.index.BuildMonitor;
import quiver.vector.index.BuildResources;
import quiver.vector.index.ExactSearch;
import quiver.vector.index.HnswIndex;
import quiver.vector.index.HnswOptions;
import quiver.vector.index.RowFilter;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.SearchResult;
import quiver.vector.index.Searcher;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.kernel.VectorKernels;

/// Builds indexes over a data set in process and measures recall@10 and speed on one thread.
@Command(
    name = "index",
    description = "Measures index builds and searches in process.",
    mixinStandardHelpOptions = true)
public final class IndexBenchmark implements Callable<Integer> {
  private static final int K = 10;
  private static final int WARM_UP_QUERIES = 6_000;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--data", required = true, description = "Directory of the data set.")
  private Path data = Path.of(".");

  @Option(names = "--threads", description = "Threads of a build (${DEFAULT-VALUE}).")
  private int threads = 1;

  @Option(names = "--json", description = "Appends one JSON object a line to this file.")
  private Path json = Path.of("");

  @Option(names = "--m", description = "Neighbours of a node (${DEFAULT-VALUE}).")
  private int m = HnswOptions.M_DEFAULT;

  @Option(
      names = "--ef-construction",
      split = ",",
      description = "Candidates of a build (${DEFAULT-VALUE}).")
  private int[] efConstruction = {64, 200};

  @Option(names = "--ef", split = ",", description = "Search efforts (${DEFAULT-VALUE}).")
  private int[] efforts = {20, 40, 100, 200};

  private final VectorKernel kernel = VectorKernels.best();

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new IndexBenchmark()).execute(arguments));
  }

  @FormatMethod
  private void print(@FormatString String format, Object... values) {
    spec.commandLine().getOut().printf(Locale.ROOT, format, values);
    spec.commandLine().getOut().flush();
  }

  @Override
  public Integer call() throws IOException {
    try (Arena arena = Arena.ofShared();
        PrintStream lines = openJson();
        ExecutorService pool =
            Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().name("index-build-", 0).factory())) {
      VectorDataset dataset = VectorDataset.load(data, arena);
      print(
          "%s: %d rows of %d dimensions, %s; kernel %s%n",
          dataset.name(),
          dataset.rows().rowCount(),
          dataset.rows().dimension(),
          dataset.metric().operatorClass("vector"),
          kernel.name());
      for (int construction : efConstruction) {
        measure(dataset, construction, pool, arena, lines);
      }
    }
    return 0;
  }

  private PrintStream openJson() throws IOException {
    if (json.toString().isEmpty()) {
      return new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    }
    return new PrintStream(
        Files.newOutputStream(json, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
        true,
        StandardCharsets.UTF_8);
  }

  private void measure(
      VectorDataset dataset,
      int construction,
      ExecutorService pool,
      Arena arena,
      PrintStream lines) {
    HnswOptions options = new HnswOptions(m, construction, 1);
    CpuMonitor monitor = new CpuMonitor();
    long start = System.nanoTime();
    HnswIndex index =
        HnswIndex.build(
            kernel,
            dataset.rows(),
            dataset.metric(),
            options,
            new BuildResources(pool, threads, arena, monitor));
    double wallSeconds = (System.nanoTime() - start) / 1e9;
    print(
        "hnsw m=%d ef_construction=%d: built in %.2f s wall, %.2f s cpu by %d threads, %.1f MB%n",
        m, construction, wallSeconds, monitor.cpuSeconds(), threads, index.sizeBytes() / 1e6);
    lines.printf(
        Locale.ROOT,
        "{\"engine\": \"quiver\", \"dataset\": \"%s\", \"phase\": \"build\", \"index\": \"hnsw"
            + " m=%d ef_construction=%d\", \"threads\": %d, \"build_cpu_s\": %.3f,"
            + " \"build_wall_s\": %.3f, \"index_bytes\": %d}%n",
        dataset.name(),
        m,
        construction,
        threads,
        monitor.cpuSeconds(),
        wallSeconds,
        index.sizeBytes());
    print(
        "%-28s %-8s %7s %9s %8s %8s %8s %8s%n",
        "filter", "param", "recall", "qps", "p50_us", "p99_us", "cpu_us", "dist/q");
    for (Map.Entry<String, int[][]> answer : dataset.answers().entrySet()) {
      RowMask mask = dataset.filters().get(answer.getKey());
      RowFilter filter = mask == null ? RowFilter.all() : RowFilter.of(mask);
      for (int effort : efforts) {
        searchAll(dataset, index.newSearcher(), filter, answer, effort, lines);
      }
      exactAll(dataset, filter, answer, lines);
    }
  }

  private void searchAll(
      VectorDataset dataset,
      Searcher searcher,
      RowFilter filter,
      Map.Entry<String, int[][]> answer,
      int effort,
      PrintStream lines) {
    List<SearchRequest> requests =
        Arrays.stream(dataset.queries())
            .map(query -> SearchRequest.of(query, K).withEffort(effort).withFilter(filter))
            .toList();
    for (int i = 0; i < WARM_UP_QUERIES; i++) {
      searcher.search(requests.get(i % requests.size()));
    }
    report(dataset, requests, searcher::search, "ef=" + effort, answer, lines);
  }

  private void exactAll(
      VectorDataset dataset,
      RowFilter filter,
      Map.Entry<String, int[][]> answer,
      PrintStream lines) {
    ExactSearch exact = new ExactSearch(kernel, dataset.metric(), dataset.rows().dimension());
    List<SearchRequest> requests =
        Arrays.stream(dataset.queries())
            .limit(100)
            .map(query -> SearchRequest.of(query, K).withFilter(filter))
            .toList();
    report(
        dataset,
        requests,
        request -> exact.search(dataset.rows(), request),
        "exact",
        answer,
        lines);
  }

  private interface Search {
    SearchResult run(SearchRequest request);
  }

  private void report(
      VectorDataset dataset,
      List<SearchRequest> requests,
      Search search,
      String parameter,
      Map.Entry<String, int[][]> answer,
      PrintStream lines) {
    ThreadMXBean threadBean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long[] nanos = new long[requests.size()];
    long hits = 0;
    long distances = 0;
    String strategy = "";
    long cpuStart = threadBean.getCurrentThreadCpuTime();
    long start = System.nanoTime();
    for (int i = 0; i < nanos.length; i++) {
      long before = System.nanoTime();
      SearchResult result = search.run(requests.get(i));
      nanos[i] = System.nanoTime() - before;
      distances += result.statistics().distancesComputed();
      strategy = result.statistics().strategy().name();
      hits += hits(result, answer.getValue()[i]);
    }
    double wall = (System.nanoTime() - start) / 1e9;
    double cpuMicros = (threadBean.getCurrentThreadCpuTime() - cpuStart) / 1e3 / nanos.length;
    Arrays.sort(nanos);
    double recall = hits / (double) (K * nanos.length);
    double qps = nanos.length / wall;
    double p50 = nanos[nanos.length / 2] / 1e3;
    double p99 = nanos[nanos.length * 99 / 100] / 1e3;
    print(
        "%-28s %-8s %7.4f %9.0f %8.1f %8.1f %8.1f %8d %s%n",
        answer.getKey(),
        parameter,
        recall,
        qps,
        p50,
        p99,
        cpuMicros,
        distances / nanos.length,
        strategy);
    lines.printf(
        Locale.ROOT,
        "{\"engine\": \"quiver\", \"dataset\": \"%s\", \"phase\": \"search\", \"filter\": \"%s\","
            + " \"param\": \"%s\", \"strategy\": \"%s\", \"recall\": %.4f, \"qps\": %.1f,"
            + " \"p50_us\": %.1f, \"p99_us\": %.1f, \"cpu_us\": %.1f}%n",
        dataset.name(),
        answer.getKey(),
        parameter,
        strategy,
        recall,
        qps,
        p50,
        p99,
        cpuMicros);
  }

  private static int hits(SearchResult result, int[] expected) {
    int hits = 0;
    for (int i = 0; i < Math.min(K, result.count()); i++) {
      for (int j = 0; j < K; j++) {
        if (result.rows()[i] == expected[j]) {
          hits++;
        }
      }
    }
    return hits;
  }

  /// Adds up the CPU time of the process during a build.
  private static final class CpuMonitor implements BuildMonitor {
    private final long start = processCpuNanos();
    private final AtomicLong last = new AtomicLong(start);

    private static long processCpuNanos() {
      return ((com.sun.management.OperatingSystemMXBean)
              ManagementFactory.getOperatingSystemMXBean())
          .getProcessCpuTime();
    }

    double cpuSeconds() {
      return (last.get() - start) / 1e9;
    }

    @Override
    public void progress(int rowsDone, int rowsTotal) {
      last.set(processCpuNanos());
    }

    @Override
    public void checkCancelled() {}
  }
}
