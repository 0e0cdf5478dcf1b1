package quiver.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import quiver.server.node.TestCluster;

/// The client programs of the standalone server, unchanged, against a front end of a cluster on
/// real etcd, Kafka and S3 with two log channels, two data nodes and two query nodes.
class ClusterClientsIT {
  @TempDir static Path folder;

  private static @Nullable TestCluster running;

  @BeforeAll
  static void start() throws IOException {
    NodeClientsIT.install();
    running = TestCluster.startSmall(folder.resolve("cluster"), 2);
  }

  @AfterAll
  static void stop() {
    cluster().close();
  }

  private static TestCluster cluster() {
    TestCluster cluster = running;
    if (cluster == null) {
      throw new IllegalStateException("the cluster is not running");
    }
    return cluster;
  }

  private static DynamicContainer each(String kind, List<String> programs, Consumer<String> run) {
    return DynamicContainer.dynamicContainer(
        kind,
        programs.stream()
            .map(program -> DynamicTest.dynamicTest(program, () -> run.accept(program))));
  }

  /// The scripts come first: they list everything there is.
  @TestFactory
  Stream<DynamicNode> programs() throws IOException {
    int port = cluster().port("front-1");
    return Stream.of(
        DynamicContainer.dynamicContainer("psql", PsqlScriptsIT.scripts(port)),
        each(
            "python",
            PythonClientsIT.programs(),
            program -> PythonClientsIT.run(program, folder, port)),
        each("node", NodeClientsIT.programs(), program -> NodeClientsIT.run(program, port)),
        each(
            "java",
            JavaClientsIT.programs(),
            program -> JavaClientsIT.run(program, folder, cluster().url("front-1"))),
        DynamicTest.dynamicTest("pgbench", () -> pgbench(port)));
  }

  private static void pgbench(int port) {
    assertThat(PgbenchIT.run(folder, port, "-i", "-q")).contains("done in");
    assertThat(
            PgbenchIT.run(
                folder, port, "-n", "-M", "prepared", "-t", "10", "-c", "4", "--max-tries=100"))
        .contains("number of transactions actually processed: 40/40");
  }
}
