package quiver.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.Await;

/// What every log broker must do. An implementation's test extends this class.
public abstract class LogBrokerContract {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final String CHANNEL = "channel-0";

  private LogBroker broker;

  /// A broker without channels.
  protected abstract LogBroker open();

  @BeforeEach
  final void openBroker() {
    broker = open();
  }

  @AfterEach
  final void closeBroker() {
    broker.close();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(LogEntry entry) {
    return StandardCharsets.UTF_8.decode(entry.record().duplicate()).toString();
  }

  private static long append(LogWriter writer, String text) {
    return writer.append(bytes(text)).await(LONG);
  }

  private List<String> readAll(long from) {
    List<String> texts = new ArrayList<>();
    try (LogReader reader = broker.openReader(CHANNEL, from)) {
      for (Optional<LogEntry> entry = reader.poll(); entry.isPresent(); entry = reader.poll()) {
        texts.add(text(entry.get()));
      }
      assertThat(reader.position()).isLessThanOrEqualTo(broker.end(CHANNEL));
    }
    return texts;
  }

  private static void assertFails(SqlState state, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(QuiverException.class, e -> assertThat(e.state()).isEqualTo(state));
  }

  @Test
  void newChannelIsEmpty() {
    assertThat(broker.start(CHANNEL)).isEqualTo(broker.end(CHANNEL));
    assertThat(readAll(broker.start(CHANNEL))).isEmpty();
  }

  @Test
  void recordsComeBackInOrderAtGrowingOffsets() {
    try (LogWriter writer = broker.openWriter(CHANNEL)) {
      long first = append(writer, "one");
      long second = append(writer, "two");
      long third = append(writer, "three");
      assertThat(first).isGreaterThanOrEqualTo(broker.start(CHANNEL)).isLessThan(second);
      assertThat(second).isLessThan(third);
      assertThat(third).isLessThan(broker.end(CHANNEL));
      assertThat(readAll(first)).containsExactly("one", "two", "three");
      assertThat(readAll(first + 1)).containsExactly("two", "three");
      assertThat(readAll(third)).containsExactly("three");
      assertThat(readAll(broker.end(CHANNEL))).isEmpty();
    }
  }

  @Test
  void readerContinuesAtItsPosition() {
    try (LogWriter writer = broker.openWriter(CHANNEL)) {
      var _ = append(writer, "one");
      long position;
      try (LogReader reader = broker.openReader(CHANNEL, broker.start(CHANNEL))) {
        assertThat(reader.poll()).map(LogBrokerContract::text).contains("one");
        assertThat(reader.poll()).isEmpty();
        position = reader.position();
      }
      var _ = append(writer, "two");
      assertThat(readAll(position)).containsExactly("two");
    }
  }

  @Test
  void channelsAreSeparate() {
    try (LogWriter one = broker.openWriter(CHANNEL);
        LogWriter other = broker.openWriter("other.channel_1")) {
      var _ = append(one, "a");
      var _ = append(other, "b");
      assertThat(readAll(broker.start(CHANNEL))).containsExactly("a");
    }
  }

  @Test
  void writersOfOneChannelDoNotExcludeEachOther() {
    try (LogWriter zombie = broker.openWriter(CHANNEL);
        LogWriter owner = broker.openWriter(CHANNEL)) {
      var _ = append(zombie, "a");
      var _ = append(owner, "b");
      var _ = append(zombie, "c");
      assertThat(readAll(broker.start(CHANNEL))).containsExactly("a", "b", "c");
    }
  }

  @Test
  void closedWriterRefuses() {
    LogWriter writer = broker.openWriter(CHANNEL);
    LogAppend pending = writer.append(bytes("a"));
    writer.close();
    writer.close();
    assertThat(pending.await(LONG)).isGreaterThanOrEqualTo(broker.start(CHANNEL));
    assertFails(SqlState.ADMIN_SHUTDOWN, () -> writer.append(bytes("b")));
    assertThat(readAll(broker.start(CHANNEL))).containsExactly("a");
  }

  @Test
  void callbackRunsOnceTheAppendIsDone() {
    try (LogWriter writer = broker.openWriter(CHANNEL)) {
      AtomicReference<Boolean> wasDone = new AtomicReference<>();
      LogAppend append = writer.append(bytes("a"));
      append.whenDone(() -> wasDone.set(append.isDone()));
      Await.until(() -> wasDone.get() != null);
      assertThat(wasDone.get()).isTrue();
    }
  }

  @Test
  void sizeLimitsAreRefusedAndTheWriterGoesOn() {
    try (LogWriter writer = broker.openWriter(CHANNEL)) {
      assertFails(SqlState.PROGRAM_LIMIT_EXCEEDED, () -> writer.append(ByteBuffer.allocate(0)));
      assertFails(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          () -> writer.append(ByteBuffer.allocate(LogBroker.MAX_RECORD_BYTES + 1)));
      ByteBuffer largest = ByteBuffer.allocate(LogBroker.MAX_RECORD_BYTES);
      largest.put(LogBroker.MAX_RECORD_BYTES - 1, (byte) 7);
      long offset = writer.append(largest).await(LONG);
      try (LogReader reader = broker.openReader(CHANNEL, offset)) {
        ByteBuffer read = reader.next(LONG).orElseThrow().record();
        assertThat(read.remaining()).isEqualTo(LogBroker.MAX_RECORD_BYTES);
        assertThat(read.get(LogBroker.MAX_RECORD_BYTES - 1)).isEqualTo((byte) 7);
        assertThat(read.isReadOnly()).isTrue();
      }
    }
  }

  @Test
  void appendLeavesTheBufferAsItIs() {
    try (LogWriter writer = broker.openWriter(CHANNEL)) {
      ByteBuffer buffer = bytes("..abc..").position(2).limit(5);
      var _ = writer.append(buffer).await(LONG);
      assertThat(buffer.position()).isEqualTo(2);
      assertThat(buffer.limit()).isEqualTo(5);
      assertThat(readAll(broker.start(CHANNEL))).containsExactly("abc");
    }
  }

  @Test
  void waitingReaderGetsTheNextRecord() throws InterruptedException {
    try (LogReader reader = broker.openReader(CHANNEL, broker.start(CHANNEL));
        LogWriter writer = broker.openWriter(CHANNEL)) {
      assertThat(reader.next(Duration.ofMillis(1))).isEmpty();
      AtomicReference<String> found = new AtomicReference<>();
      Thread waiting =
          Thread.ofVirtual()
              .name("waiting-reader")
              .start(() -> found.set(text(reader.next(LONG).orElseThrow())));
      var _ = append(writer, "late");
      waiting.join();
      assertThat(found.get()).isEqualTo("late");
    }
  }

  @Test
  void closeWakesAWaitingReader() throws InterruptedException {
    LogReader reader = broker.openReader(CHANNEL, broker.start(CHANNEL));
    AtomicReference<SqlState> failure = new AtomicReference<>();
    Thread waiting =
        Thread.ofVirtual()
            .name("waiting-reader")
            .start(() -> {
              try {
                var _ = reader.next(LONG);
              } catch (QuiverException e) {
                failure.set(e.state());
              }
            });
    reader.close();
    waiting.join();
    assertThat(failure.get()).isEqualTo(SqlState.ADMIN_SHUTDOWN);
  }

  @Test
  void positionsOutsideTheChannelAreRefused() {
    try (LogWriter writer = broker.openWriter(CHANNEL)) {
      var _ = append(writer, "a");
      assertFails(
          SqlState.DATA_CORRUPTED, () -> broker.openReader(CHANNEL, broker.end(CHANNEL) + 1));
      assertFails(
          SqlState.SNAPSHOT_TOO_OLD, () -> broker.openReader(CHANNEL, broker.start(CHANNEL) - 1));
    }
    assertFails(SqlState.INVALID_NAME, () -> broker.openWriter("../escape"));
    assertFails(SqlState.INVALID_NAME, () -> broker.openWriter(""));
  }

  @Test
  void truncateKeepsEverythingFromThePositionOn() {
    try (LogWriter writer = broker.openWriter(CHANNEL)) {
      var _ = append(writer, "a");
      long second = append(writer, "b");
      var _ = append(writer, "c");
      broker.truncate(CHANNEL, second);
      assertThat(broker.start(CHANNEL)).isLessThanOrEqualTo(second);
      assertThat(readAll(second)).containsExactly("b", "c");
      broker.truncate(CHANNEL, broker.start(CHANNEL));
      broker.truncate(CHANNEL, broker.end(CHANNEL));
      long last = append(writer, "d");
      assertThat(readAll(last)).containsExactly("d");
    }
  }

  @Test
  void concurrentAppendersKeepTheirOwnOrder() throws InterruptedException {
    int writers = 8;
    int records = 200;
    Map<Long, String> acknowledged = Collections.synchronizedMap(new HashMap<>());
    List<Thread> threads = new ArrayList<>();
    for (int w = 0; w < writers; w++) {
      String name = "w" + w + ":";
      threads.add(
          Thread.ofVirtual()
              .name("appender-" + w)
              .start(() -> {
                try (LogWriter writer = broker.openWriter(CHANNEL)) {
                  List<LogAppend> appends = new ArrayList<>();
                  for (int i = 0; i < records; i++) {
                    appends.add(writer.append(bytes(name + i)));
                  }
                  for (int i = 0; i < records; i++) {
                    acknowledged.put(appends.get(i).await(LONG), name + i);
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(acknowledged).hasSize(writers * records);
    Map<String, Integer> nextOf = new HashMap<>();
    try (LogReader reader = broker.openReader(CHANNEL, broker.start(CHANNEL))) {
      for (Optional<LogEntry> entry = reader.poll(); entry.isPresent(); entry = reader.poll()) {
        String text = text(entry.get());
        assertThat(acknowledged).containsEntry(entry.get().offset(), text);
        String[] parts = text.split(":", 2);
        assertThat(Integer.parseInt(parts[1])).isEqualTo(nextOf.getOrDefault(parts[0], 0));
        nextOf.merge(parts[0], 1, Integer::sum);
      }
    }
    assertThat(nextOf)
        .hasSize(writers)
        .allSatisfy((_, count) -> assertThat(count).isEqualTo(records));
  }

  @Test
  void closedBrokerRefuses() {
    LogWriter writer = broker.openWriter(CHANNEL);
    LogReader reader = broker.openReader(CHANNEL, broker.start(CHANNEL));
    broker.close();
    assertFails(SqlState.ADMIN_SHUTDOWN, () -> writer.append(bytes("a")));
    assertFails(SqlState.ADMIN_SHUTDOWN, reader::poll);
    assertFails(SqlState.ADMIN_SHUTDOWN, () -> broker.openWriter(CHANNEL));
    reader.close();
    writer.close();
  }
}
