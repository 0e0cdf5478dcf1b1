package quiver.storage.log.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.fault.SimulatedDisk;
import quiver.storage.log.LogAppend;
import quiver.storage.log.LogEntry;
import quiver.storage.log.LogReader;
import quiver.storage.log.LogWriter;

/// The local log on a disk that loses power at every moment and fails at every operation.
final class LogCrashTest {
  private static final Path ROOT = Path.of("/data/log");
  private static final LocalLogOptions OPTIONS = new LocalLogOptions(250, 100);
  private static final Duration NONE = Duration.ZERO;

  /// How many records were acknowledged at which moment.
  private record Acknowledged(int moment, int records) {}

  private static LocalLogBroker open(SimulatedDisk disk) {
    return LocalLogBroker.openInline(disk, ROOT, OPTIONS);
  }

  private static ByteBuffer record(int i) {
    return ByteBuffer.wrap(
        ("record " + i + "x".repeat(i * 7 % 40)).getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> read(LocalLogBroker broker) {
    List<String> texts = new ArrayList<>();
    try (LogReader reader = broker.openReader("c", broker.start("c"))) {
      for (Optional<LogEntry> entry = reader.poll(); entry.isPresent(); entry = reader.poll()) {
        texts.add(StandardCharsets.UTF_8.decode(entry.get().record().duplicate()).toString());
      }
    }
    return texts;
  }

  private static List<String> expected(int count) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.add(StandardCharsets.UTF_8.decode(record(i)).toString());
    }
    return texts;
  }

  private static List<Acknowledged> history(SimulatedDisk disk, int records) {
    List<Acknowledged> history = new ArrayList<>();
    history.add(new Acknowledged(0, 0));
    try (LocalLogBroker broker = open(disk);
        LogWriter writer = broker.openWriter("c")) {
      for (int i = 0; i < records; i++) {
        var _ = writer.append(record(i)).await(NONE);
        history.add(new Acknowledged(disk.moments(), i + 1));
      }
    }
    return history;
  }

  private static int acknowledgedAt(List<Acknowledged> history, int moment) {
    int records = 0;
    for (Acknowledged each : history) {
      if (each.moment() <= moment) {
        records = each.records();
      }
    }
    return records;
  }

  @Test
  void everyCutKeepsWhatWasAcknowledged() {
    SimulatedDisk disk = new SimulatedDisk();
    List<Acknowledged> history = history(disk, 12);
    for (int moment = 0; moment <= disk.moments(); moment++) {
      int acknowledged = acknowledgedAt(history, moment);
      for (int kept = 0; kept <= disk.unforced(moment); kept++) {
        assertRecovers(disk.crashed(moment, kept), acknowledged, acknowledged + 1);
      }
    }
  }

  @Test
  void everyCutOfABatchKeepsAPrefix() {
    SimulatedDisk disk = new SimulatedDisk();
    List<Runnable> tasks = new ArrayList<>();
    Executor later = tasks::add;
    LocalChannel channel = new LocalChannel(disk, ROOT.resolve("c"), "c", OPTIONS, later);
    LocalChannel.Writer writer = new LocalChannel.Writer();
    for (int i = 0; i < 4; i++) {
      var _ = channel.append(writer, record(i));
    }
    tasks.removeFirst().run();
    for (int i = 4; i < 8; i++) {
      var _ = channel.append(writer, record(i));
    }
    tasks.removeFirst().run();
    assertThat(channel.end()).isEqualTo(8);
    int beforeForce = disk.moments() - 1;
    assertThat(disk.unforced(beforeForce)).isGreaterThan(200);
    for (int kept = 0; kept <= disk.unforced(beforeForce); kept++) {
      assertRecovers(disk.crashed(beforeForce, kept), 4, 8);
    }
  }

