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
import org.junit.jupiter.params.provider.MethodSource;
import quiver.server.process.ServerProcess;

/// The programs of `src/test/clients/node`, with the packages their lock file names.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodeClientsIT {
  private static final Path SOURCES = Path.of("src", "test", "clients", "node");
  private static final Path INSTALLED = Path.of("target", "node-clients").toAbsolutePath();

  @TempDir static Path folder;

  private final List<ServerProcess> servers = new ArrayList<>();

  @BeforeAll
  void start() throws IOException {
    install();
    servers.add(ServerProcess.start(folder.resolve("data"), folder.resolve("log")));
  }

  /// Packages stay where they are while the lock file does.
  static void install() throws IOException {
    Files.createDirectories(INSTALLED);
    Path done = INSTALLED.resolve("installed.json");
    Path lock = SOURCES.resolve("package-lock.json");
    boolean current = Files.exists(done) && Files.mismatch(done, lock) < 0;
    try (Stream<Path> sources = Files.list(SOURCES)) {
      for (Path source : sources.filter(Files::isRegularFile).toList()) {
        Files.copy(
            source, INSTALLED.resolve(source.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    if (!current) {
      new ClientProgram(INSTALLED).succeed("npm", "ci");
      Files.copy(lock, done, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @AfterAll
  void stop() {
    servers.forEach(ServerProcess::close);
  }

  static List<String> programs() {
    return List.of("pg", "knex", "typeorm", "drizzle", "langchain");
  }

  @ParameterizedTest
  @MethodSource("programs")
  void works(String program) {
    run(program, servers.getFirst().port());
  }

  /// Runs an [#install]ed program.
  static void run(String program, int port) {
    new ClientProgram(INSTALLED)
        .succeed("node", program + ".mjs", "postgresql://quiver@127.0.0.1:" + port + "/quiver");
  }
}
