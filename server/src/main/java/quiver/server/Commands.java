package quiver.server;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import quiver.common.error.QuiverException;
import quiver.server.cluster.ClusterCommand;
import quiver.server.config.ConfigKey;
import quiver.server.config.ConfigReader;
import quiver.server.config.ServerConfig;
import quiver.server.demo.Demo;
import quiver.server.demo.Rehearsal;

/// `quiver start`, `quiver demo` and what the launcher needs.
final class Commands {
  private final PrintStream out;
  private final PrintStream err;

  Commands(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  int run(String[] arguments) {
    return Main.commandLine(new Root(), err)
        .addSubcommand(new Start())
        .addSubcommand(new RunDemo())
        .addSubcommand(new Train())
        .addSubcommand(new ClusterCommand(out, err).commandLine())
        .execute(arguments);
  }

  @Command(
      name = "quiver",
      description = "A distributed vector database spoken to in SQL.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class,
      footer = {
        "",
        "bin/quiver bench server --help   load, index and query speed over the wire",
        "bin/quiver bench index --help    speed and recall of the index in process"
      })
  static final class Root implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public Integer call() {
      spec.commandLine().usage(spec.commandLine().getOut());
      return spec.exitCodeOnInvalidInput();
    }
  }

  /// `quiver --version`.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"quiver " + QuiverServer.VERSION};
    }
  }

  @Command(
      name = "start",
      description = "Start a server, or a process of a cluster; stops at SIGTERM or Ctrl-C.",
      mixinStandardHelpOptions = true)
  private final class Start implements Callable<Integer> {
    @Option(
        names = "--data-dir",
        paramLabel = "DIR",
        description = "where everything is kept (default: quiver-data)")
    private String dataDirectory = "";

    @Option(names = "--port", paramLabel = "PORT", description = "SQL port (default: 5433)")
    private String port = "";

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "configuration file, see docs/config.md")
    private String config = "";

    @Option(
        names = "--roles",
        paramLabel = "ROLES",
        description = "roles of a process of a cluster, comma-separated (default: all)")
    private String roles = "";

    @Option(
        names = "--node-name",
        paramLabel = "NAME",
        description = "name of a process of a cluster")
    private String nodeName = "";

    @Option(
        names = "--set",
        paramLabel = "KEY=VALUE",
        description = "a setting of the configuration file; wins over the file")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Override
    public Integer call() throws InterruptedException {
      ConfigReader reader = reader(dataDirectory, port, config);
      settings.forEach((key, text) -> reader.set(key, text, "--set"));
      override(reader, ConfigKey.ROLES, roles, "--roles");
      override(reader, ConfigKey.NODE_NAME, nodeName, "--node-name");
      return withServer(reader, server -> 0, true);
    }
  }

  @Command(
      name = "demo",
      description =
          "Start a server with WordNet in it, ask it four questions, keep serving until Ctrl-C.",
      mixinStandardHelpOptions = true)
  private final class RunDemo implements Callable<Integer> {
    @Option(
        names = "--data-dir",
        paramLabel = "DIR",
        description = "where the demo is kept (default: target/demo of the checkout)")
    private String dataDirectory =
        Path.of(System.getProperty("quiver.home", "."), "target", "demo").toString();

    @Option(names = "--port", paramLabel = "PORT", description = "SQL port (default: 5433)")
    private String port = "";

    @Option(
        names = "--exit",
        description = "stop after the answers; exit code 0 only if they are right")
    private boolean exit;

    @Override
    public Integer call() throws InterruptedException {
      return withServer(
          reader(dataDirectory, port, ""),
          server -> {
            List<String> problems = new Demo(out, sqlPort(server)).run();
            problems.forEach(problem -> err.println("quiver: wrong answer: " + problem));
            if (!exit) {
              out.printf(
                  Locale.ROOT,
                  "%nConnect with   psql -h 127.0.0.1 -p %d -U quiver quiver%n"
                      + "or JDBC        jdbc:postgresql://127.0.0.1:%d/quiver?user=quiver%n"
                      + "Ctrl-C stops the server; the data stays in %s%n",
                  sqlPort(server),
                  sqlPort(server),
                  dataDirectory);
            }
            return problems.isEmpty() ? 0 : Main.FAILURE;
          },
          !exit);
    }
  }

  /// Runs the demo and a rehearsal in temporary directories, so that the start-up cache holds what
  /// one server needs, and what the processes of a cluster need to talk to one another: that is a
  /// node with all roles, which calls itself as it would call others.
  @Command(name = "train", hidden = true)
  private final class Train implements Callable<Integer> {
    private static final int ROUNDS = 1_000;

    @Override
    public Integer call() throws IOException, InterruptedException {
      int problems = rehearse("");
      return problems == 0 ? rehearse("127.0.0.1:0") : problems;
    }

    /// @param rpcAddress where a node of a cluster listens; empty for one server
    private int rehearse(String rpcAddress) throws IOException, InterruptedException {
      Path folder = Files.createTempDirectory("quiver-train");
      try {
        ConfigReader reader = reader(folder.toString(), "0", "");
        override(reader, ConfigKey.RPC_ADDRESS, rpcAddress, "train");
        return withServer(
            reader,
            server -> {
              int problems = new Demo(out, sqlPort(server)).run().size();
              new Rehearsal(sqlPort(server), ROUNDS).run();
              return problems;
            },
            false);
      } finally {
        try (Stream<Path> files = Files.walk(folder)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
    }
  }

  /// What a command does with a running server.
  private interface Work {
    int run(QuiverServer server) throws SQLException, IOException;
  }

  private static ConfigReader reader(String dataDirectory, String port, String configFile) {
    ConfigReader reader = new ConfigReader();
    if (!configFile.isEmpty()) {
      reader.readFile(Path.of(configFile));
    }
    override(reader, ConfigKey.DATA_DIR, dataDirectory, "--data-dir");
    override(reader, ConfigKey.PORT, port, "--port");
    return reader;
  }

  private static void override(ConfigReader reader, ConfigKey key, String text, String option) {
    if (!text.isEmpty()) {
      reader.set(key, text, option);
    }
  }

  /// The SQL port of a server that has one.
  private static int sqlPort(QuiverServer server) {
    return server.port().orElseThrow();
  }

  private int withServer(ConfigReader reader, Work work, boolean serve)
      throws InterruptedException {
    ServerConfig config;
    QuiverServer server;
    try {
      config = reader.read();
      LogLevel.apply(config.logLevel());
      server = QuiverServer.start(config);
    } catch (QuiverException e) {
      e.message().lines().forEach(line -> err.println("quiver: " + line));
      return Main.FAILURE;
    }
    Thread hook =
        Thread.ofPlatform()
            .name("shutdown")
            .unstarted(() -> {
              server.close();
              // A requested stop is a success; without this the exit code would be 143.
              Runtime.getRuntime().halt(0);
            });
    Runtime.getRuntime().addShutdownHook(hook);
    int code;
    try {
      server.description().ifPresent(node -> out.println("quiver ready: " + node));
      server
          .port()
          .ifPresent(sql ->
              out.println(
                  "quiver ready: postgresql://" + config.listenAddress() + ":" + sql + "/quiver"));
      code = work.run(server);
    } catch (SQLException | IOException e) {
      err.println("quiver: " + e.getMessage());
      code = Main.FAILURE;
    }
    if (serve) {
      // Only a signal ends the server.
      new CountDownLatch(1).await();
    }
    Runtime.getRuntime().removeShutdownHook(hook);
    server.close();
    return code;
  }
}
