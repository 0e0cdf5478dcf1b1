package quiver.storage.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.ManualClock;
import quiver.storage.log.LogEntry;
import quiver.storage.log.LogReader;
import quiver.storage.log.LogWriter;
import quiver.storage.log.memory.MemoryLogBroker;
import quiver.storage.meta.CommitResult;
import quiver.storage.meta.Guard;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.OperationCommit;
import quiver.storage.meta.Put;
import quiver.storage.meta.memory.MemoryMetaStore;
import quiver.storage.object.ObjectSource;
import quiver.storage.object.memory.MemoryObjectStore;

final class FaultyStoresTest {
  @Test
  void operationCommitHappensOnceHoweverOftenAnswersGetLost() {
    for (int seed = 0; seed < 200; seed++) {
      Faults faults = new Faults(new SplittableRandom(seed), 0.4);
      MetaStore store = new MemoryMetaStore(new ManualClock(), Runnable::run);
      OperationCommit operations =
          new OperationCommit(new FaultyMetaStore(store, faults), MetaStore.NO_LEASE);
      int committed = 0;
      int unknown = 0;
      for (int i = 0; i < 20; i++) {
        List<Guard> guards =
            List.of(store.get("counter").map(Guard::unchanged).orElse(Guard.absent("counter")));
        Put put = new Put("counter", new byte[] {(byte) i});
        try {
          CommitResult result = operations.commit("op" + i, guards, List.of(put), List.of());
          // Nobody else writes, so a conflict could only be with the commit itself.
          assertThat(result).isInstanceOf(CommitResult.Committed.class);
          committed++;
        } catch (QuiverException e) {
          unknown += e.state() == SqlState.STATEMENT_COMPLETION_UNKNOWN ? 1 : 0;
        }
      }
      int happened = store.list(OperationCommit.PREFIX).entries().size();
      assertThat(happened).isBetween(committed, 20);
      assertThat(unknown).isLessThan(20);
      assertThat(store.list("").revision()).isEqualTo(happened);
    }
  }

  @Test
  void acknowledgedAppendsAreThereAndLostOnesMayComeLater() {
    Set<String> outcomes = new HashSet<>();
    for (int seed = 0; seed < 300; seed++) {
      FaultyLogBroker broker =
          new FaultyLogBroker(new MemoryLogBroker(), new Faults(new SplittableRandom(seed), 0.3));
      List<String> acknowledged = new ArrayList<>();
      List<String> refused = new ArrayList<>();
      LogWriter writer = broker.openWriter("c");
      for (int i = 0; i < 20; i++) {
        String text = "r" + i;
        try {
          var _ =
              writer
                  .append(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)))
                  .await(Duration.ZERO);
          acknowledged.add(text);
        } catch (QuiverException e) {
          outcomes.add(e.state().code());
          if (e.state() != SqlState.STATEMENT_COMPLETION_UNKNOWN) {
            refused.add(text);
          }
          writer = broker.openWriter("c");
        }
      }
      broker.landAll();
      List<String> read = new ArrayList<>();
      try (LogReader reader = broker.openReader("c", 0)) {
        for (Optional<LogEntry> entry = reader.poll(); entry.isPresent(); entry = reader.poll()) {
          read.add(StandardCharsets.UTF_8.decode(entry.get().record()).toString());
        }
      }
      assertThat(read).containsSubsequence(acknowledged).doesNotHaveDuplicates();
      assertThat(read).doesNotContainAnyElementsOf(refused.isEmpty() ? List.of("x") : refused);
    }
    assertThat(outcomes).contains("40003", "58030");
  }

  @Test
  void objectStoreTellsUnknownFromFailed() {
    Set<String> outcomes = new HashSet<>();
    for (int seed = 0; seed < 200; seed++) {
      MemoryObjectStore inner = new MemoryObjectStore();
      FaultyObjectStore store =
          new FaultyObjectStore(inner, new Faults(new SplittableRandom(seed), 0.5));
      byte[] bytes = {1, 2, 3};
      String outcome;
      try {
        outcome = store.putIfAbsent("a", ObjectSource.of(bytes)) ? "stored" : "taken";
      } catch (QuiverException e) {
        outcome = e.state().code();
      }
      boolean isThere = inner.stat("a").isPresent();
      outcomes.add(outcome + isThere);
      if (isThere) {
        try {
          byte[] read = store.read("a", 0, 3);
          int differentBits = 0;
          for (int i = 0; i < 3; i++) {
            differentBits += Integer.bitCount((read[i] ^ bytes[i]) & 0xff);
          }
          assertThat(differentBits).isLessThanOrEqualTo(1);
          outcomes.add("bits" + differentBits);
        } catch (QuiverException e) {
          assertThat(e.state()).isEqualTo(SqlState.IO_ERROR);
        }
      }
    }
    assertThat(outcomes)
        .containsExactlyInAnyOrder(
            "storedtrue", "58030false", "40003true", "40003false", "bits0", "bits1");
  }

  @Test
  void sameSeedGivesTheSameFaults() {
    assertThat(faultsOf(7)).isEqualTo(faultsOf(7)).isNotEqualTo(faultsOf(8));
  }

  private static List<Boolean> faultsOf(long seed) {
    Faults faults = new Faults(new SplittableRandom(seed), 0.5);
    List<Boolean> all = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      all.add(faults.happens());
    }
    return all;
  }
}
