package quiver.server.sql;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/// The golden files as tests of a running server.
final class GoldenFiles {
  private static final Path FOLDER = Path.of("src", "test", "resources", "sql");
  private static final String TIMEOUT = "&socketTimeout=60";

  private GoldenFiles() {}

  /// One test for each file, in the order of their names.
  ///
  /// @param label what the tests are called besides the file
  static Stream<DynamicTest> tests(String url, String label) throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      List<Path> all = files.filter(file -> file.toString().endsWith(".sqltest")).sorted().toList();
      return all.stream()
          .map(file ->
              DynamicTest.dynamicTest(
                  file.getFileName() + " " + label, () -> check(file, url + TIMEOUT)));
    }
  }

  private static void check(Path file, String url) throws Exception {
    List<String> mismatches =
        SqlTestRun.of(SqlTestFile.read(file), url, block -> true).mismatches();
    if (!mismatches.isEmpty()) {
      fail(mismatches.size() + " mismatches\n" + String.join("\n", mismatches));
    }
  }
}
