package quiver.storage.meta.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.ManualClock;
import quiver.storage.fault.SimulatedDisk;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.Put;

/// The local meta store on a disk that loses power at every moment and fails at every operation.
final class MetaCrashTest {
  private static final Path DIRECTORY = Path.of("/data/meta");
  private static final Path FILE = DIRECTORY.resolve("meta.qmeta");
  private static final long COMPACT_AFTER_BYTES = 300;

  /// What the store held after an acknowledged commit, and when it was acknowledged.
  private record Acknowledged(int moment, Map<String, String> content) {}

  private static LocalMetaStore open(SimulatedDisk disk) {
    return LocalMetaStore.openInline(disk, DIRECTORY, new ManualClock(), COMPACT_AFTER_BYTES);
  }

  private static Map<String, String> content(LocalMetaStore store) {
    Map<String, String> content = new TreeMap<>();
    for (KeyValue entry : store.list("").entries()) {
      content.put(entry.key(), new String(entry.value(), StandardCharsets.UTF_8));
    }
    return content;
  }

  private static void commit(LocalMetaStore store, int i) {
    List<Put> puts = new ArrayList<>();
    puts.add(new Put("key" + i % 3, ("value" + i).getBytes(StandardCharsets.UTF_8)));
    puts.add(new Put("last", Integer.toString(i).getBytes(StandardCharsets.UTF_8)));
    store.commit(List.of(), puts, List.of("key" + (i + 1) % 3));
  }

  private static List<Acknowledged> history(SimulatedDisk disk, int commits) {
    List<Acknowledged> history = new ArrayList<>();
    history.add(new Acknowledged(0, Map.of()));
    try (LocalMetaStore store = open(disk)) {
      for (int i = 0; i < commits; i++) {
        commit(store, i);
        history.add(new Acknowledged(disk.moments(), content(store)));
      }
    }
    return history;
  }

  @Test
  void everyCutKeepsWhatWasAcknowledged() {
    SimulatedDisk disk = new SimulatedDisk();
    List<Acknowledged> history = history(disk, 12);
    for (int moment = 0; moment <= disk.moments(); moment++) {
      for (int kept = 0; kept <= disk.unforced(moment); kept++) {
        assertRecovers(disk.crashed(moment, kept), moment, history);
      }
    }
  }

  @Test
  void tornBlocksKeepWhatWasAcknowledged() {
    for (int seed = 0; seed < 300; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SimulatedDisk disk = new SimulatedDisk();
      List<Acknowledged> history = history(disk, random.nextInt(12));
      assertRecovers(disk.crashed(random), disk.moments(), history);
    }
  }

  private static void assertRecovers(SimulatedDisk disk, int moment, List<Acknowledged> history) {
    int last = 0;
    while (last + 1 < history.size() && history.get(last + 1).moment() <= moment) {
      last++;
    }
    List<Map<String, String>> allowed = new ArrayList<>();
    allowed.add(history.get(last).content());
    if (last + 1 < history.size()) {
      allowed.add(history.get(last + 1).content());
    }
    try (LocalMetaStore store = open(disk)) {
      assertThat(allowed).contains(content(store));
      commit(store, 100);
    }
    try (LocalMetaStore store = open(disk)) {
      assertThat(content(store)).containsEntry("last", "100");
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

  /// Commits until an operation fails, then checks that the store says so, and recovers.
  private static boolean runWithFailure(SimulatedDisk disk) {
    Map<String, String> acknowledged = Map.of();
    Map<String, String> attempted = Map.of();
    boolean isUnknown = false;
    boolean failed = false;
    try (LocalMetaStore store = open(disk)) {
      for (int i = 0; i < 10; i++) {
        try {
          commit(store, i);
          assertThat(isUnknown).isFalse();
          acknowledged = content(store);
        } catch (QuiverException e) {
          failed = true;
          assertThat(e.state())
              .isIn(SqlState.DISK_FULL, SqlState.IO_ERROR, SqlState.STATEMENT_COMPLETION_UNKNOWN);
          assertThat(content(store)).isEqualTo(acknowledged);
          if (e.state() == SqlState.STATEMENT_COMPLETION_UNKNOWN) {
            isUnknown = true;
            attempted = new TreeMap<>(acknowledged);
            attempted.put("key" + i % 3, "value" + i);
            attempted.put("last", Integer.toString(i));
            attempted.remove("key" + (i + 1) % 3);
          }
          disk.heal();
        }
      }
    } catch (QuiverException e) {
      failed = true;
      assertThat(e.state()).isIn(SqlState.DISK_FULL, SqlState.IO_ERROR);
    }
    disk.heal();
    try (LocalMetaStore store = open(disk)) {
      if (isUnknown) {
        assertThat(content(store)).isIn(acknowledged, attempted);
      } else {
        assertThat(content(store)).isEqualTo(acknowledged);
      }
    }
    // A failed snapshot fails no commit.
    return failed || disk.hasFailed();
  }

  @Test
  void fullDiskRecoversWithoutRestart() {
    SimulatedDisk disk = new SimulatedDisk();
    try (LocalMetaStore store = open(disk)) {
      commit(store, 0);
      disk.failWith(new SimulatedDisk.Failure(disk.operations() + 1, false, SqlState.DISK_FULL));
      assertThatThrownBy(() -> commit(store, 1))
          .isInstanceOfSatisfying(
              QuiverException.class, e -> assertThat(e.state()).isEqualTo(SqlState.DISK_FULL));
      commit(store, 2);
      assertThat(content(store)).containsEntry("last", "2");
    }
    try (LocalMetaStore store = open(disk)) {
      assertThat(content(store)).containsEntry("last", "2");
    }
  }

  @Test
  void failedForceHaltsTheStore() {
    SimulatedDisk disk = new SimulatedDisk();
    try (LocalMetaStore store = open(disk)) {
      commit(store, 0);
      disk.failWith(new SimulatedDisk.Failure(disk.operations() + 2, false, SqlState.IO_ERROR));
      assertThatThrownBy(() -> commit(store, 1))
          .isInstanceOfSatisfying(
              QuiverException.class,
              e -> assertThat(e.state()).isEqualTo(SqlState.STATEMENT_COMPLETION_UNKNOWN));
      assertThatThrownBy(() -> commit(store, 2)).hasMessageContaining("halted");
      assertThat(content(store)).containsEntry("last", "0");
    }
  }

  @Test
  void flippedBitIsFoundOrWasNeverAcknowledged() {
    SimulatedDisk disk = new SimulatedDisk();
    List<Acknowledged> history = history(disk, 3);
    int bits = disk.read(FILE).length * 8;
    Map<String, String> beforeLast = history.get(history.size() - 2).content();
    int lastFrame = 0;
    for (int bit = 0; bit < bits; bit++) {
      SimulatedDisk damaged = disk.crashed(disk.moments(), 0);
      damaged.flip(FILE, bit);
      try (LocalMetaStore store = open(damaged)) {
        // Only the very last commit can be taken for one that was never finished.
        assertThat(content(store)).isEqualTo(beforeLast);
        lastFrame++;
      } catch (QuiverException e) {
        assertThat(e.state()).isEqualTo(SqlState.DATA_CORRUPTED);
        assertThat(e.message()).contains("meta.qmeta");
      }
    }
    assertThat(lastFrame).isLessThan(bits / 2);
  }
}
