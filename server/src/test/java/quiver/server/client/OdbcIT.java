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
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import quiver.server.process.ServerProcess;

/// psqlODBC under unixODBC's isql, with whole results and with cursors.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OdbcIT {
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

  @ParameterizedTest
  @ValueSource(strings = {"UseDeclareFetch = 0", "UseDeclareFetch = 1\nFetch = 2"})
  void answersIsql(String options) throws IOException {
    Files.writeString(
        folder.resolve("odbc.ini"),
        "[quiver]\nDriver = %s\nServername = 127.0.0.1\nPort = %d\nDatabase = quiver\nUserName = quiver\n%s\n"
            .replaceFirst("%s", driver().toString())
            .replaceFirst("%d", Integer.toString(servers.getFirst().port()))
            .replaceFirst("%s", options));
    Path statements = Path.of("src", "test", "clients", "odbc", "statements.sql").toAbsolutePath();
    String said =
        new ClientProgram(folder)
            .succeed(
                "sh", "-c", "ODBCINI=odbc.ini isql quiver -v -b '-d|' -c < '" + statements + "'");
    assertThat(said.lines().toList())
        .containsSubsequence(
            "id|name|price|ok|added|embedding",
            "1|a|1.50|1|2024-01-02 03:04:05|[1,2,3]",
            "2|b|2.50|0||[3,2,1]",
            "3|c||||",
            "name",
            "b",
            "count|sum",
            "3|6.00")
        .anyMatch(line -> line.startsWith("quiver|public|odbc_items|TABLE|"))
        .anyMatch(line -> line.startsWith("quiver|public|odbc_items|price|2|numeric|10|12|2|10|1|"))
        .anyMatch(line -> line.contains("[42703]ERROR: column \"nothing\" does not exist"));
  }

  private static Path driver() throws IOException {
    try (Stream<Path> libraries = Files.list(Path.of("/usr/lib"))) {
      return libraries
          .map(library -> library.resolve("odbc").resolve("psqlodbcw.so"))
          .filter(Files::exists)
          .findFirst()
          .orElseThrow(() ->
              new AssertionError("psqlODBC is missing; install it (Debian: odbc-postgresql)"));
    }
  }
}
