package quiver.benchmarks.cluster;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import quiver.benchmarks.report.JsonLines;

/// `bin/quiver bench cluster`: what each hop costs. The same statements against one server and
/// against local clusters of processes with one and with two query nodes, one after the other; then
/// how long clients wait when a process of each role is killed.
@Command(
    name = "cluster",
    mixinStandardHelpOptions = true,
    description = "One server beside a local cluster with one and with two query nodes")
public final class ClusterBenchmark implements Callable<Integer> {
  private static final List<String> MORTALS =
      List.of(
          "query-node-1",
          "data-node-1",
          "data-node-2",
          "index-node-1",
          "root-coordinator",
          "data-coordinator",
          "query-coordinator",
          "front-end-1");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--data-dir",
      required = true,
      description = "an empty or missing folder for what is started; it stays")
  private Path directory = Path.of("");

  @Option(names = "--port", description = "of the clusters' first front end (${DEFAULT-VALUE})")
  private int port = 5_533;

  @Option(names = "--rows", description = "rows that are loaded (${DEFAULT-VALUE})")
  private int rows = 50_000;

  @Option(names = "--dimension", description = "of the vectors (${DEFAULT-VALUE})")
  private int dimension = 128;

  @Option(names = "--queries", description = "statements of each kind (${DEFAULT-VALUE})")
  private int queries = 1_000;

  @Option(names = "--no-deaths", description = "kill nothing")
  private boolean peaceful;

  @Option(names = "--json", description = "append the figures to this file, a JSON object a line")
  private Path json = Path.of("");

  private final PrintStream out;
  private final Map<String, Map<String, Double>> columns = new LinkedHashMap<>();
  private final Map<String, Double> waits = new LinkedHashMap<>();

  /// @param out where the table goes
  public ClusterBenchmark(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() throws SQLException, IOException {
    if (rows < 1_000 || dimension < 1 || queries < 1) {
      throw new ParameterException(
          spec.commandLine(), "--rows is at least 1000, the other numbers at least 1");
    }
    Files.createDirectories(directory);
    try (Deployment server = Deployment.standalone(directory.resolve("standalone"))) {
      measure("one server", server);
    }
    try (Deployment cluster = Deployment.cluster(directory.resolve("cluster-1"), port, 1)) {
      measure("1 query node", cluster);
    }
    try (Deployment cluster = Deployment.cluster(directory.resolve("cluster-2"), port, 2)) {
      measure("2 query nodes", cluster);
      if (!peaceful) {
        kill(cluster);
      }
    }
    print();
    return 0;
  }

  private void measure(String name, Deployment deployment) throws SQLException, IOException {
    Map<String, Double> figures =
        new StatementPhases(rows, dimension, queries).measure(deployment.addresses());
    columns.put(name, figures);
    try (JsonLines lines = JsonLines.append(json)) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("phase", "statements");
      fields.put("deployment", name);
      fields.put("rows", rows);
      fields.put("dimension", dimension);
      fields.putAll(figures);
      lines.write(fields);
    }
  }

  private void kill(Deployment cluster) throws SQLException, IOException {
    try (Connection connection = StatementPhases.connect(cluster.addresses().getLast());
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE bench_deaths (id int PRIMARY KEY, death text)");
    }
    TakeOver takeOver = new TakeOver(cluster);
    try (JsonLines lines = JsonLines.append(json)) {
      for (String name : MORTALS) {
        double seconds = takeOver.seconds(name);
        waits.put(name, seconds);
        lines.write(Map.of("phase", "death", "process", name, "wait_s", seconds));
      }
    }
  }

  private void print() {
    out.println(row("", columns.keySet().stream().toList()));
    for (String figure : columns.values().iterator().next().keySet()) {
      out.println(
          row(
              figure,
              columns.values().stream()
                  .map(figures -> number(figures.getOrDefault(figure, Double.NaN)))
                  .toList()));
    }
    waits.forEach((name, seconds) ->
        out.println(row("killed " + name + ", longest wait s", List.of(number(seconds)))));
  }

  private static String row(String name, List<String> cells) {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-46s", name));
    cells.forEach(cell -> line.append(String.format(Locale.ROOT, "%15s", cell)));
    return line.toString();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
  }
}
