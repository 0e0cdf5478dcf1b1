package quiver.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import quiver.common.error.QuiverException;

class ConfigReaderTest {
  @TempDir Path folder;

  @Test
  void emptyConfigurationIsTheDefaults() {
    ServerConfig config = new ConfigReader().read();
    assertThat(config.port()).isEqualTo(5433);
    assertThat(config.listenAddress()).isEqualTo("127.0.0.1");
    assertThat(config.queryMemory()).isEqualTo(new ByteSize(256L << 20));
  }

  @Test
  void commandLineWinsOverFile() throws IOException {
    ConfigReader reader = new ConfigReader();
    reader.readFile(write("port = 6000\n# comment\n\nquery-memory = 1GiB\n"));
    reader.set(ConfigKey.PORT, "7000", "--port");
    ServerConfig config = reader.read();
    assertThat(config.port()).isEqualTo(7000);
    assertThat(config.queryMemory().bytes()).isEqualTo(1L << 30);
  }

  @Test
  void allProblemsAreReportedTogether() throws IOException {
    ConfigReader reader = new ConfigReader();
    Path file =
        write("prot = 1\nport = 70000\nnonsense\nquery-memory = 5 apples\nlog-level = loud\n");
    reader.readFile(file);
    assertThatThrownBy(reader::read)
        .isInstanceOf(QuiverException.class)
        .hasMessageContaining(":1: unknown key \"prot\"; did you mean \"port\"?")
        .hasMessageContaining(":2: \"70000\" is not valid for \"port\"")
        .hasMessageContaining(":3: expected \"key = value\"")
        .hasMessageContaining(":4: \"5 apples\" is not valid for \"query-memory\"")
        .hasMessageContaining(":5: \"loud\" is not valid for \"log-level\"");
  }

  @Test
  void missingFileIsNamed() {
    ConfigReader reader = new ConfigReader();
    reader.readFile(folder.resolve("none.conf"));
    assertThatThrownBy(reader::read)
        .hasMessageContaining("none.conf: cannot be read: it does not exist");
  }

  @Test
  void everyDefaultIsValidAndSizesPrintAsWritten() {
    assertThat(ByteSize.parse("64MiB")).get().hasToString("64MiB");
    assertThat(ByteSize.parse("64 bananas")).isEmpty();
    assertThat(ByteSize.parse("999999999999TiB")).isEmpty();
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("quiver.conf"), text);
  }
}
