package quiver.workers.channel;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import quiver.rpc.DataNodeService.KeyClaim;

/// Tables of transactions that are prepared and not finished. Nobody else changes what these
/// transactions change or rely on meanwhile, so rows of a table stay in the order of their commit
/// timestamps, and what was checked for a promise still holds when it is kept. Used by one thread
/// at a time.
final class TableLocks {
  /// @param changed nobody else may have these
  /// @param kept nobody may change these
  /// @param claims keys that are taken when the transaction commits; null when a former owner has
  ///   granted them
  record Held(Set<Long> changed, Set<Long> kept, @Nullable List<KeyClaim> claims) {
    Held {
      changed = Set.copyOf(changed);
      kept = Set.copyOf(kept);
    }
  }

  private final Map<UUID, Held> held = new HashMap<>();

  void hold(UUID transaction, Held tables) {
    held.put(transaction, tables);
  }

  /// @return what it held; null if that is nothing
  @Nullable Held release(UUID transaction) {
    return held.remove(transaction);
  }

  @Nullable Held get(UUID transaction) {
    return held.get(transaction);
  }

  boolean isEmpty() {
    return held.isEmpty();
  }

  /// Whether a request has to wait.
  boolean isTaken(Collection<Long> changed, Collection<Long> kept) {
    for (Held each : held.values()) {
      for (long table : changed) {
        if (each.changed.contains(table) || each.kept.contains(table)) {
          return true;
        }
      }
      for (long table : kept) {
        if (each.changed.contains(table)) {
          return true;
        }
      }
    }
    return false;
  }
}
