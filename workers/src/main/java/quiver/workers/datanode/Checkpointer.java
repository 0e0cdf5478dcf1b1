package quiver.workers.datanode;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.meta.ManifestPointer;
import quiver.rpc.meta.MetaKeys;
import quiver.storage.log.LogBroker;
import quiver.storage.meta.CommitResult;
import quiver.storage.meta.Guard;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.Put;
import quiver.storage.object.ObjectSource;
import quiver.storage.object.ObjectStat;
import quiver.workers.channel.ChannelCheckpoint;
import quiver.workers.channel.SealedSegment;
import quiver.workers.file.Manifests;
import quiver.workers.file.SegmentStore;

/// Writes manifests of one channel: a new object, then one guarded commit that points to it, then
/// the log is truncated, then objects nobody needs are deleted. A data node that has lost the
/// channel fails at the commit and changes nothing. Used by one thread at a time.
public final class Checkpointer {
  private static final Logger log = LoggerFactory.getLogger(Checkpointer.class);

  private final String channel;
  private final MetaStore meta;
  private final LogBroker broker;
  private final SegmentStore store;
  private final Guard ownership;
  private Guard pointerGuard;
  private long version;
  private Set<String> referenced;
  private final Duration grace;
  private final InstantSource clock;

  /// Objects nobody should need any more, and since when.
  private final Map<String, Instant> retired = new HashMap<>();

  /// @param stored the manifest in force
  /// @param ownership holds while this process owns the channel
  /// @param grace how long objects stay that nothing refers to any more
  public Checkpointer(
      String channel,
      MetaStore meta,
      LogBroker broker,
      SegmentStore store,
      Guard ownership,
      Manifests.Stored stored,
      Duration grace,
      InstantSource clock) {
    this.channel = channel;
    this.meta = meta;
    this.broker = broker;
    this.store = store;
    this.ownership = ownership;
    this.grace = grace;
    this.clock = clock;
    this.pointerGuard = stored.guard();
    this.version = stored.version();
    this.referenced = references(stored.objectName(), stored.checkpoint());
  }

  private static Set<String> references(String manifest, ChannelCheckpoint checkpoint) {
    Set<String> names = new HashSet<>();
    if (!manifest.isEmpty()) {
      names.add(manifest);
    }
    for (ChannelCheckpoint.FlushedSegment segment : checkpoint.segments()) {
      names.addAll(objectsOf(segment.file()));
    }
    return names;
  }

  /// The objects of a segment.
  static List<String> objectsOf(SealedSegment file) {
    List<String> names = new ArrayList<>();
    names.add(file.objectName());
    file.indexes().forEach(index -> names.add(index.objectName()));
    return names;
  }

  /// Makes a state durable and lets go of what it no longer needs.
  ///
  /// @throws QuiverException `57P01` if the channel has another owner
  public void write(ChannelCheckpoint checkpoint) {
    String name = store.newName("manifest/" + channel);
    if (!store.objects().putIfAbsent(name, ObjectSource.of(checkpoint.encode()))) {
      throw new QuiverException(SqlState.INTERNAL_ERROR, "object \"%s\" exists already", name);
    }
    commit(name);
    Set<String> now = references(name, checkpoint);
    Set<String> before = referenced;
    referenced = now;
    before.stream().filter(each -> !now.contains(each)).forEach(this::retire);
    broker.truncate(channel, checkpoint.replayFrom().offset());
    log.debug(
        "checkpoint written: channel={} version={} replayFrom={}",
        channel,
        version,
        checkpoint.replayFrom().offset());
  }

  private void commit(String name) {
    String key = MetaKeys.manifest(channel);
    byte[] value = new ManifestPointer(version + 1, name).encode();
    CommitResult result;
    try {
      result =
          meta.commit(List.of(ownership, pointerGuard), List.of(new Put(key, value)), List.of());
    } catch (QuiverException e) {
      if (e.state() != SqlState.STATEMENT_COMPLETION_UNKNOWN) {
        throw e;
      }
      result = outcome(key, name, e);
    }
    if (!(result instanceof CommitResult.Committed(var revision))) {
      throw new QuiverException(
          SqlState.ADMIN_SHUTDOWN, "log channel \"%s\" has another owner now", channel);
    }
    version++;
    pointerGuard = new Guard.ModRevision(key, revision);
  }

  /// What became of a commit of unknown outcome: the name in the pointer is used once only.
  private CommitResult outcome(String key, String name, QuiverException unknown) {
    Optional<KeyValue> now = meta.get(key);
    if (now.isPresent()
        && ManifestPointer.decode(key, now.get().value()).objectName().equals(name)) {
      return new CommitResult.Committed(now.get().modRevision());
    }
    throw unknown;
  }

  /// Whether the manifest in force keeps objects that are not among `needed`.
  public boolean keepsMoreThan(Set<String> needed) {
    return referenced.stream()
        .anyMatch(name -> !needed.contains(name) && !name.startsWith("manifest/"));
  }

  /// Says that an object will never be referenced (again).
  public void retire(String objectName) {
    if (!referenced.contains(objectName)) {
      retired.putIfAbsent(objectName, clock.instant());
    }
  }

  /// Deletes retired objects whose time has come: those that, looked at once more, nothing refers
  /// to and nobody here reads.
  ///
  /// @param needed objects that the log or tasks in the meta store name; asked only when something
  ///   is to be deleted
  public void collectGarbage(Supplier<Set<String>> needed) {
    Instant latest = clock.instant().minus(grace);
    List<String> due = new ArrayList<>();
    retired.forEach((name, since) -> {
      if (!since.isAfter(latest)) {
        due.add(name);
      }
    });
    if (due.isEmpty()) {
      return;
    }
    Set<String> kept = needed.get();
    for (String name : due) {
      if (referenced.contains(name) || kept.contains(name)) {
        retired.remove(name);
      } else if (!store.isOpen(name)) {
        boolean ignored = store.objects().delete(name);
        retired.remove(name);
      }
    }
  }

  /// Retires what earlier runs wrote and never referenced. Only at the start, after a checkpoint of
  /// everything that was replayed and before anything new is written.
  ///
  /// @param isOwn whether a segment or index file belongs to this channel
  /// @param needed as for [#collectGarbage]
  public void sweep(Predicate<String> isOwn, Supplier<Set<String>> needed) {
    for (String folder : List.of("segment/", "index/")) {
      for (ObjectStat object : store.objects().list(folder)) {
        if (isOwn.test(object.name())) {
          retire(object.name());
        }
      }
    }
    store.objects().list("manifest/" + channel + "/").forEach(object -> retire(object.name()));
    collectGarbage(needed);
  }
}
