package quiver.server.cluster;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// `quiver cluster`: a whole cluster on this machine.
@Command(
    name = "cluster",
    description = "Run a whole cluster on this machine, one process per role.",
    mixinStandardHelpOptions = true)
public final class ClusterCommand implements Callable<Integer> {
  private static final int FAILURE = 1;

  private final PrintStream out;
  private final PrintStream err;

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  public ClusterCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /// The command with its subcommands.
  public CommandLine commandLine() {
    CommandLine all = new CommandLine(this).addSubcommand(new Up());
    add(all, "status", new Plain("status"), "Show every process.");
    add(all, "down", new Plain("down"), "Stop the cluster; its data stays.");
    add(all, "kill", new OnProcess("kill"), "SIGKILL a process; it is started again.");
    add(all, "pause", new OnProcess("pause"), "SIGSTOP a process.");
    add(all, "resume", new OnProcess("resume"), "SIGCONT a paused process.");
    add(all, "drain", new OnProcess("drain"), "Move a process's work away, then stop it for good.");
    add(all, "restart", new OnProcess("restart"), "Move a process's work away and restart it.");
    add(all, "add", new OnProcess("add"), "Start one more process of a role.");
    return all;
  }

  private static void add(CommandLine all, String name, Object command, String description) {
    CommandLine added = new CommandLine(command);
    added.getCommandSpec().usageMessage().description(description);
    all.addSubcommand(name, added);
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return spec.exitCodeOnInvalidInput();
  }

  /// Where a cluster is kept.
  static final class Directory {
    @Option(
        names = "--data-dir",
        paramLabel = "DIR",
        description = "where the cluster is kept (default: quiver-cluster)")
    private Path path = Path.of("quiver-cluster");

    Path absolute() {
      return path.toAbsolutePath().normalize();
    }

    Path control() {
      return absolute().resolve("control");
    }
  }

  @Command(
      name = "up",
      description = "Start etcd, Kafka, an S3 server and all roles; runs until Ctrl-C.",
      mixinStandardHelpOptions = true)
  private final class Up implements Callable<Integer> {
    @Mixin private Directory directory = new Directory();

    @Option(
        names = "--port",
        paramLabel = "PORT",
        description = "SQL port of the first front end; the others follow (default: 5433)")
    private int port = 5_433;

    @Option(names = "--front-ends", paramLabel = "N", description = "front ends (default: 2)")
    private int frontEnds = 2;

    @Option(names = "--query-nodes", paramLabel = "N", description = "query nodes (default: 2)")
    private int queryNodes = 2;

    @Option(names = "--data-nodes", paramLabel = "N", description = "data nodes (default: 2)")
    private int dataNodes = 2;

    @Option(names = "--index-nodes", paramLabel = "N", description = "index nodes (default: 1)")
    private int indexNodes = 1;

    @Option(
        names = "--coordinators",
        paramLabel = "N",
        description = "of each kind; one leads, the others stand by (default: 1)")
    private int coordinators = 1;

    @Option(
        names = "--replicas",
        paramLabel = "N",
        description = "query nodes that hold each segment (default: 1)")
    private int replicas = 1;

    @Option(names = "--channels", paramLabel = "N", description = "log channels (default: 1)")
    private int channels = 1;

    @Option(
        names = "--objects",
        paramLabel = "URL",
        description = "an S3 service that runs already: s3://host:port/bucket")
    private String objects = "";

    @Option(names = "--objects-access-key", paramLabel = "KEY", description = "its access key")
    private String accessKey = "";

    @Option(
        names = "--objects-secret-key-file",
        paramLabel = "FILE",
        description = "file with its secret key")
    private Path secretKeyFile = Path.of("");

    @Override
    public Integer call() throws InterruptedException {
      ClusterPlan plan =
          new ClusterPlan(
              directory.absolute(),
              port,
              frontEnds,
              queryNodes,
              dataNodes,
              indexNodes,
              coordinators,
              replicas,
              channels,
              objects.isEmpty()
                  ? Optional.empty()
                  : Optional.of(
                      new ClusterPlan.ObjectsAddress(
                          objects, accessKey, secretKeyFile.toAbsolutePath())));
      List<String> problems = plan.problems();
      if (!problems.isEmpty()) {
        problems.forEach(problem -> err.println("quiver: " + problem));
        return spec.exitCodeOnInvalidInput();
      }
      Path libraries = Path.of(System.getProperty("quiver.home", "."), "storage");
      ClusterRun run = new ClusterRun(plan, out);
      Thread hook = Thread.ofPlatform().name("shutdown").unstarted(run::close);
      Runtime.getRuntime().addShutdownHook(hook);
      try (run) {
        run.run(libraries);
        return 0;
      } catch (QuiverException e) {
        return failed(e);
      }
    }
  }

  private int failed(QuiverException e) {
    e.message().lines().forEach(line -> err.println("quiver: " + line));
    return FAILURE;
  }

  private int send(Directory directory, List<String> command) {
    try {
      out.print(ControlClient.send(directory.control(), command));
      out.flush();
      return 0;
    } catch (QuiverException e) {
      return failed(e);
    }
  }

  /// A command about the cluster as a whole.
  @Command(mixinStandardHelpOptions = true)
  private final class Plain implements Callable<Integer> {
    private final String name;

    @Mixin private Directory directory = new Directory();

    Plain(String name) {
      this.name = name;
    }

    @Override
    public Integer call() {
      return send(directory, List.of(name));
    }
  }

  /// A command about one process.
  @Command(mixinStandardHelpOptions = true)
  private final class OnProcess implements Callable<Integer> {
    private final String name;

    @Mixin private Directory directory = new Directory();

    @Parameters(
        index = "0",
        paramLabel = "ROLE[-N]",
        description = "a process, such as query-node-1; a role alone is its first process")
    private String process = "";

    OnProcess(String name) {
      this.name = name;
    }

    @Override
    public Integer call() {
      if (!process.matches("[a-z0-9-]{1,40}")) {
        return failed(
            new QuiverException(
                SqlState.INVALID_PARAMETER_VALUE, "\"%s\" is not the name of a process", process));
      }
      return send(directory, List.of(name, process));
    }
  }
}
