package quiver.storage.log.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.file.SystemDisk;
import quiver.storage.log.LogBroker;
import quiver.storage.log.LogBrokerContract;
import quiver.storage.log.LogEntry;
import quiver.storage.log.LogReader;
import quiver.storage.log.LogWriter;

final class LocalLogBrokerTest extends LogBrokerContract {
  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir Path directory;

  @Override
  protected LogBroker open() {
    return open(directory.resolve("contract"), LocalLogOptions.DEFAULTS);
  }

  private static LocalLogBroker open(Path path, LocalLogOptions options) {
    return LocalLogBroker.open(
        new SystemDisk(), path, options, Thread.ofPlatform().name("log-test-", 0).factory());
  }

  private static void append(LogWriter writer, int from, int to) {
    for (int i = from; i < to; i++) {
      byte[] record = new byte[100 + i % 50];
      ByteBuffer.wrap(record).putInt(0, i);
      assertThat(writer.append(ByteBuffer.wrap(record)).await(LONG)).isEqualTo(i);
    }
  }

  private static List<Integer> read(LogBroker broker, long from) {
    List<Integer> numbers = new ArrayList<>();
    try (LogReader reader = broker.openReader("c", from)) {
      for (Optional<LogEntry> entry = reader.poll(); entry.isPresent(); entry = reader.poll()) {
        ByteBuffer record = entry.get().record();
        int number = record.duplicate().getInt();
        numbers.add(number);
        assertThat(record.remaining()).isEqualTo(100 + number % 50);
      }
    }
    return numbers;
  }

  private static List<Integer> range(int from, int to) {
    List<Integer> range = new ArrayList<>();
    for (int i = from; i < to; i++) {
      range.add(i);
    }
    return range;
  }

  @Test
  void reopenedLogGoesOnOverManyFiles() {
    Path path = directory.resolve("log");
    LocalLogOptions small = new LocalLogOptions(1000, 500);
    try (LocalLogBroker broker = open(path, small);
        LogWriter writer = broker.openWriter("c")) {
      append(writer, 0, 60);
      assertThat(read(broker, 0)).isEqualTo(range(0, 60));
      assertThat(read(broker, 33)).isEqualTo(range(33, 60));
    }
    try (LocalLogBroker broker = open(path, small);
        LogWriter writer = broker.openWriter("c")) {
      assertThat(broker.end("c")).isEqualTo(60);
      append(writer, 60, 90);
      assertThat(read(broker, 0)).isEqualTo(range(0, 90));
      assertThat(new SystemDisk().list(path.resolve("c"))).hasSizeGreaterThan(5);
      broker.truncate("c", 50);
      assertThat(broker.start("c")).isBetween(35L, 50L);
      assertThat(read(broker, 50)).isEqualTo(range(50, 90));
      assertThatThrownBy(() -> broker.openReader("c", 0))
          .isInstanceOfSatisfying(
              QuiverException.class,
              e -> assertThat(e.state()).isEqualTo(SqlState.SNAPSHOT_TOO_OLD));
    }
    try (LocalLogBroker broker = open(path, small)) {
      assertThat(broker.start("c")).isBetween(35L, 50L);
      assertThat(read(broker, 50)).isEqualTo(range(50, 90));
    }
  }

  @Test
  void readerFollowsFromFileIntoMemory() {
    try (LocalLogBroker broker = open(directory.resolve("log"), new LocalLogOptions(1000, 300));
        LogWriter writer = broker.openWriter("c");
        LogReader reader = broker.openReader("c", 0)) {
      int next = 0;
      for (int round = 0; round < 20; round++) {
        append(writer, round * 5, round * 5 + 5);
        while (next < round * 5 + (round % 2 == 0 ? 1 : 5)) {
          ByteBuffer record = reader.next(LONG).orElseThrow().record().duplicate();
          assertThat(record.order(ByteOrder.BIG_ENDIAN).getInt()).isEqualTo(next++);
        }
      }
    }
  }

