package quiver.storage.object.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.fault.SimulatedDisk;
import quiver.storage.file.SystemDisk;
import quiver.storage.object.ObjectSource;
import quiver.storage.object.ObjectStore;
import quiver.storage.object.ObjectStoreContract;

final class LocalObjectStoreTest extends ObjectStoreContract {
  private static final Path ROOT = Path.of("/data/objects");

  @TempDir Path directory;

  @Override
  protected ObjectStore open() {
    return new LocalObjectStore(new SystemDisk(), directory.resolve("objects"));
  }

  @Test
  void everyCutLeavesTheObjectWholeOrAbsent() {
    SimulatedDisk disk = new SimulatedDisk();
    byte[] bytes = {1, 2, 3, 4, 5, 6, 7};
    int stored;
    try (LocalObjectStore store = new LocalObjectStore(disk, ROOT)) {
      store.putIfAbsent("a/b", ObjectSource.of(bytes));
      stored = disk.moments();
    }
    for (int moment = 0; moment <= disk.moments(); moment++) {
      for (int kept = 0; kept <= disk.unforced(moment); kept++) {
        try (LocalObjectStore store = new LocalObjectStore(disk.crashed(moment, kept), ROOT)) {
          if (store.stat("a/b").isPresent()) {
            assertThat(store.read("a/b", 0, 7)).isEqualTo(bytes);
          } else {
            assertThat(moment).isLessThan(stored);
            assertThat(store.list("")).isEmpty();
          }
        }
      }
    }
  }

  @Test
  void everyFailingOperationLeavesTheObjectWholeOrAbsent() {
    byte[] bytes = {1, 2, 3, 4, 5, 6, 7};
    boolean failed = true;
    for (long operation = 1; failed; operation++) {
      SimulatedDisk disk = new SimulatedDisk();
      failed = false;
      try (LocalObjectStore store = new LocalObjectStore(disk, ROOT)) {
        disk.failWith(new SimulatedDisk.Failure(operation, false, SqlState.DISK_FULL));
        try {
          assertThat(store.putIfAbsent("a/b", ObjectSource.of(bytes))).isTrue();
        } catch (QuiverException e) {
          failed = true;
          assertThat(e.state()).isIn(SqlState.DISK_FULL, SqlState.STATEMENT_COMPLETION_UNKNOWN);
        }
        if (store.stat("a/b").isEmpty()) {
          assertThat(failed).isTrue();
          assertThat(store.putIfAbsent("a/b", ObjectSource.of(bytes))).isTrue();
        }
        assertThat(store.read("a/b", 0, 7)).isEqualTo(bytes);
      }
    }
  }

  @Test
  void secondOpenerIsRefused() {
    Path root = directory.resolve("twice");
    try (LocalObjectStore first = new LocalObjectStore(new SystemDisk(), root)) {
      assertThatThrownBy(() -> new LocalObjectStore(new SystemDisk(), root))
          .isInstanceOfSatisfying(
              QuiverException.class, e -> assertThat(e.state()).isEqualTo(SqlState.OBJECT_IN_USE));
      assertThat(first.list("")).isEmpty();
    }
  }
}
