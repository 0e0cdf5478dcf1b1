package quiver.server.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import quiver.server.process.ServerProcess;

/// The programs of `src/test/clients/node`, with the packages their lock file names.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodeClientsIT {
  private static final Path SOURCES = Path.of("src", "test", "clients", "node");

  @TempDir static Path folder;

  private final Path installed = Path.of("target", "node-clients").toAbsolutePath();
  private final List<ServerProcess> servers = new ArrayList<>();

  @BeforeAll
  void start() throws IOException {
    install();
    servers.add(ServerProcess.start(folder.resolve("data"), folder.resolve("log")));
  }

  /// Packages stay where they are while the lock file does.
  private void install() throws IOException {
    Files.createDirectories(installed);
    Path done = installed.resolve("installed.json");
    Path lock = SOURCES.resolve("package-lock.json");
    boolean current = Files.exists(done) && Files.mismatch(done, lock) < 0;
    try (Stream<Path> sources = Files.list(SOURCES)) {
      for (Path source : sources.filter(Files::isRegularFile).toList()) {
        Files.copy(
            source, installed.resolve(source.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    if (!current) {
      new ClientProgram(installed).succeed("npm", "ci");
      Files.copy(lock, done, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @AfterAll
  void stop() {
    servers.forEach(ServerProcess::close);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pg", "knex", "typeorm", "drizzle", "langchain"})
  void works(String program) {
    new ClientProgram(installed)
        .succeed(
            "node",
            program + ".mjs",
            "postgresql://quiver@127.0.0.1:" + servers.getFirst().port() + "/quiver");
  }
}
