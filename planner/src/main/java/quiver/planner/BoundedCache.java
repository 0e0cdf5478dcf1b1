package quiver.planner;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Keeps the most recently used entries. Thread-safe; values are immutable.
final class BoundedCache<K, V> {
  @GuardedBy("entries")
  private final LinkedHashMap<K, V> entries;

  /// @param entryCountMax entries kept
  BoundedCache(int entryCountMax) {
    this.entries =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > entryCountMax;
          }
        };
  }

  Optional<V> get(K key) {
    synchronized (entries) {
      return Optional.ofNullable(entries.get(key));
    }
  }

  void put(K key, V value) {
    synchronized (entries) {
      entries.put(key, value);
    }
  }
}
