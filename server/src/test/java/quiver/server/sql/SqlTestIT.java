package quiver.server.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import quiver.server.process.ServerProcess;

/// Runs every golden file against one real server, in each query mode of the wire protocol, against
/// one with several log channels, and against one whose roles talk to each other as those of a
/// cluster do.
class SqlTestIT {
  private static @Nullable ServerProcess server;
  private static @Nullable ServerProcess channels;
  private static @Nullable ServerProcess remote;

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    server = start(directory, "one", "");
    channels = start(directory, "channels", "channels = 3\n");
    remote = start(directory, "remote", "rpc-address = 127.0.0.1:0\nchannels = 4\n");
  }

  private static ServerProcess start(Path directory, String name, String settings)
      throws IOException {
    Path config = directory.resolve(name + ".conf");
    // Statistics are of ANALYZE alone: no answer depends on the time.
    Files.writeString(config, settings + "automatic-analysis = no\n");
    return ServerProcess.start(
        directory.resolve(name), directory.resolve(name + "-log"), "--config", config.toString());
  }

  @AfterAll
  static void stop() {
    running(server).close();
    running(channels).close();
    running(remote).close();
  }

  @TestFactory
  Stream<DynamicTest> simpleQueries() throws IOException {
    return GoldenFiles.tests(running(server).url() + "&preferQueryMode=simple", "simple");
  }

  @TestFactory
  Stream<DynamicTest> extendedQueries() throws IOException {
    return GoldenFiles.tests(
        running(channels).url() + "&binaryTransfer=false&prepareThreshold=1", "extended");
  }

  @TestFactory
  Stream<DynamicTest> remoteRoles() throws IOException {
    return GoldenFiles.tests(running(remote).url() + "&preferQueryMode=simple", "remote");
  }

  private static ServerProcess running(@Nullable ServerProcess process) {
    if (process == null) {
      throw new IllegalStateException("the server is not running");
    }
    return process;
  }
}
