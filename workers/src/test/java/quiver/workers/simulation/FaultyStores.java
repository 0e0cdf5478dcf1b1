package quiver.workers.simulation;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.meta.CommitResult;
import quiver.storage.meta.Guard;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.Listing;
import quiver.storage.meta.MetaListener;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.Put;
import quiver.storage.meta.Watch;
import quiver.storage.object.ObjectSource;
import quiver.storage.object.ObjectStat;
import quiver.storage.object.ObjectStore;

/// Stores during whose writes the process may die, before or after the write happened.
final class FaultyStores {
  private final RandomGenerator random;
  private final double crashRate;
  private boolean armed;

  FaultyStores(RandomGenerator random, double crashRate) {
    this.random = random;
    this.crashRate = crashRate;
  }

  /// Faults happen only while armed: not while a node starts or the end is checked.
  void arm(boolean on) {
    armed = on;
  }

  private void maybeCrash(String where) {
    if (armed && random.nextDouble() < crashRate) {
      throw new SimulatedCrash(where);
    }
  }

  MetaStore over(MetaStore store) {
    return new ForwardingMetaStore(store) {
      @Override
      public CommitResult commit(List<Guard> guards, List<Put> puts, List<String> deletes) {
        maybeCrash("before meta commit");
        if (armed && random.nextDouble() < crashRate) {
          if (random.nextBoolean()) {
            CommitResult _ = store.commit(guards, puts, deletes);
          }
          throw new QuiverException(SqlState.STATEMENT_COMPLETION_UNKNOWN, "meta outcome unknown");
        }
        CommitResult result = store.commit(guards, puts, deletes);
        maybeCrash("after meta commit");
        return result;
      }
    };
  }

  /// A store that commits whatever the guards say.
  static MetaStore withoutGuards(MetaStore store) {
    return new ForwardingMetaStore(store) {
      @Override
      public CommitResult commit(List<Guard> guards, List<Put> puts, List<String> deletes) {
        return store.commit(List.of(), puts, deletes);
      }
    };
  }

  /// Everything as the store does it, but commits.
  private abstract static class ForwardingMetaStore implements MetaStore {
    private final MetaStore store;

    ForwardingMetaStore(MetaStore store) {
      this.store = store;
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

    @Override
    public void close() {}
  }

  ObjectStore over(ObjectStore store) {
    return new ObjectStore() {
      @Override
      public boolean putIfAbsent(String name, ObjectSource source) {
        maybeCrash("before put");
        boolean put = store.putIfAbsent(name, source);
        maybeCrash("after put");
        return put;
      }

      @Override
      public void read(String name, long offset, ByteBuffer target) {
        store.read(name, offset, target);
      }

      @Override
      public Optional<ObjectStat> stat(String name) {
        return store.stat(name);
      }

      @Override
      public List<ObjectStat> list(String prefix) {
        return store.list(prefix);
      }

      @Override
      public boolean delete(String name) {
        maybeCrash("before delete");
        return store.delete(name);
      }

      @Override
      public MemorySegment map(String name, Arena arena) {
        return store.map(name, arena);
      }

      @Override
      public void close() {}
    };
  }
}
