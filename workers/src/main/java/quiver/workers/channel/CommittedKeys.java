package quiver.workers.channel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import quiver.common.time.Timestamp;
import quiver.rpc.DataNodeService.IdempotencyKey;
import quiver.rpc.DataNodeService.KeyedCommit;

/// The idempotency keys of transactions that have committed, oldest first. Time is that of the log,
/// so that every replica forgets the same. Used by the replica's thread.
final class CommittedKeys {
  /// Keys of one channel: 40 bytes each in a checkpoint, some 150 in memory. When there are more,
  /// the oldest are forgotten.
  static final int COUNT_MAX = 262_144;

  /// How long a key is remembered.
  static final Duration KEPT = Duration.ofHours(24);

  /// How long a key is remembered even if there are too many: further ones are refused.
  static final Duration KEPT_MIN = Duration.ofMinutes(15);

  private final LinkedHashMap<UUID, KeyedCommit> commits = new LinkedHashMap<>();

  CommittedKeys(List<ChannelCheckpoint.Key> stored) {
    stored.forEach(each -> commits.put(each.id(), each.commit()));
  }

  Optional<KeyedCommit> find(UUID id) {
    return Optional.ofNullable(commits.get(id));
  }

  /// Whether there is no room for another key at this time.
  boolean isFull(long timestamp) {
    KeyedCommit oldest = oldest();
    return oldest != null
        && commits.size() >= COUNT_MAX
        && !isOlder(oldest.timestamp(), timestamp, KEPT_MIN);
  }

  private @Nullable KeyedCommit oldest() {
    Iterator<KeyedCommit> all = commits.values().iterator();
    return all.hasNext() ? all.next() : null;
  }

  private static boolean isOlder(long timestamp, long now, Duration age) {
    return Timestamp.epochMillis(timestamp) + age.toMillis() < Timestamp.epochMillis(now);
  }

  void remember(IdempotencyKey key, long commitTimestamp) {
    commits.put(key.id(), new KeyedCommit(commitTimestamp, key.content()));
    if (commits.size() > COUNT_MAX) {
      forgetOldest();
    }
  }

  /// Forgets what is too old now.
  void expire(long timestamp) {
    KeyedCommit oldest = oldest();
    while (oldest != null && isOlder(oldest.timestamp(), timestamp, KEPT)) {
      forgetOldest();
      oldest = oldest();
    }
  }

  private void forgetOldest() {
    commits.pollFirstEntry();
  }

  /// The stored form.
  List<ChannelCheckpoint.Key> stored() {
    List<ChannelCheckpoint.Key> all = new ArrayList<>(commits.size());
    for (Map.Entry<UUID, KeyedCommit> each : commits.entrySet()) {
      all.add(new ChannelCheckpoint.Key(each.getKey(), each.getValue()));
    }
    return all;
  }
}
