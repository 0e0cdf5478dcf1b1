package quiver.server.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A file of SQL and meta-commands for psql, beside it what psql prints for it: `name.sql` and
/// `name.out`. For what drivers do not show or will not have: styles of dates, `\d`.
record PsqlScript(Path script) {
  private static final long SECONDS_MAX = 120;

  /// Where a server is.
  record Target(int port, String user, String database) {}

  /// The file with the expected output.
  Path expectation() {
    String name = script.getFileName().toString().replaceFirst("\\.sql$", ".out");
    return script.resolveSibling(name);
  }

  /// Both streams of psql, with the commands between.
  String run(Target target) throws IOException, InterruptedException {
    Path out = Files.createTempFile("psql", ".out");
    ProcessBuilder builder =
        new ProcessBuilder(
            "psql",
            "-X",
            "-a",
            "-q",
            "-h",
            "127.0.0.1",
            "-p",
            Integer.toString(target.port),
            "-U",
            target.user,
            target.database);
    builder
        .environment()
        .putAll(Map.of("PGTZ", "UTC", "PGDATESTYLE", "ISO, MDY", "LC_ALL", "C.UTF-8"));
    Process process =
        builder
            .redirectInput(script.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException(script + " did not end");
    }
    String said = Files.readString(out, StandardCharsets.UTF_8);
    Files.delete(out);
    return said;
  }
}
