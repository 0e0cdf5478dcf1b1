package quiver.benchmarks;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import quiver.benchmarks.cluster.ClusterBenchmark;
import quiver.benchmarks.driver.DriverBenchmark;
import quiver.benchmarks.server.ServerBenchmark;
import quiver.benchmarks.vector.IndexBenchmark;

/// `bin/quiver bench …`.
@Command(
    name = "quiver bench",
    mixinStandardHelpOptions = true,
    description = "Measurements; each prints JSON lines")
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    System.exit(
        new CommandLine(new Main())
            .addSubcommand(new ServerBenchmark(out))
            .addSubcommand(new IndexBenchmark())
            .addSubcommand(new DriverBenchmark(out))
            .addSubcommand(new ClusterBenchmark(out))
            .execute(arguments));
  }
}
