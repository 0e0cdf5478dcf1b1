package quiver.benchmarks.cluster;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
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

  @Option(
      names = "--warm-up",
      description = "statements of each kind before those that are measured (${DEFAULT-VALUE})")
  private int warmUp = 2_000;

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
    if (rows < 1_000 || dimension < 1 || queries < 1 || warmUp < 0) {
      throw new ParameterException(
          spec.commandLine(), "--rows is at least 1000, --warm-up 0, the other numbers 1");
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
        new StatementPhases(rows, dimension, queries, warmUp).measure(deployment.addresses());
    columns.put(name, figures);
    try (JsonLines lines = JsonLines.append(json)) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("phase", "statements");
      fields.put("deployment", name);
      fields.put("rows", rows);
      fields.put("dimension", dimension);
      fields.put("warm_up", warmUp);
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
    printPrices();
    waits.forEach((name, seconds) ->
        out.println(row("killed " + name + ", longest wait s", List.of(number(seconds)))));
  }

  /// What statements cost more than those that go less far, on the same deployment; and more than
  /// on one server.
  private void printPrices() {
    out.println();
    price("one question to the root coordinator", "no table p50 ms", "");
    price("and rows of a query node", "eventual read by key p50 ms", "no table p50 ms");
    price("and strong: read index", "read by key p50 ms", "eventual read by key p50 ms");
    price("kNN beside one server", "kNN p50 ms", "");
  }

  /// @param less the figure that is subtracted; empty: the same figure on one server
  private void price(String name, String more, String less) {
    Map<String, Double> server = columns.values().iterator().next();
    List<String> cells = new ArrayList<>();
    for (Map<String, Double> figures : columns.values()) {
      double base = less.isEmpty() ? at(server, more) : at(figures, less);
      cells.add(number(at(figures, more) - base));
    }
    out.println(row("price of " + name + ", ms", cells));
  }

  private static double at(Map<String, Double> figures, String name) {
    return figures.getOrDefault(name, Double.NaN);
  }

  private static String row(String name, List<String> cells) {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-54s", name));
    cells.forEach(cell -> line.append(String.format(Locale.ROOT, "%15s", cell)));
    return line.toString();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
  }
}
