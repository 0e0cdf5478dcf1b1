package quiver.coordinators.root;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.RootCoordinatorService.SequencePosition;
import quiver.rpc.RootCoordinatorService.SequenceRange;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.SequenceValue;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.Put;

/// Values of sequences. As in PostgreSQL, values are reserved ahead in the store, so that a crash
/// skips some and repeats none; rollbacks give nothing back. Safe for every thread.
final class Sequences {
  /// Values reserved with one meta commit: PostgreSQL's SEQ_LOG_VALS.
  static final int RESERVED_AHEAD = 32;

  private final MetaStore store;
  private final Map<Long, Values> known = new HashMap<>();

  /// @param reserved values up to this one (in the sequence's direction) may be given out without a
  ///   commit; the same as the last value when none are
  private record Values(OptionalLong last, long next, long reserved) {}

  Sequences(MetaStore store) {
    this.store = store;
  }

  synchronized SequenceRange next(SequenceDefinition sequence, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("count " + count);
    }
    Values values = values(sequence);
    long first = values.next;
    if (isBeyond(sequence, first)) {
      if (!sequence.cycle()) {
        throw exhausted(sequence);
      }
      first = sequence.increment() > 0 ? sequence.min() : sequence.max();
    }
    int given = available(sequence, first, count);
    long last = first + (given - 1) * sequence.increment();
    long next = step(sequence, last, 1);
    // A value may be given out while it is before the reserved one, in the direction of growth.
    boolean wrapped = first != values.next;
    boolean covered = !wrapped && isCovered(sequence, last, values.reserved);
    long reserved = values.reserved;
    if (!covered) {
      reserved = step(sequence, last, RESERVED_AHEAD + 1);
      store.commit(
          List.of(),
          List.of(
              new Put(
                  MetaKeys.sequenceValue(sequence.id()),
                  new SequenceValue(reserved, false).encode())),
          List.of());
    }
    known.put(sequence.id(), new Values(OptionalLong.of(last), next, reserved));
    return new SequenceRange(first, sequence.increment(), given);
  }

  private static boolean isCovered(SequenceDefinition sequence, long value, long reserved) {
    return sequence.increment() > 0 ? value < reserved : value > reserved;
  }

  /// How many of `count` values from `first` on are within bounds.
  private static int available(SequenceDefinition sequence, long first, int count) {
    // Unsigned: bounds may be further apart than a signed long can say.
    long room = sequence.increment() > 0 ? sequence.max() - first : first - sequence.min();
    long more = Long.divideUnsigned(room, Math.abs(sequence.increment()));
    return more < 0 || more >= count ? count : (int) more + 1;
  }

  /// `value` plus `steps` increments, stopping one past the bound.
  private static long step(SequenceDefinition sequence, long value, int steps) {
    long increment = sequence.increment();
    try {
      long stepped = Math.addExact(value, Math.multiplyExact(increment, (long) steps));
      if (!isBeyond(sequence, stepped)) {
        return stepped;
      }
    } catch (ArithmeticException e) {
      return increment > 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
    }
    return increment > 0
        ? sequence.max() == Long.MAX_VALUE ? Long.MAX_VALUE : sequence.max() + 1
        : sequence.min() == Long.MIN_VALUE ? Long.MIN_VALUE : sequence.min() - 1;
  }

  private static boolean isBeyond(SequenceDefinition sequence, long value) {
    return value > sequence.max() || value < sequence.min();
  }

  private static QuiverException exhausted(SequenceDefinition sequence) {
    return sequence.increment() > 0
        ? new QuiverException(
            SqlState.SEQUENCE_GENERATOR_LIMIT_EXCEEDED,
            "nextval: reached maximum value of sequence \"%s\" (%d)",
            sequence.name(),
            sequence.max())
        : new QuiverException(
            SqlState.SEQUENCE_GENERATOR_LIMIT_EXCEEDED,
            "nextval: reached minimum value of sequence \"%s\" (%d)",
            sequence.name(),
            sequence.min());
  }

  synchronized void set(SequenceDefinition sequence, long value, boolean isCalled) {
    if (isBeyond(sequence, value)) {
      throw new QuiverException(
          SqlState.NUMERIC_VALUE_OUT_OF_RANGE,
          "setval: value %d is out of bounds for sequence \"%s\" (%d..%d)",
          value,
          sequence.name(),
          sequence.min(),
          sequence.max());
    }
    long next = isCalled ? step(sequence, value, 1) : value;
    store.commit(
        List.of(),
        List.of(
            new Put(
                MetaKeys.sequenceValue(sequence.id()),
                new SequenceValue(next, !isCalled).encode())),
        List.of());
    known.put(
        sequence.id(),
        new Values(isCalled ? OptionalLong.of(value) : OptionalLong.empty(), next, next));
  }

  synchronized SequencePosition position(SequenceDefinition sequence) {
    Values values = values(sequence);
    long ahead = Math.max(0, (values.reserved - values.next) / sequence.increment());
    return new SequencePosition(values.last.orElse(values.next), values.last.isPresent(), ahead);
  }

  synchronized void forget(long sequenceId) {
    known.remove(sequenceId);
  }

  private Values values(SequenceDefinition sequence) {
    return known.computeIfAbsent(
        sequence.id(),
        id -> {
          String key = MetaKeys.sequenceValue(id);
          SequenceValue stored =
              store
                  .get(key)
                  .map(value -> SequenceValue.decode(key, value.value()))
                  .orElseGet(() -> new SequenceValue(sequence.start(), true));
          long next = stored.next();
          OptionalLong last =
              stored.isReset() || next == sequence.start()
                  ? OptionalLong.empty()
                  : OptionalLong.of(next - sequence.increment());
          return new Values(last, next, next);
        });
  }
}
