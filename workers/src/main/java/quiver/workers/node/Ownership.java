package quiver.workers.node;

import java.util.List;
import java.util.Optional;
import quiver.rpc.meta.ChannelOwnerRecord;
import quiver.rpc.meta.MetaKeys;
import quiver.storage.meta.CommitResult;
import quiver.storage.meta.Guard;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.Put;

/// Who owns a channel, as the meta store says. A process owns it under a term that it has written
/// itself: no two processes, and no two runs of one, ever write to the log under one term.
final class Ownership {
  private final MetaStore meta;
  private final String key;
  private final String node;

  Ownership(MetaStore meta, String channel, String node) {
    this.meta = meta;
    this.key = MetaKeys.owner(channel);
    this.node = node;
  }

  Optional<KeyValue> read() {
    return meta.get(key);
  }

  ChannelOwnerRecord record(KeyValue entry) {
    return ChannelOwnerRecord.decode(key, entry.value());
  }

  /// Takes the channel with the next term.
  ///
  /// @param before the record as it was read; empty when there was none
  /// @return the new record; empty if somebody else has changed it meanwhile
  Optional<KeyValue> take(Optional<KeyValue> before) {
    int term = before.map(entry -> record(entry).term()).orElse(0) + 1;
    CommitResult result =
        meta.commit(
            List.of(before.map(Guard::unchanged).orElseGet(() -> Guard.absent(key))),
            List.of(new Put(key, new ChannelOwnerRecord(term, node).encode())),
            List.of());
    return result instanceof CommitResult.Committed(var revision)
        ? read().filter(entry -> entry.modRevision() == revision)
        : Optional.empty();
  }
}
