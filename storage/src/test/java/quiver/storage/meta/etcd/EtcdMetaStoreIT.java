package quiver.storage.meta.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.Await;
import quiver.storage.meta.CommitResult;
import quiver.storage.meta.Guard;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.Listing;
import quiver.storage.meta.MetaEvent;
import quiver.storage.meta.MetaListener;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.MetaStoreContract;
import quiver.storage.meta.OperationCommit;
import quiver.storage.meta.Put;
import quiver.storage.meta.Watch;
import quiver.storage.process.EtcdServer;
import quiver.storage.process.FreePorts;

/// The contract on a real etcd, and what happens when etcd dies.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EtcdMetaStoreIT extends MetaStoreContract {
  private static final Duration SHORT = Duration.ofSeconds(2);

  @TempDir static Path folder;

  private final ExecutorService delivery =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("meta-watch-", 0).factory());
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("meta-timer").daemon().factory());
  private EtcdServer etcd;
  private int nextRoot;

  @BeforeAll
  void start() {
    etcd = new EtcdServer(folder.resolve("etcd"), folder.resolve("log"), FreePorts.next(), false);
  }

  @AfterAll
  void stop() {
    etcd.close();
    delivery.shutdown();
    timer.shutdown();
  }

  @Override
  protected MetaStore open() {
    return connect("contract-" + nextRoot++ + "/", EtcdOptions.PATIENCE_DEFAULT, etcd.url());
  }

  private MetaStore connect(String root, Duration patience, URI... endpoints) {
    return new EtcdMetaStore(
        new EtcdOptions(List.of(endpoints), "quiver/" + root, EtcdAccess.ANYBODY, patience),
        delivery,
        timer);
  }

  @Override
  protected void pass(Duration duration) {
    long end = System.nanoTime() + duration.toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }

  @Override
  protected Duration leaseTime() {
    return Duration.ofSeconds(4);
  }

  private static Put put(String key, String value) {
    return new Put(key, value.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void rootsAreSeparate() {
    try (MetaStore one = connect("one/", SHORT, etcd.url());
        MetaStore other = connect("one-more/", SHORT, etcd.url())) {
      one.commit(List.of(), List.of(put("a", "1")), List.of());
      assertThat(other.list("").entries()).isEmpty();
      assertThat(one.list("").entries()).extracting(KeyValue::key).containsExactly("a");
    }
  }

  @Test
  void longListingsAreOfOneRevision() {
    try (MetaStore store = connect("long/", SHORT, etcd.url())) {
      int count = 3 * EtcdMetaStore.LISTING_PAGE_KEYS_MAX + 7;
      for (int from = 0; from < count; from += MetaStore.MAX_COMMIT_OPERATIONS) {
        store.commit(
            List.of(),
            IntStream.range(from, Math.min(count, from + MetaStore.MAX_COMMIT_OPERATIONS))
                .mapToObj(i -> put("k/%05d".formatted(i), "v"))
                .toList(),
            List.of());
      }
      Listing listing = store.list("k/");
      assertThat(listing.entries()).hasSize(count);
      assertThat(listing.entries()).extracting(KeyValue::key).isSorted().doesNotHaveDuplicates();
    }
  }

  @Test
  void commitAgainstNobodyChangesNothingAndSaysSo() {
    URI nobody = URI.create("http://127.0.0.1:" + FreePorts.next());
    try (MetaStore store = connect("nobody/", Duration.ofMillis(500), nobody)) {
      assertThatThrownBy(() -> store.commit(List.of(), List.of(put("a", "1")), List.of()))
          .isInstanceOfSatisfying(
              QuiverException.class, e -> assertThat(e.state()).isEqualTo(SqlState.IO_ERROR))
          .hasMessageContaining(nobody.toString());
      assertThatThrownBy(() -> store.get("a"))
          .isInstanceOfSatisfying(
              QuiverException.class, e -> assertThat(e.state()).isEqualTo(SqlState.IO_ERROR));
    }
  }

  /// Counts each key's commits, however often etcd dies meanwhile.
  @Test
  void nothingIsLostOrDoubledWhenEtcdIsKilledInsideTransactions() {
    List<String> seen = new ArrayList<>();
    MetaListener listener =
        new MetaListener() {
          @Override
          public void changed(List<MetaEvent> events) {
            synchronized (seen) {
              events.forEach(event -> seen.add(event.key()));
            }
          }

          @Override
          public void lost() {
            throw new AssertionError("the watch was lost");
          }
        };
    try (MetaStore store = connect("killed/", Duration.ofSeconds(5), etcd.url());
        Watch _ = store.watch("n/", 0, listener)) {
      OperationCommit operations = new OperationCommit(store, MetaStore.NO_LEASE);
      Thread killer =
          Thread.ofPlatform()
              .name("killer")
              .start(() -> {
                for (int i = 0; i < 3; i++) {
                  pass(Duration.ofMillis(250));
                  etcd.process().kill();
                  etcd.restart();
                }
              });
      int count = 0;
      while (killer.isAlive() || count < 100) {
        String key = "n/%06d".formatted(count);
        if (happens(operations, key)) {
          count++;
        }
      }
      assertThat(store.list("n/").entries()).hasSize(count);
      int expected = count;
      Await.until(() -> {
        synchronized (seen) {
          return seen.size() >= expected;
        }
      });
      synchronized (seen) {
        assertThat(seen).hasSize(count).isSorted().doesNotHaveDuplicates();
      }
    }
  }

  /// Whether a commit of this key is known to have happened; asked again until it is known.
  private static boolean happens(OperationCommit operations, String key) {
    while (true) {
      try {
        CommitResult result =
            operations.commit(key, List.of(Guard.absent(key)), List.of(put(key, "1")), List.of());
        assertThat(result).isInstanceOf(CommitResult.Committed.class);
        return true;
      } catch (QuiverException e) {
        assertThat(e.state()).isIn(SqlState.STATEMENT_COMPLETION_UNKNOWN, SqlState.IO_ERROR);
      }
    }
  }

  @Test
  void watchSurvivesADeathOfEtcd() {
    Collector collector = new Collector();
    try (MetaStore store = connect("watch/", Duration.ofSeconds(5), etcd.url());
        Watch _ = store.watch("w", 0, collector)) {
      store.commit(List.of(), List.of(put("w1", "1")), List.of());
      Await.until(() -> collector.size() == 1);
      etcd.process().kill();
      etcd.restart();
      store.get("w1");
      store.commit(List.of(), List.of(put("w2", "1"), put("w3", "1")), List.of("w1"));
      Await.until(() -> collector.size() == 2);
      assertThat(collector.isLost()).isFalse();
    }
  }
}
