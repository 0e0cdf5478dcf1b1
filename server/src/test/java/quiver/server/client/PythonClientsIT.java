package quiver.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import quiver.server.process.ServerProcess;

/// The programs of `src/test/clients/python`, with the libraries of the distribution.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PythonClientsIT {
  /// The distribution's own: another Python does not see its packages.
  private static final String PYTHON = "/usr/bin/python3";

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

  static List<String> programs() {
    return List.of("psycopg2", "psycopg3", "asyncpg", "sqlalchemy", "django", "psql_completion");
  }

  @ParameterizedTest
  @MethodSource("programs")
  void works(String program) {
    run(program, folder, servers.getFirst().port());
  }

  /// @param folder where the program runs
  static void run(String program, Path folder, int port) {
    Path source = Path.of("src", "test", "clients", "python", program + "_client.py");
    String said =
        new ClientProgram(folder)
            .succeed(
                PYTHON,
                source.toAbsolutePath().toString(),
                "postgresql://quiver@127.0.0.1:" + port + "/quiver");
    assertThat(said).endsWith("ok\n");
  }
}
