package quiver.benchmarks.vector.engine;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import quiver.common.column.RowMask;

/// An engine in a process of its own, so that no engine's heap, compiled code or type profiles
/// touch another's. One process works at a time.
public final class EngineProcess implements AutoCloseable {
  private static final int QUIT_SECONDS_MAX = 10;

  private final EngineName name;
  private final Path log;
  private final Path passFile;
  private final Path filterFile;
  private final Process process;
  private final BufferedReader answers;
  private final Writer commands;
  private int queryCount;

  /// What a build cost.
  ///
  /// @param indexBytes memory a search needs besides vectors that stay in their file
  public record Build(double cpuSeconds, double wallSeconds, long indexBytes) {}

  /// Starts the engine.
  ///
  /// @param folder for files of the run
  public EngineProcess(EngineName name, EngineSetup setup, Path folder) throws IOException {
    this(
        name,
        setup,
        folder,
        name == EngineName.HNSWLIB
            ? List.of(HnswlibProgram.compile(folder).toString())
            : java(name, List.of("-XX:MaxRAMPercentage=60")));
  }

  private EngineProcess(EngineName name, EngineSetup setup, Path folder, List<String> program)
      throws IOException {
    this.name = name;
    this.queryCount = setup.queries().rowCount();
    String file = name.name().toLowerCase(Locale.ROOT) + "-" + setup.segments();
    this.log = folder.resolve(file + ".log");
    this.passFile = folder.resolve(file + ".pass").toAbsolutePath();
    this.filterFile = folder.resolve(file + ".filter").toAbsolutePath();
    List<String> command = new ArrayList<>(program);
    command.addAll(setup.arguments());
    process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectError(log.toFile()).start();
    answers = process.inputReader(StandardCharsets.UTF_8);
    commands = process.outputWriter(StandardCharsets.UTF_8);
  }

  /// Starts one of our engines with little memory; it opens the index file that is there.
  public static EngineProcess limited(
      EngineName name, EngineSetup setup, Path folder, MemoryLimit limit) throws IOException {
    List<String> flags =
        List.of(
            "-Xmx40m",
            "-XX:+UseSerialGC",
            "-XX:ReservedCodeCacheSize=24m",
            "-D" + DiskEngine.REUSE + "=true");
    return new EngineProcess(name, setup, folder, limit.wrap(java(name, flags)));
  }

  private static List<String> java(EngineName name, List<String> flags) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(
        List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0",
            "-XX:+UseCompactObjectHeaders",
            "-cp",
            absoluteClassPath(),
            EngineProgram.class.getName(),
            name.name().toLowerCase(Locale.ROOT)));
    return command;
  }

  /// The engine runs in another folder.
  private static String absoluteClassPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> !entry.isEmpty())
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  public EngineName name() {
    return name;
  }

  /// Builds the index.
  public Build build() throws IOException {
    String[] answer = ask("build");
    return new Build(
        Long.parseLong(answer[1]) / 1e9,
        Long.parseLong(answer[2]) / 1e9,
        Long.parseLong(answer[3]));
  }

  /// Searches only the rows of these masks from now on.
  ///
  /// @param masks none for every row, one for every query, or one for each of the first queries
  public void filter(List<RowMask> masks) throws IOException {
    String argument = "-";
    if (!masks.isEmpty()) {
      FilterFile.write(filterFile, masks);
      argument = filterFile.toString();
    }
    queryCount = Integer.parseInt(ask("filter " + argument)[1]);
  }

  /// Bytes a second that one thread of the process reads and copies.
  public double[] bandwidth() throws IOException {
    String[] answer = ask("bandwidth");
    return new double[] {Double.parseDouble(answer[1]), Double.parseDouble(answer[2])};
  }

  /// Asks every query once.
  public SearchPass search(int effort, int k) throws IOException {
    String[] answer = ask("search " + effort + " " + k + " " + passFile);
    return SearchPass.read(
        passFile, queryCount, k, Long.parseLong(answer[1]), Long.parseLong(answer[2]));
  }

  private String[] ask(String command) throws IOException {
    String line;
    try {
      commands.write(command + "\n");
      commands.flush();
      line = answers.readLine();
    } catch (IOException e) {
      throw new IOException(name + " stopped; its output is in " + log, e);
    }
    if (line == null) {
      throw new IOException(name + " stopped; its output is in " + log);
    }
    return line.split(" ", -1);
  }

  @Override
  public void close() {
    try {
      commands.write("quit\n");
      commands.flush();
      if (!process.waitFor(QUIT_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
