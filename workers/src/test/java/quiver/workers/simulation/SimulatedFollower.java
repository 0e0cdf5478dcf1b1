package quiver.workers.simulation;

import java.util.Optional;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.log.LogEntry;
import quiver.storage.log.LogReader;
import quiver.storage.meta.MetaStore;
import quiver.storage.object.ObjectStore;
import quiver.storage.record.LogRecord;
import quiver.vector.kernel.VectorKernels;
import quiver.workers.channel.ChannelReplica;
import quiver.workers.file.Manifests;
import quiver.workers.file.SegmentStore;
import quiver.workers.host.AdoptedFiles;

/// A query node in a process of its own: a replica that reads the log at its own pace and is made
/// anew when the log or a file it needs is gone.
final class SimulatedFollower {
  private final String channel;
  private final SimulatedLog log;
  private final MetaStore meta;
  private final ObjectStore objects;
  private final long replacedMillis;
  private final boolean servesIncomplete;
  private final SegmentStore store;
  private ChannelReplica replica;
  private LogReader reader;
  private long complete;
  private int reloadCount;

  /// @param replacedMillis how long it keeps segments that merges have replaced
  SimulatedFollower(
      Mutation mutation,
      String channel,
      String name,
      SimulatedLog log,
      MetaStore meta,
      ObjectStore objects,
      long replacedMillis) {
    this.channel = channel;
    this.log = log;
    this.meta = meta;
    this.objects = objects;
    this.replacedMillis = replacedMillis;
    this.servesIncomplete = mutation == Mutation.FOLLOWER_SERVES_INCOMPLETE;
    this.store = new SegmentStore(objects, VectorKernels.scalar(), 1, name);
    Manifests.Stored stored = load();
    this.replica = new ChannelReplica(stored.checkpoint(), store, replacedMillis);
    this.reader = log.openReader(channel, stored.checkpoint().replayFrom().offset());
  }

  private Manifests.Stored load() {
    Manifests.Stored stored = Manifests.load(channel, meta, objects);
    complete = stored.checkpoint().appliedTimestamp();
    return stored;
  }

  private void reload() {
    reloadCount++;
    replica.close();
    Manifests.Stored stored = load();
    replica = new ChannelReplica(stored.checkpoint(), store, replacedMillis);
    reader = log.openReader(channel, stored.checkpoint().replayFrom().offset());
  }

  /// Applies at most `count` records.
  void follow(int count) {
    try {
      for (int i = 0; i < count; i++) {
        Optional<LogEntry> entry = reader.poll();
        if (entry.isEmpty()) {
          return;
        }
        boolean _ = replica.apply(entry.get().offset(), LogRecord.decode(entry.get().record()));
      }
    } catch (QuiverException e) {
      if (e.state() != SqlState.SNAPSHOT_TOO_OLD && e.state() != SqlState.UNDEFINED_FILE) {
        throw e;
      }
      reload();
    }
  }

  void adoptFiles() {
    try {
      boolean _ =
          new AdoptedFiles(replica, store, store, id -> true)
              .adopt(Manifests.load(channel, meta, objects).checkpoint());
    } catch (QuiverException e) {
      if (e.state() != SqlState.UNDEFINED_FILE) {
        throw e;
      }
    }
  }

  /// Whether readers may look.
  boolean isComplete() {
    return servesIncomplete || replica.appliedTimestamp() >= complete;
  }

  ChannelReplica replica() {
    return replica;
  }

  int reloadCount() {
    return reloadCount;
  }

  void die() {
    replica.close();
  }
}
