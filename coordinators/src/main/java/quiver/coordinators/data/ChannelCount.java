package quiver.coordinators.data;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.meta.ChannelMap;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.MetaValue;
import quiver.storage.meta.CommitResult;
import quiver.storage.meta.Guard;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.Put;

/// Chooses the number of log channels, once for the life of a meta store: which channel a table is
/// on follows from it.
public final class ChannelCount {
  private ChannelCount() {}

  /// The number of channels, chosen now if it has not been. Processes that start at the same time
  /// agree.
  ///
  /// @param configured what this process is told; empty: anything
  /// @param initial what a new meta store gets without being told
  /// @throws QuiverException `55000` if it is told something else than what was chosen before
  public static ChannelMap settle(MetaStore meta, OptionalInt configured, int initial) {
    Optional<KeyValue> stored = meta.get(MetaKeys.CHANNEL_COUNT);
    if (stored.isEmpty()) {
      // Whoever has definitions without a number of channels has one.
      int count = meta.get(MetaKeys.CATALOG_VERSION).isPresent() ? 1 : configured.orElse(initial);
      CommitResult _ =
          meta.commit(
              List.of(Guard.absent(MetaKeys.CHANNEL_COUNT)),
              List.of(new Put(MetaKeys.CHANNEL_COUNT, MetaValue.ofLong(count))),
              List.of());
      stored = meta.get(MetaKeys.CHANNEL_COUNT);
    }
    ChannelMap map = ChannelMap.of(stored.map(KeyValue::value));
    if (configured.isPresent() && configured.getAsInt() != map.count()) {
      throw new QuiverException(
              SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
              "\"channels\" is %d, but there are %d",
              configured.getAsInt(),
              map.count())
          .withDetail("The number of log channels is chosen when the metadata is made.");
    }
    return map;
  }
}
