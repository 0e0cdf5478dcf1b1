package quiver.coordinators.election;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import quiver.storage.meta.CommitResult;
import quiver.storage.meta.Guard;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.Listing;
import quiver.storage.meta.MetaListener;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.Put;
import quiver.storage.meta.Watch;

/// A meta store whose every commit also demands that its user still leads.
final class LeaderMetaStore implements MetaStore {
  private final MetaStore store;
  private final Leadership leadership;

  LeaderMetaStore(MetaStore store, Leadership leadership) {
    this.store = store;
    this.leadership = leadership;
  }

  @Override
  public CommitResult commit(List<Guard> guards, List<Put> puts, List<String> deletes) {
    List<Guard> all = new ArrayList<>(guards.size() + 1);
    all.add(leadership.guard());
    all.addAll(guards);
    CommitResult result = store.commit(all, puts, deletes);
    if (result instanceof CommitResult.Conflict(var key) && key.equals(leadership.guard().key())) {
      leadership.end();
      throw leadership.ended();
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

  /// Leaves the store open: it belongs to the process.
  @Override
  public void close() {}
}
