package quiver.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import quiver.server.client.PsqlScript.Target;
import quiver.server.process.ServerProcess;

/// Scripts for psql whose output was written down with PostgreSQL 15, by [PsqlScriptRecorder].
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PsqlScriptsIT {
  private static final Path SCRIPTS = Path.of("src", "test", "resources", "psql");

  @TempDir static Path folder;

  private final List<ServerProcess> servers = new ArrayList<>();

  @BeforeAll
  void start() {
    servers.add(ServerProcess.start(folder.resolve("data"), folder.resolve("log")));
  }

  @AfterAll
  void stop() {
    servers.forEach(ServerProcess::close);
  }

  @TestFactory
  Stream<DynamicTest> scripts() throws IOException {
    return scripts(servers.getFirst().port());
  }

  /// One test for each script, against the server at a port.
  static Stream<DynamicTest> scripts(int port) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(SCRIPTS)) {
      files = all.filter(file -> file.toString().endsWith(".sql")).sorted().toList();
    }
    Target target = new Target(port, "quiver", "quiver");
    return files.stream()
        .map(file ->
            DynamicTest.dynamicTest(
                file.getFileName().toString(),
                () -> {
                  PsqlScript script = new PsqlScript(file);
                  assertThat(script.run(target)).isEqualTo(Files.readString(script.expectation()));
                }));
  }
}
