package quiver.storage.fault;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.meta.CommitResult;
import quiver.storage.meta.Guard;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.Listing;
import quiver.storage.meta.MetaEvent;
import quiver.storage.meta.MetaListener;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.Put;
import quiver.storage.meta.Watch;

/// A meta store whose commits fail, whose answers get lost after a commit happened or did not,
/// whose watches are lost, and whose leases end although they are kept alive.
public final class FaultyMetaStore implements MetaStore {
  private final MetaStore store;
  private final Faults faults;

  /// @param store does the work; closed with this one
  public FaultyMetaStore(MetaStore store, Faults faults) {
    this.store = store;
    this.faults = faults;
  }

  @Override
  public Optional<KeyValue> get(String key) {
    failSometimes();
    return store.get(key);
  }

  @Override
  public Listing list(String prefix) {
    failSometimes();
    return store.list(prefix);
  }

  private void failSometimes() {
    if (faults.happens()) {
      throw failed();
    }
  }

  private static QuiverException failed() {
    return new QuiverException(SqlState.IO_ERROR, "metadata store does not answer: injected fault");
  }

  @Override
  public CommitResult commit(List<Guard> guards, List<Put> puts, List<String> deletes) {
    if (!faults.happens()) {
      return store.commit(guards, puts, deletes);
    }
    switch (faults.choose(3)) {
      case 0 -> throw failed();
      case 1 -> {
        var _ = store.commit(guards, puts, deletes);
        throw unknown();
      }
      default -> throw unknown();
    }
  }

  private static QuiverException unknown() {
    return new QuiverException(
        SqlState.STATEMENT_COMPLETION_UNKNOWN,
        "outcome of a metadata commit is unknown: injected fault");
  }

  @Override
  public Watch watch(String prefix, long fromRevision, MetaListener listener) {
    return new FaultyWatch(listener).start(prefix, fromRevision);
  }

  @Override
  public long grant(Duration timeToLive) {
    failSometimes();
    return store.grant(timeToLive);
  }

  @Override
  public boolean keepAlive(long lease) {
    if (faults.happens()) {
      store.revoke(lease);
    }
    return store.keepAlive(lease);
  }

  @Override
  public void revoke(long lease) {
    store.revoke(lease);
  }

  @Override
  public void close() {
    store.close();
  }

  /// A watch that may lose its place before any change.
  private final class FaultyWatch implements Watch, MetaListener {
    private final MetaListener listener;
    private volatile boolean over;
    private volatile Watch watch = () -> {};

    FaultyWatch(MetaListener listener) {
      this.listener = listener;
    }

    FaultyWatch start(String prefix, long fromRevision) {
      watch = store.watch(prefix, fromRevision, this);
      if (over) {
        watch.close();
      }
      return this;
    }

    @Override
    public void changed(List<MetaEvent> events) {
      if (over) {
        return;
      }
      if (faults.happens()) {
        lost();
      } else {
        listener.changed(events);
      }
    }

    @Override
    public void lost() {
      if (!over) {
        close();
        listener.lost();
      }
    }

    @Override
    public void close() {
      over = true;
      watch.close();
    }
  }
}
