package quiver.frontend.session;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import quiver.common.catalog.SequenceDefinition;
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

  synchronized long next(SequenceDefinition sequence) {
    long value = root.nextSequenceValues(sequence, 1).first();
    lastValues.put(sequence.id(), value);
    lastSequence = OptionalLong.of(sequence.id());
    return value;
  }

  synchronized Optional<Long> current(long sequenceId) {
    return Optional.ofNullable(lastValues.get(sequenceId));
  }

  synchronized Optional<Long> last() {
    return lastSequence.isEmpty() ? Optional.empty() : current(lastSequence.getAsLong());
  }

  synchronized void set(SequenceDefinition sequence, long value, boolean isCalled) {
    root.setSequenceValue(sequence, value, isCalled);
    if (isCalled) {
      lastValues.put(sequence.id(), value);
    }
  }

  /// DISCARD SEQUENCES.
  synchronized void discard() {
    lastValues.clear();
    lastSequence = OptionalLong.empty();
  }
}