  @Test
  void manyAppendsShareOneForce() {
    SimulatedDisk disk = new SimulatedDisk();
    List<Runnable> tasks = new ArrayList<>();
    LocalLogOptions largeFiles = new LocalLogOptions(1 << 20, 0);
    LocalChannel channel = new LocalChannel(disk, ROOT.resolve("c"), "c", largeFiles, tasks::add);
    LocalChannel.Writer writer = new LocalChannel.Writer();
    List<LogAppend> appends = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      appends.add(channel.append(writer, record(i)));
    }
    long before = disk.operations();
    tasks.removeFirst().run();
    assertThat(tasks).isEmpty();
    // One write of the staging buffer and one force.
    assertThat(disk.operations() - before).isEqualTo(2);
    assertThat(appends).allMatch(LogAppend::isDone);
    assertThat(appends.getLast().await(NONE)).isEqualTo(1999);
  }

  @Test
  void tornBlocksOfABatchKeepAPrefix() {
    SimulatedDisk disk = new SimulatedDisk();
    List<Runnable> tasks = new ArrayList<>();
    LocalLogOptions largeFiles = new LocalLogOptions(100_000, 0);
    LocalChannel channel = new LocalChannel(disk, ROOT.resolve("c"), "c", largeFiles, tasks::add);
    LocalChannel.Writer writer = new LocalChannel.Writer();
    int next = 0;
    for (int batch = 0; batch < 3; batch++) {
      for (int i = 0; i < 30; i++) {
        var _ = channel.append(writer, record(next++));
      }
      tasks.removeFirst().run();
    }
    int beforeForce = disk.moments() - 1;
    for (int seed = 0; seed < 300; seed++) {
      assertRecovers(disk.crashed(beforeForce, new SplittableRandom(seed)), 60, 90);
    }
  }

  @Test
  void tornBlocksKeepWhatWasAcknowledged() {
    for (int seed = 0; seed < 300; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SimulatedDisk disk = new SimulatedDisk();
      int records = random.nextInt(12);
      var _ = history(disk, records);
      assertRecovers(disk.crashed(random), records, records);
    }
  }

  private static void assertRecovers(SimulatedDisk disk, int min, int max) {
    int found;
    try (LocalLogBroker broker = open(disk);
        LogWriter writer = broker.openWriter("c")) {
      List<String> texts = read(broker);
      found = texts.size();
      assertThat(found).isBetween(min, max);
      assertThat(texts).isEqualTo(expected(found));
      assertThat(writer.append(record(found)).await(NONE)).isEqualTo(found);
    }
    try (LocalLogBroker broker = open(disk)) {
      assertThat(read(broker)).isEqualTo(expected(found + 1));
    }
  }

  @Test
  void truncationNeverLeavesAHole() {
    SimulatedDisk disk = new SimulatedDisk();
    int before;
    try (LocalLogBroker broker = open(disk);
        LogWriter writer = broker.openWriter("c")) {
      for (int i = 0; i < 20; i++) {
        var _ = writer.append(record(i)).await(NONE);
      }
      before = disk.moments();
      broker.truncate("c", 18);
      assertThat(broker.start("c")).isGreaterThan(10);
    }
    for (int seed = 0; seed < 100; seed++) {
      for (int moment = before; moment <= disk.moments(); moment++) {
        SimulatedDisk crashed =
            disk.crashed(moment, new SplittableRandom(seed).nextInt(disk.unforced(moment) + 1));
        try (LocalLogBroker broker = open(crashed)) {
          List<String> texts = read(broker);
          assertThat(texts).isEqualTo(expected(20).subList((int) broker.start("c"), 20));
          assertThat(broker.start("c")).isLessThanOrEqualTo(18);
        }
      }
    }
  }

  @Test
  void everyFailingOperationIsReportedAndNothingAcknowledgedIsLost() {
    for (SqlState state : List.of(SqlState.DISK_FULL, SqlState.IO_ERROR)) {
      for (boolean persistent : new boolean[] {false, true}) {
        boolean failed = true;
        for (long operation = 1; failed; operation++) {
          SimulatedDisk disk = new SimulatedDisk();
          disk.failWith(new SimulatedDisk.Failure(operation, persistent, state));
          failed = runWithFailure(disk);
        }
      }
    }
  }

  /// Appends until an operation fails; then the disk is well again and a new writer tries.
  private static boolean runWithFailure(SimulatedDisk disk) {
    boolean failed = false;
    boolean isUnknown = false;
    boolean isHalted = false;
    int acknowledged = 0;
    try (LocalLogBroker broker = open(disk)) {
      LogWriter writer = broker.openWriter("c");
      for (int i = 0; i < 12; i++) {
        LogAppend append = writer.append(record(acknowledged));
        try {
          assertThat(append.await(NONE)).isEqualTo(acknowledged);
          acknowledged++;
          assertThat(isHalted).isFalse();
        } catch (QuiverException e) {
          failed = true;
          isUnknown |= e.state() == SqlState.STATEMENT_COMPLETION_UNKNOWN;
          LogWriter poisoned = writer;
          assertThatThrownBy(() -> poisoned.append(record(99)).await(NONE))
              .isInstanceOf(QuiverException.class);
          assertThat(read(broker)).isEqualTo(expected(acknowledged));
          disk.heal();
          try {
            writer = broker.openWriter("c");
            assertThat(isUnknown).isFalse();
          } catch (QuiverException halted) {
            assertThat(halted.message()).contains("halted");
            isHalted = true;
            break;
          }
        }
      }
    } catch (QuiverException e) {
      failed = true;
      assertThat(e.state()).isIn(SqlState.DISK_FULL, SqlState.IO_ERROR);
    }
    disk.heal();
    try (LocalLogBroker broker = open(disk)) {
      int found = read(broker).size();
      assertThat(found).isBetween(acknowledged, acknowledged + (isUnknown ? 1 : 0));
      assertThat(read(broker)).isEqualTo(expected(found));
    }
    return failed || disk.hasFailed();
  }

  @Test
  void failedForceHaltsTheChannelAndReadingGoesOn() {
    SimulatedDisk disk = new SimulatedDisk();
    try (LocalLogBroker broker = open(disk);
        LogWriter writer = broker.openWriter("c")) {
      var _ = writer.append(record(0)).await(NONE);
      disk.failWith(new SimulatedDisk.Failure(disk.operations() + 2, false, SqlState.IO_ERROR));
      LogAppend lost = writer.append(record(1));
      assertThatThrownBy(() -> lost.await(NONE))
          .isInstanceOfSatisfying(
              QuiverException.class,
              e -> assertThat(e.state()).isEqualTo(SqlState.STATEMENT_COMPLETION_UNKNOWN));
      assertThatThrownBy(() -> writer.append(record(2)).await(NONE)).hasMessageContaining("halted");
      assertThatThrownBy(() -> broker.openWriter("c")).hasMessageContaining("halted");
      assertThat(read(broker)).isEqualTo(expected(1));
    }
  }

  @Test
  void flippedBitBeforeTheTailIsFoundAndNamed() {
    SimulatedDisk disk = new SimulatedDisk();
    var _ = history(disk, 12);
    List<String> files = disk.list(ROOT.resolve("c"));
    assertThat(files).hasSizeGreaterThan(2);
    for (String name : files) {
      Path file = ROOT.resolve("c").resolve(name);
      boolean isLast = name.equals(files.getLast());
      int bits = disk.read(file).length * 8;
      for (int bit = 0; bit < bits; bit++) {
        SimulatedDisk damaged = disk.crashed(disk.moments(), 0);
        damaged.flip(file, bit);
        try (LocalLogBroker broker = open(damaged)) {
          List<String> texts = read(broker);
          // Only the last record of the last file can be taken for one never acknowledged.
          assertThat(isLast).isTrue();
          assertThat(texts).isEqualTo(expected(11));
        } catch (QuiverException e) {
          assertThat(e.state()).isIn(SqlState.DATA_CORRUPTED, SqlState.SNAPSHOT_TOO_OLD);
          assertThat(e.message()).contains(name);
        }
      }
    }
  }

  @Test
  void garbageBehindTheTailIsCutOff() {
    for (int seed = 0; seed < 100; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SimulatedDisk disk = new SimulatedDisk();
      var _ = history(disk, 2);
      Path file = ROOT.resolve("c").resolve(disk.list(ROOT.resolve("c")).getLast());
      byte[] garbage = new byte[1 + random.nextInt(300)];
      if (random.nextBoolean()) {
        random.nextBytes(garbage);
      }
      try (var opened = disk.open(file)) {
        opened.write(ByteBuffer.wrap(garbage), opened.sizeBytes());
      }
      assertRecovers(disk, 2, 2);
    }
  }
}
