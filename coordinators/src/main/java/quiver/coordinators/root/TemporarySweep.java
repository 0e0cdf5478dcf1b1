package quiver.coordinators.root;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.NodeRecord;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;

/// Collects the temporary objects of front ends that have died: of processes that have not been
/// registered for [#GRACE]. A process that only stood still registers again before. Used by one
/// thread.
final class TemporarySweep {
  /// How long a process has to be away.
  static final Duration GRACE = Duration.ofMinutes(1);

  /// How often to look.
  static final Duration PERIOD = Duration.ofSeconds(10);

  private final RootCoordinator root;
  private final MetaStore store;
  private final LongSupplier nanoTime;
  private final Map<UUID, Long> missingSince = new HashMap<>();

  TemporarySweep(RootCoordinator root, MetaStore store, LongSupplier nanoTime) {
    this.root = root;
    this.store = store;
    this.nanoTime = nanoTime;
  }

  /// Looks who is away, and drops what those have left who have been for long.
  void run() {
    Set<UUID> missing = new HashSet<>();
    for (SchemaDefinition schema : root.catalog().schemas()) {
      schema.process().ifPresent(missing::add);
    }
    if (!missing.isEmpty()) {
      missing.removeAll(registered());
    }
    missingSince.keySet().retainAll(missing);
    long now = nanoTime.getAsLong();
    missing.forEach(process -> missingSince.putIfAbsent(process, now));
    if (!missing.isEmpty()) {
      root.sweepTemporary(process -> {
        Long since = missingSince.get(process);
        return since != null && now - since >= GRACE.toNanos();
      });
    }
  }

  private Set<UUID> registered() {
    Set<UUID> registered = new HashSet<>();
    for (KeyValue entry : store.list(MetaKeys.NODES).entries()) {
      registered.add(NodeRecord.decode(entry.key(), entry.value()).incarnation());
    }
    return registered;
  }
}