  @Test
  void readerBelowTheTruncationPointIsTold() {
    try (LocalLogBroker broker = open(directory.resolve("log"), new LocalLogOptions(1000, 0));
        LogWriter writer = broker.openWriter("c");
        LogReader reader = broker.openReader("c", 0)) {
      append(writer, 0, 30);
      assertThat(reader.poll()).isPresent();
      broker.truncate("c", 30);
      assertThatThrownBy(reader::poll)
          .isInstanceOfSatisfying(
              QuiverException.class,
              e -> assertThat(e.state()).isEqualTo(SqlState.SNAPSHOT_TOO_OLD));
    }
  }

  @Test
  void secondOpenerIsRefused() {
    Path path = directory.resolve("log");
    try (LocalLogBroker broker = open(path, LocalLogOptions.DEFAULTS)) {
      assertThatThrownBy(() -> open(path, LocalLogOptions.DEFAULTS))
          .isInstanceOfSatisfying(
              QuiverException.class, e -> assertThat(e.state()).isEqualTo(SqlState.OBJECT_IN_USE));
      assertThat(broker.end("c")).isZero();
    }
    open(path, LocalLogOptions.DEFAULTS).close();
  }

  @Test
  void interruptedReaderHarmsNobody() throws InterruptedException {
    try (LocalLogBroker broker = open(directory.resolve("log"), new LocalLogOptions(10_000, 0));
        LogWriter writer = broker.openWriter("c")) {
      append(writer, 0, 10);
      List<SqlState> failures = new ArrayList<>();
      Thread reading =
          Thread.ofPlatform()
              .name("interrupted-reader")
              .start(() -> {
                try (LogReader reader = broker.openReader("c", 0)) {
                  Thread.currentThread().interrupt();
                  var _ = reader.poll();
                } catch (QuiverException e) {
                  failures.add(e.state());
                }
              });
      reading.join();
      assertThat(failures).containsExactly(SqlState.QUERY_CANCELED);
      append(writer, 10, 12);
      assertThat(read(broker, 0)).isEqualTo(range(0, 12));
    }
  }

  @Test
  void cutOrGarbledTailOfARealFileIsCutOff() throws IOException {
    for (int seed = 0; seed < 30; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Path path = directory.resolve("log" + seed);
      LocalLogOptions small = new LocalLogOptions(1000, 0);
      try (LocalLogBroker broker = open(path, small);
          LogWriter writer = broker.openWriter("c")) {
        append(writer, 0, 20);
      }
      Path last = path.resolve("c").resolve(new SystemDisk().list(path.resolve("c")).getLast());
      byte[] bytes = Files.readAllBytes(last);
      // Somewhere in the last record.
      int at = bytes.length - 1 - random.nextInt(100);
      if (random.nextBoolean()) {
        Files.write(last, Arrays.copyOf(bytes, at));
      } else {
        bytes[at] ^= (byte) (1 + random.nextInt(255));
        Files.write(last, bytes);
      }
      try (LocalLogBroker broker = open(path, small);
          LogWriter writer = broker.openWriter("c")) {
        assertThat(read(broker, 0)).isEqualTo(range(0, 19));
        append(writer, 19, 25);
        assertThat(read(broker, 0)).isEqualTo(range(0, 25));
      }
    }
  }

  @Test
  void textSurvives() {
    try (LocalLogBroker broker = open(directory.resolve("log"), LocalLogOptions.DEFAULTS);
        LogWriter writer = broker.openWriter("c")) {
      ByteBuffer direct =
          ByteBuffer.allocateDirect(5).put("hello".getBytes(StandardCharsets.UTF_8));
      var _ = writer.append(direct.flip()).await(LONG);
      try (LogReader reader = broker.openReader("c", 0)) {
        assertThat(StandardCharsets.UTF_8.decode(reader.poll().orElseThrow().record()).toString())
            .isEqualTo("hello");
      }
    }
  }
}
