package quiver.storage.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.log.LogAppend;
import quiver.storage.log.LogBroker;
import quiver.storage.log.LogBrokerContract;
import quiver.storage.log.LogEntry;
import quiver.storage.log.LogReader;
import quiver.storage.log.LogWriter;
import quiver.storage.process.FreePorts;
import quiver.storage.process.KafkaServer;

/// The contract on a real broker, and what happens when the broker dies or stands still.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KafkaLogBrokerIT extends LogBrokerContract {
  private static final Path LIBRARIES = Path.of("kafka-server", "target", "lib");
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir static Path folder;

  private KafkaServer kafka;
  private int nextPrefix;

  @BeforeAll
  void start() {
    kafka =
        new KafkaServer(
            LIBRARIES, folder.resolve("kafka"), folder.resolve("log"), FreePorts.next());
  }

  @AfterAll
  void stop() {
    kafka.close();
  }

  @Override
  protected LogBroker open() {
    return connect("contract-" + nextPrefix++ + ".", KafkaOptions.PATIENCE_DEFAULT);
  }

  private LogBroker connect(String prefix, Duration patience) {
    return new KafkaLogBroker(
        new KafkaOptions(kafka.bootstrap(), prefix, 1, 1, Map.of(), patience));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> readAll(LogBroker broker, String channel) {
    List<String> texts = new ArrayList<>();
    try (LogReader reader = broker.openReader(channel, broker.start(channel))) {
      for (Optional<LogEntry> entry = reader.poll(); entry.isPresent(); entry = reader.poll()) {
        texts.add(StandardCharsets.UTF_8.decode(entry.get().record().duplicate()).toString());
      }
    }
    return texts;
  }

  @Test
  void appendsGoOnWhenTheBrokerIsKilledAndComesBack() {
    try (LogBroker broker = connect("killed.", LONG);
        LogWriter writer = broker.openWriter("c")) {
      List<LogAppend> appends = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        appends.add(writer.append(bytes("r" + i)));
        if (i == 100) {
          var _ = appends.getFirst().await(LONG);
          kafka.process().kill();
        }
        if (i == 200) {
          kafka.restart();
        }
      }
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < appends.size(); i++) {
        var _ = appends.get(i).await(LONG);
        expected.add("r" + i);
      }
      assertThat(readAll(broker, "c")).isEqualTo(expected);
    }
  }

  /// The producer gives up, yet the broker may have the record: unknown, and whatever it was, no
  /// later record of the writer may follow it.
  @Test
  void writerThatTimesOutLeavesNoHole() {
    try (LogBroker broker = connect("paused.", Duration.ofSeconds(2))) {
      LogWriter writer = broker.openWriter("c");
      var _ = writer.append(bytes("r0")).await(LONG);
      kafka.process().pause();
      List<LogAppend> appends = new ArrayList<>();
      try {
        for (int i = 1; i <= 20; i++) {
          appends.add(writer.append(bytes("r" + i)));
        }
        Set<SqlState> states = new HashSet<>();
        for (LogAppend append : appends) {
          assertThatThrownBy(() -> append.await(LONG))
              .isInstanceOfSatisfying(QuiverException.class, e -> states.add(e.state()));
        }
        assertThat(states).contains(SqlState.STATEMENT_COMPLETION_UNKNOWN);
        assertThatThrownBy(() -> writer.append(bytes("late")).await(LONG))
            .isInstanceOfSatisfying(
                QuiverException.class, e -> assertThat(e.state()).isEqualTo(SqlState.IO_ERROR));
      } finally {
        kafka.process().resume();
      }
      writer.close();
      try (LogWriter next = broker.openWriter("c")) {
        var _ = next.append(bytes("end")).await(LONG);
      }
      List<String> found = readAll(broker, "c");
      assertThat(found.getFirst()).isEqualTo("r0");
      assertThat(found.getLast()).isEqualTo("end");
      for (int i = 0; i < found.size() - 1; i++) {
        assertThat(found.get(i)).isEqualTo("r" + i);
      }
    }
  }

  @Test
  void topicThatForgetsIsRefused() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic("wrong.c", 2, (short) 1).configs(Map.of("retention.ms", "60000"))))
          .all()
          .get();
    }
    try (LogBroker broker = connect("wrong.", LONG)) {
      assertThatThrownBy(() -> broker.openWriter("c"))
          .isInstanceOfSatisfying(
              QuiverException.class,
              e -> assertThat(e.state()).isEqualTo(SqlState.CONFIG_FILE_ERROR))
          .hasMessageContaining("retention.ms is 60000 and must be -1")
          .hasMessageContaining("it has 2 partitions and must have one");
    }
  }

  @Test
  void nobodyThereIsSaid() {
    String nobody = "127.0.0.1:" + FreePorts.next();
    try (LogBroker broker =
        new KafkaLogBroker(new KafkaOptions(nobody, "x.", 1, 1, Map.of(), Duration.ofSeconds(1)))) {
      assertThatThrownBy(() -> broker.end("c"))
          .isInstanceOfSatisfying(
              QuiverException.class, e -> assertThat(e.state()).isEqualTo(SqlState.IO_ERROR))
          .hasMessageContaining(nobody);
    }
  }
}
