package quiver.benchmarks.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// Runs the benchmark over a tiny data set in the layout of bigann10k.
class IndexBenchmarkTest {
  @TempDir private Path directory;

  @Test
  void aLineIsWrittenForEachMeasurement() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    byte[] base = new byte[200 * 128];
    random.nextBytes(base);
    byte[] queries = new byte[3 * 128];
    random.nextBytes(queries);
    ByteBuffer answers = ByteBuffer.allocate(3 * 100 * 4).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(directory.resolve("base.u8"), base);
    Files.write(directory.resolve("queries.u8"), queries);
    Files.write(directory.resolve("gt.i32"), answers.array());
    Path json = directory.resolve("out.json");
    int exit =
        new CommandLine(new IndexBenchmark())
            .execute("--data", directory.toString(), "--json", json.toString(), "--ef", "40");
    assertThat(exit).isZero();
    List<String> lines = Files.readAllLines(json);
    assertThat(lines).hasSize(6);
    assertThat(lines.getFirst())
        .startsWith("{\"engine\": \"quiver\", \"dataset\": \"bigann10k\", \"phase\": \"build\"");
    assertThat(lines.get(1)).contains("\"phase\": \"search\"", "\"param\": \"ef=40\"");
  }
}
