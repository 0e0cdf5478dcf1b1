package quiver.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import quiver.rpc.meta.ChannelMap;
import quiver.rpc.meta.ChannelOwnerRecord;
import quiver.rpc.meta.ClusterView;
import quiver.rpc.meta.MetaKeys;
import quiver.storage.meta.CommitResult;
import quiver.storage.meta.Put;
import quiver.storage.meta.memory.MemoryMetaStore;

class DirectoryWatchTest {
  private static final int OWNER_COUNT = 500;

  /// Reads at the index of a channel rest on it: a front end that has asked an owner does not ask
  /// one before it later. Changes are told late, and in no order.
  @Test
  void aDirectoryNeverGoesBackToAnOlderOwner() throws InterruptedException {
    try (ExecutorService delivery = Executors.newFixedThreadPool(4)) {
      MemoryMetaStore meta = new MemoryMetaStore(() -> Instant.EPOCH, delivery);
      own(meta, 1);
      List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
      CountDownLatch last = new CountDownLatch(1);
      try (DirectoryWatch watch =
          new DirectoryWatch(
              meta,
              List.of(ChannelMap.FIRST),
              view -> {
                seen.add(term(view));
                if (term(view) == OWNER_COUNT) {
                  last.countDown();
                }
              },
              Thread.ofPlatform().factory())) {
        assertThat(seen).as("%s", watch).startsWith(1);
        for (int term = 2; term <= OWNER_COUNT; term++) {
          own(meta, term);
        }
        assertThat(last.await(60, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(seen).isSorted().endsWith(OWNER_COUNT);
    }
  }

  private static int term(ClusterView view) {
    return Objects.requireNonNull(view.owners().get(ChannelMap.FIRST)).term();
  }

  private static void own(MemoryMetaStore meta, int term) {
    CommitResult _ =
        meta.commit(
            List.of(),
            List.of(
                new Put(
                    MetaKeys.owner(ChannelMap.FIRST),
                    new ChannelOwnerRecord(term, "node-" + term % 3).encode())),
            List.of());
  }
}
