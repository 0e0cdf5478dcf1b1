package quiver.storage.meta;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import quiver.common.error.QuiverException;

/// A meta store whose every commit also demands that one guard holds: that its user still leads, or
/// still owns. Someone who was replaced and does not know changes nothing.
public final class GuardedMeta implements MetaStore {
  private final MetaStore store;
  private final Guard guard;
  private final Supplier<QuiverException> lost;

  /// @param lost what a commit throws when the guard does not hold
  public GuardedMeta(MetaStore store, Guard guard, Supplier<QuiverException> lost) {
    this.store = store;
    this.guard = guard;
    this.lost = lost;
  }

  @Override
  public CommitResult commit(List<Guard> guards, List<Put> puts, List<String> deletes) {
    List<Guard> all = new ArrayList<>(guards.size() + 1);
    all.add(guard);
    all.addAll(guards);
    CommitResult result = store.commit(all, puts, deletes);
    if (result instanceof CommitResult.Conflict(var key) && key.equals(guard.key())) {
      throw lost.get();
    }
    return result;
  }

  @Override
  public Optional<KeyValue> get(String key) {
    return store.get(key);
  }

  @Override
  public Listing list(String prefix) {
    return store.list(prefix);
  }

  @Override
  public Watch watch(String prefix, long fromRevision, MetaListener listener) {
    return store.watch(prefix, fromRevision, listener);
  }

  @Override
  public long grant(Duration timeToLive) {
    return store.grant(timeToLive);
  }

  @Override
  public boolean keepAlive(long lease) {
    return store.keepAlive(lease);
  }

  @Override
  public void revoke(long lease) {
    store.revoke(lease);
  }

  /// Leaves the store open: it belongs to others.
  @Override
  public void close() {}
}
