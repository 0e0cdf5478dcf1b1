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

/// Runs every golden file against one real server, in each query mode of the wire protocol.
class SqlTestIT {
  private static final Path FILES = Path.of("src", "test", "resources", "sql");
  private static final String TIMEOUT = "&socketTimeout=60";

  private static @Nullable ServerProcess server;

  @BeforeAll
  static void start(@TempDir Path directory) {
    server = ServerProcess.start(directory.resolve("data"), directory.resolve("log"));
  }

  @AfterAll
  static void stop() {
    running().close();
  }

  @TestFactory
  Stream<DynamicTest> simpleQueries() throws IOException {
    return tests("simple", "&preferQueryMode=simple");
  }

  @TestFactory
  Stream<DynamicTest> extendedQueries() throws IOException {
    return tests("extended", "&binaryTransfer=false&prepareThreshold=1");
  }

  private static Stream<DynamicTest> tests(String transport, String options) throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path path : files()) {
      tests.add(
          DynamicTest.dynamicTest(
              path.getFileName() + " " + transport,
              () -> {
                String url = running().url() + options + TIMEOUT;
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

  private static ServerProcess running() {
    ServerProcess running = server;
    if (running == null) {
      throw new IllegalStateException("the server is not running");
    }
    return running;
  }
}
