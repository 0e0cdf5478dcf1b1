package quiver.storage.meta.memory;

import java.time.Duration;
import quiver.storage.ManualClock;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.MetaStoreContract;

final class MemoryMetaStoreTest extends MetaStoreContract {
  private final ManualClock clock = new ManualClock();

  @Override
  protected MetaStore open() {
    return new MemoryMetaStore(clock, Runnable::run);
  }

  @Override
  protected void pass(Duration duration) {
    clock.advance(duration);
  }
}
