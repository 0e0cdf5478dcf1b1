package quiver.server.sql;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import quiver.server.node.TestCluster;

/// Runs every golden file against a cluster on real etcd, Kafka and S3, with several log channels,
/// two data nodes and two query nodes.
class ClusterSqlIT {
  private static @Nullable TestCluster running;

  @BeforeAll
  static void start(@TempDir Path folder) {
    running = TestCluster.startSmall(folder, 2);
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

  @TestFactory
  Stream<DynamicTest> goldenFiles() throws IOException {
    return GoldenFiles.tests(cluster().url("front-1") + "&preferQueryMode=simple", "cluster");
  }
}
