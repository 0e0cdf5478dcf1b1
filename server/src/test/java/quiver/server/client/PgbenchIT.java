package quiver.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
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

/// pgbench: its tables and its three scripts in every query mode, and several clients that meet in
/// one row.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PgbenchIT {
  @TempDir static Path folder;

  private final List<ServerProcess> servers = new ArrayList<>();

  @BeforeAll
  void start() {
    servers.add(ServerProcess.start(folder.resolve("data"), folder.resolve("log")));
    assertThat(pgbench("-i", "-q")).contains("done in");
  }

  @AfterAll
  void stop() {
    servers.forEach(ServerProcess::close);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tpcb-like", "simple-update", "select-only"})
  void runsItsScripts(String script) {
    for (String mode : List.of("simple", "extended", "prepared")) {
      assertThat(pgbench("-n", "-b", script, "-M", mode, "-t", "20"))
          .contains("number of transactions actually processed: 20/20");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "prepared"})
  void conflictsAreTriedAgain(String mode) {
    assertThat(
            pgbench("-n", "-b", "tpcb-like", "-M", mode, "-t", "10", "-c", "4", "--max-tries=100"))
        .contains("number of transactions actually processed: 40/40");
  }

  private String pgbench(String... options) {
    return run(folder, servers.getFirst().port(), options);
  }

  /// @param folder where it runs
  static String run(Path folder, int port, String... options) {
    List<String> command =
        Stream.concat(
                Stream.of(
                    "pgbench", "-h", "127.0.0.1", "-p", Integer.toString(port), "-U", "quiver"),
                Stream.concat(Stream.of(options), Stream.of("quiver")))
            .toList();
    return new ClientProgram(folder).succeed(command);
  }
}
