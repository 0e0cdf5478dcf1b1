package quiver.workers.channel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import quiver.workers.segment.GrowingRows;
import quiver.workers.segment.Keys;
import quiver.workers.segment.SegmentRows;

/// Primary keys that commits insert which were decided and not applied yet. Used by one thread at a
/// time.
final class KeysInFlight {
  /// Keys one commit inserts into a table: those of rows in its request, or those of rows it has
  /// staged before.
  record Inserted(long tableId, @Nullable Keys keys, @Nullable GrowingRows stagedRows) {}

  private record Key(Keys keys, int index) {}

  /// By table, then by hash.
  private final Map<Long, Map<Long, List<Key>>> byTable = new HashMap<>();

  private final List<Inserted> ofStaged = new ArrayList<>();

  /// A commit that inserts keys is on its way.
  void remember(Inserted inserted) {
    Keys keys = inserted.keys;
    if (keys == null) {
      ofStaged.add(inserted);
      return;
    }
    Map<Long, List<Key>> byHash =
        byTable.computeIfAbsent(inserted.tableId, ignored -> new HashMap<>());
    for (int i = 0; i < keys.count(); i++) {
      byHash.computeIfAbsent(keys.hash(i), ignored -> new ArrayList<>(1)).add(new Key(keys, i));
    }
  }

  /// The commit was applied: the replica knows the keys.
  void forget(Inserted landed) {
    Keys keys = landed.keys;
    if (keys == null) {
      ofStaged.remove(landed);
      return;
    }
    Map<Long, List<Key>> byHash = byTable.get(landed.tableId);
    if (byHash == null) {
      return;
    }
    for (int i = 0; i < keys.count(); i++) {
      byHash.computeIfPresent(
          keys.hash(i),
          (hash, all) -> {
            all.removeIf(key -> key.keys == keys);
            return all.isEmpty() ? null : all;
          });
    }
  }

  /// Whether a commit in flight inserts key `index` of `keys`.
  boolean contains(long tableId, Keys keys, int index) {
    Map<Long, List<Key>> byHash = byTable.get(tableId);
    if (byHash != null) {
      for (Key key : byHash.getOrDefault(keys.hash(index), List.of())) {
        if (keys.matches(index, key.keys, key.index)) {
          return true;
        }
      }
    }
    for (Inserted staged : ofStaged) {
      GrowingRows rows = staged.stagedRows;
      if (rows != null
          && staged.tableId == tableId
          && rows.newestWithKey(keys, index) != SegmentRows.NO_ROW) {
        return true;
      }
    }
    return false;
  }
}
