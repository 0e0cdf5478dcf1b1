package quiver.benchmarks.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// Runs the benchmark over a tiny generated set, without rivals.
class IndexBenchmarkTest {
  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return new CommandLine(new IndexBenchmark())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  @Test
  void aLineIsWrittenForEachMeasurement() throws IOException {
    Path json = directory.resolve("out.json");
    int exit =
        run(
            "--generate",
            "400x8",
            "--work",
            directory.resolve("work").toString(),
            "--json",
            json.toString(),
            "--rounds",
            "1",
            "--warm-up",
            "0",
            "--ef-construction",
            "40");
    assertThat(err.toString()).isEmpty();
    assertThat(exit).isZero();
    List<String> lines = Files.readAllLines(json);
    assertThat(lines.getFirst())
        .startsWith(
            "{\"engine\": \"quiver\", \"dataset\": \"clustered-400x8\", \"phase\": \"build\"");
    assertThat(lines)
        .anyMatch(line ->
            line.contains("\"phase\": \"search\"") && line.contains("\"param\": \"ef=10\""));
    assertThat(lines).anyMatch(line -> line.contains("\"phase\": \"filter\""));
    assertThat(lines).anyMatch(line -> line.contains("\"segments\": 8"));
    assertThat(lines).anyMatch(line -> line.contains("\"phase\": \"scan\""));
    assertThat(out.toString()).contains("queries/s at recall 0.95", "8 segments");
  }

  @Test
  void badArgumentsAreNamed() {
    assertThat(run("--generate", "400x8", "--rivals", "faiss")).isEqualTo(2);
    assertThat(err.toString()).contains("no rival \"faiss\"; there are hnswlib, lucene, jvector");
    assertThat(run("--generate", "400")).isEqualTo(2);
    assertThat(err.toString()).contains("--generate: not ROWSxDIMENSION: 400");
    assertThat(run("--generate", "400x8", "--indexes", "btree")).isEqualTo(2);
    assertThat(err.toString()).contains("no index kind \"btree\"; there are flat");
    assertThat(run("--data", directory.resolve("nowhere").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("is not a directory");
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).contains("name a directory with --data");
  }
}
