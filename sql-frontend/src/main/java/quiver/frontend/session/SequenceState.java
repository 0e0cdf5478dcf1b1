package quiver.frontend.session;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import quiver.rpc.RootCoordinatorService;

/// What a session knows of sequences: the values it was given. Safe for every thread of a
/// statement.
final class SequenceState {
  private final RootCoordinatorService root;
  private final Map<Long, Long> lastValues = new HashMap<>();
  private OptionalLong lastSequence = OptionalLong.empty();

  SequenceState(RootCoordinatorService root) {
    this.root = root;
  }

  synchronized long next(long sequenceId) {
    long value = root.nextSequenceValues(sequenceId, 1).first();
    lastValues.put(sequenceId, value);
    lastSequence = OptionalLong.of(sequenceId);
    return value;
  }

  synchronized Optional<Long> current(long sequenceId) {
    return Optional.ofNullable(lastValues.get(sequenceId));
  }

  synchronized Optional<Long> last() {
    return lastSequence.isEmpty() ? Optional.empty() : current(lastSequence.getAsLong());
  }

  synchronized void set(long sequenceId, long value, boolean isCalled) {
    root.setSequenceValue(sequenceId, value, isCalled);
    if (isCalled) {
      lastValues.put(sequenceId, value);
    }
  }

  /// DISCARD SEQUENCES.
  synchronized void discard() {
    lastValues.clear();
    lastSequence = OptionalLong.empty();
  }
}
