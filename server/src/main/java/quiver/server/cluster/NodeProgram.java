package quiver.server.cluster;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The command line of a node: this program again, with this process's options.
final class NodeProgram {
  private static final String MAIN = "quiver.server.Main";

  private NodeProgram() {}

  /// @param heapPercent what the heap may grow to, in percent of the machine's memory
  static List<String> command(Path configuration, int heapPercent) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of(
            "-XX:MaxRAMPercentage=" + heapPercent,
            "-cp",
            System.getProperty("java.class.path"),
            MAIN,
            "start",
            "--config",
            configuration.toString()));
    return command;
  }
}
