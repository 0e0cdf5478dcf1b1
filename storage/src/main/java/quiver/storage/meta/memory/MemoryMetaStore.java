package quiver.storage.meta.memory;

import java.time.InstantSource;
import java.util.concurrent.Executor;
import quiver.storage.meta.JournaledMetaStore;
import quiver.storage.meta.MetaState;

/// A meta store that forgets everything when it is closed.
public final class MemoryMetaStore extends JournaledMetaStore {
  /// @param clock decides when leases end
  /// @param delivery calls watch listeners; `Runnable::run` calls them on the committing thread
  public MemoryMetaStore(InstantSource clock, Executor delivery) {
    super(new MetaState(), _ -> {}, clock, delivery);
  }
}
