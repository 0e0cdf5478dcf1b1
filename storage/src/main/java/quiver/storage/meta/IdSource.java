package quiver.storage.meta;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Numbers that nobody else gets, from a counter in the meta store that is raised a few at a time.
/// Numbers grow, with gaps after a restart. Safe for use by many threads.
public final class IdSource implements LongSupplier {
  /// How often a raise is tried again when somebody else was faster.
  private static final int ATTEMPTS = 100;

  private final MetaStore store;
  private final String key;
  private final long first;
  private final int step;
  private long next;
  private long end;

  /// @param first the first number ever
  /// @param step numbers taken with one commit
  public IdSource(MetaStore store, String key, long first, int step) {
    this.store = store;
    this.key = key;
    this.first = first;
    this.step = step;
  }

  @Override
  public synchronized long getAsLong() {
    if (next == end) {
      raise();
    }
    return next++;
  }

  private void raise() {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<KeyValue> known = store.get(key);
      long from = known.map(value -> ByteBuffer.wrap(value.value()).getLong()).orElse(first);
      byte[] value = ByteBuffer.allocate(8).putLong(from + step).array();
      Guard guard = known.map(Guard::unchanged).orElseGet(() -> Guard.absent(key));
      if (store.commit(List.of(guard), List.of(new Put(key, value)), List.of())
          instanceof CommitResult.Committed) {
        next = from;
        end = from + step;
        return;
      }
    }
    throw new QuiverException(
        SqlState.INSUFFICIENT_RESOURCES, "metadata key \"%s\" changes all the time", key);
  }
}
