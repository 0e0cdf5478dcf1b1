package quiver.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
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

/// The programs of `clients/java`, each in a process of its own.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JavaClientsIT {
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
    return List.of(
        "PgvectorClient",
        "JooqClient",
        "LangChainClient",
        "FlywayClient",
        "LiquibaseClient",
        "SpringClient",
        "HibernateClient");
  }

  @ParameterizedTest
  @MethodSource("programs")
  void works(String program) {
    run(program, folder, servers.getFirst().url());
  }

  /// @param folder where the program runs
  static void run(String program, Path folder, String url) {
    Path built = Path.of("clients", "java", "target").toAbsolutePath();
    assertThat(Files.isDirectory(built.resolve("lib")))
        .as("the module server/clients/java is not built")
        .isTrue();
    new ClientProgram(folder)
        .succeed(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "-cp",
            built.resolve("classes") + File.pathSeparator + built.resolve("lib").resolve("*"),
            "quiver.clients." + program,
            url);
  }
}
