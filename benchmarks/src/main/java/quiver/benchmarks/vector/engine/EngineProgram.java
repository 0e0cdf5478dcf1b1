package quiver.benchmarks.vector.engine;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import quiver.vector.index.RowFilter;

/// The process of one engine on the JVM: does what each line on standard input says and answers
/// with a line. The C++ driver speaks the same, but for filters and bandwidth.
///
/// | command | does | answers |
/// |---|---|---|
/// | `build` | builds the index, then pins the thread | `build CPU_NANOS WALL_NANOS BYTES` |
/// | `filter FILE` | searches with these masks from now on | `filter QUERIES` |
/// | `filter -` | searches every row from now on | `filter QUERIES` |
/// | `search EFFORT K FILE` | asks every query, writes a [SearchPass] | `search CPU WALL` |
/// | `bandwidth` | measures memory | `bandwidth READ COPY` in bytes a second |
/// | `quit` | ends | |
public final class EngineProgram {
  private final EngineSetup setup;
  private final Engine engine;
  private final float[][] queries;
  private final PrintStream out;
  private List<RowFilter> filters = List.of();

  private EngineProgram(EngineSetup setup, Engine engine, PrintStream out) throws IOException {
    this.setup = setup;
    this.engine = engine;
    this.queries = setup.queries().read();
    this.out = out;
  }

  /// @param arguments the engine's name and [EngineSetup#arguments]
  public static void main(String[] arguments) throws IOException {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    List<String> rest = Arrays.asList(arguments).subList(1, arguments.length);
    EngineSetup setup = EngineSetup.parse(rest);
    try (Engine engine = EngineName.of(arguments[0]).open(setup);
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      EngineProgram program = new EngineProgram(setup, engine, out);
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (!program.obey(line.split(" ", -1))) {
          return;
        }
      }
    }
  }

  private boolean obey(String[] command) throws IOException {
    switch (command[0]) {
      case "build" -> build();
      case "filter" -> filter(command[1]);
      case "search" ->
          search(Integer.parseInt(command[1]), Integer.parseInt(command[2]), Path.of(command[3]));
      case "bandwidth" -> {
        MemoryBandwidth measured = MemoryBandwidth.measure();
        out.println(
            "bandwidth "
                + (long) measured.readBytesPerSecond()
                + " "
                + (long) measured.copyBytesPerSecond());
      }
      case "quit" -> {
        return false;
      }
      default -> throw new IOException("unknown command " + command[0]);
    }
    return true;
  }

  private void build() throws IOException {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long cpu = system.getProcessCpuTime();
    long wall = System.nanoTime();
    long bytes = engine.build();
    wall = System.nanoTime() - wall;
    // Compiler and collector included: they are what this build costs.
    cpu = system.getProcessCpuTime() - cpu;
    ProcessorCore.pinCurrentThread(setup.core());
    out.println("build " + cpu + " " + wall + " " + bytes);
  }

  private void filter(String file) throws IOException {
    filters =
        file.equals("-")
            ? List.of()
            : FilterFile.read(Path.of(file)).stream().map(RowFilter::of).toList();
    out.println("filter " + queryCount());
  }

  private int queryCount() {
    return filters.size() > 1 ? Math.min(filters.size(), queries.length) : queries.length;
  }

  private void search(int effort, int k, Path file) throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long[] nanos = new long[queryCount()];
    int[][] nearest = new int[nanos.length][k];
    long cpu = threads.getCurrentThreadCpuTime();
    long start = System.nanoTime();
    for (int i = 0; i < nanos.length; i++) {
      long before = System.nanoTime();
      if (filters.isEmpty()) {
        engine.search(queries[i], effort, nearest[i]);
      } else {
        engine.search(queries[i], filters.get(i % filters.size()), effort, nearest[i]);
      }
      nanos[i] = System.nanoTime() - before;
    }
    long wall = System.nanoTime() - start;
    cpu = threads.getCurrentThreadCpuTime() - cpu;
    SearchPass.write(file, nanos, nearest);
    out.println("search " + cpu + " " + wall);
  }
}
