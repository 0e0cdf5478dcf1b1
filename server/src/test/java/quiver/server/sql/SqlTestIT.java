package quiver.server.sql;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
  private static final Path FILES = Path.of("src", "test", "resources", "sql");
  private static final String TIMEOUT = "&socketTimeout=60";

  private static @Nullable ServerProcess server;
  private static @Nullable ServerProcess channels;
  private static @Nullable ServerProcess remote;

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    server = ServerProcess.start(directory.resolve("data"), directory.resolve("log"));
    channels = start(directory, "channels", "channels = 3\n");
    remote = start(directory, "remote", "rpc-address = 127.0.0.1:0\nchannels = 4\n");
  }

  private static ServerProcess start(Path directory, String name, String settings)
      throws IOException {
    Path config = directory.resolve(name + ".conf");
    Files.writeString(config, settings);
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
    return tests(running(server), "simple", "&preferQueryMode=simple");
  }

  @TestFactory
  Stream<DynamicTest> extendedQueries() throws IOException {
    return tests(running(channels), "extended", "&binaryTransfer=false&prepareThreshold=1");
  }

  @TestFactory
  Stream<DynamicTest> remoteRoles() throws IOException {
    return tests(running(remote), "remote", "&preferQueryMode=simple");
  }

  private static Stream<DynamicTest> tests(ServerProcess target, String transport, String options)
      throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path path : files()) {
      tests.add(
          DynamicTest.dynamicTest(
              path.getFileName() + " " + transport,
              () -> {
                String url = target.url() + options + TIMEOUT;
                List<String> mismatches =
                    SqlTestRun.of(SqlTestFile.read(path), url, block -> true).mismatches();
                if (!mismatches.isEmpty()) {
                  fail(mismatches.size() + " mismatches\n" + String.join("\n", mismatches));
                }
              }));
    }
    return tests.stream();
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(FILES)) {
      return files.filter(file -> file.toString().endsWith(".sqltest")).sorted().toList();
    }
  }

  private static ServerProcess running(@Nullable ServerProcess process) {
    if (process == null) {
      throw new IllegalStateException("the server is not running");
    }
    return process;
  }
}
