package quiver.frontend.session;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import quiver.common.catalog.SequenceDefinition;
import quiver.rpc.RootCoordinatorService;
import quiver.rpc.RootCoordinatorService.SequenceRange;

/// What a session knows of sequences: the values it was given. Safe for every thread of a
/// statement.
final class SequenceState {
  private final RootCoordinatorService root;
  private final Map<Long, Long> lastValues = new HashMap<>();
  private final Map<Long, Cached> caches = new HashMap<>();

  /// Values taken and not used yet.
  private record Cached(SequenceDefinition definition, SequenceRange left) {}

  private OptionalLong lastSequence = OptionalLong.empty();

  SequenceState(RootCoordinatorService root) {
    this.root = root;
  }

  synchronized long next(SequenceDefinition sequence) {
    long value = sequence.cache() == 1 ? taken(sequence, 1).first() : cached(sequence);
    lastValues.put(sequence.id(), value);
    lastSequence = OptionalLong.of(sequence.id());
    return value;
  }

  private SequenceRange taken(SequenceDefinition sequence, int count) {
    return root.nextSequenceValues(sequence, count);
  }

  /// The next of the values this session has taken at once.
  private long cached(SequenceDefinition sequence) {
    Cached known = caches.get(sequence.id());
    SequenceRange left =
        known != null && known.definition.equals(sequence)
            ? known.left
            : taken(sequence, (int) Math.min(sequence.cache(), Integer.MAX_VALUE));
    if (left.count() == 1) {
      caches.remove(sequence.id());
    } else {
      long next = left.first() + left.increment();
      caches.put(
          sequence.id(),
          new Cached(sequence, new SequenceRange(next, left.increment(), left.count() - 1)));
    }
    return left.first();
  }

  /// Forgets values taken at once: sequences have been set anew.
  synchronized void forgetCached() {
    caches.clear();
  }

  synchronized Optional<Long> current(long sequenceId) {
    return Optional.ofNullable(lastValues.get(sequenceId));
  }

  synchronized Optional<Long> last() {
    return lastSequence.isEmpty() ? Optional.empty() : current(lastSequence.getAsLong());
  }

  synchronized void set(SequenceDefinition sequence, long value, boolean isCalled) {
    root.setSequenceValue(sequence, value, isCalled);
    caches.remove(sequence.id());
    if (isCalled) {
      lastValues.put(sequence.id(), value);
    }
  }

  /// DISCARD SEQUENCES.
  synchronized void discard() {
    lastValues.clear();
    caches.clear();
    lastSequence = OptionalLong.empty();
  }
}
