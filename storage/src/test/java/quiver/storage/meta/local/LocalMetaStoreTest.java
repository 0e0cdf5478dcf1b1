package quiver.storage.meta.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.ManualClock;
import quiver.storage.file.SystemDisk;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaEvent;
import quiver.storage.meta.MetaListener;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.MetaStoreContract;
import quiver.storage.meta.Put;
import quiver.storage.meta.Watch;

final class LocalMetaStoreTest extends MetaStoreContract {
  @TempDir Path directory;
  private final ManualClock clock = new ManualClock();

  @Override
  protected MetaStore open() {
    return open(directory.resolve("contract"));
  }

  private LocalMetaStore open(Path path) {
    return LocalMetaStore.open(
        new SystemDisk(), path, clock, Thread.ofPlatform().name("meta-test-", 0).factory());
  }

  @Override
  protected void pass(Duration duration) {
    clock.advance(duration);
  }

  private static Put put(String key, String value) {
    return new Put(key, value.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void reopenedStoreHasEverythingButLeasedKeys() {
    Path path = directory.resolve("meta");
    KeyValue before;
    long revision;
    try (LocalMetaStore store = open(path)) {
      store.commit(List.of(), List.of(put("a", "1"), put("b", "1")), List.of());
      store.commit(List.of(), List.of(put("a", "2")), List.of("b"));
      long lease = store.grant(Duration.ofHours(1));
      store.commit(List.of(), List.of(new Put("node", new byte[0], lease)), List.of());
      before = store.get("a").orElseThrow();
      revision = store.list("").revision();
    }
    try (LocalMetaStore store = open(path)) {
      KeyValue after = store.get("a").orElseThrow();
      assertThat(after.value()).isEqualTo(before.value());
      assertThat(after.modRevision()).isEqualTo(before.modRevision());
      assertThat(after.createRevision()).isEqualTo(before.createRevision());
      assertThat(store.get("b")).isEmpty();
      assertThat(store.get("node")).isEmpty();
      assertThat(store.list("").revision()).isEqualTo(revision + 1);
    }
  }

  @Test
  void secondOpenerIsRefused() {
    Path path = directory.resolve("meta");
    try (LocalMetaStore store = open(path)) {
      assertThatThrownBy(() -> open(path))
          .isInstanceOfSatisfying(
              QuiverException.class,
              e -> {
                assertThat(e.state()).isEqualTo(SqlState.OBJECT_IN_USE);
                assertThat(e.message()).contains("in use by another server");
              });
      store.commit(List.of(), List.of(put("a", "1")), List.of());
    }
    open(path).close();
  }

  @Test
  void interruptedCommitterDoesNotHarmTheStore() throws InterruptedException {
    try (LocalMetaStore store = open(directory.resolve("meta"))) {
      Thread committer =
          Thread.ofPlatform()
              .name("interrupted-committer")
              .start(() -> {
                Thread.currentThread().interrupt();
                store.commit(List.of(), List.of(put("a", "1")), List.of());
              });
      committer.join();
      store.commit(List.of(), List.of(put("b", "1")), List.of());
      assertThat(store.list("").entries()).hasSize(2);
    }
  }

  @Test
  void watchFromBeforeTheSnapshotIsLost() {
    Path path = directory.resolve("meta");
    try (LocalMetaStore store = open(path)) {
      store.commit(List.of(), List.of(new Put("big", new byte[1_400_000])), List.of());
      store.commit(List.of(), List.of(put("a", "1")), List.of());
    }
    try (LocalMetaStore store = open(path)) {
      boolean[] isLost = new boolean[1];
      MetaListener listener =
          new MetaListener() {
            @Override
            public void changed(List<MetaEvent> events) {}

            @Override
            public void lost() {
              isLost[0] = true;
            }
          };
      try (Watch _ = store.watch("", 1, listener)) {
        quiver.storage.Await.until(() -> isLost[0]);
      }
    }
  }
}
