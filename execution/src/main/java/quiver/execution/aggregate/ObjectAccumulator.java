package quiver.execution.aggregate;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;

/// An aggregate whose state is one object per group, made when the first row arrives.
abstract class ObjectAccumulator<S> extends Accumulator {
  private final List<@Nullable S> states = new ArrayList<>();
  private long growthBytes;

  /// A state without rows.
  abstract S create();

  /// Adds one row. Rows that do not count are ignored.
  abstract void add(S state, List<Column> arguments, int row);

  /// The result of a group that has seen rows.
  abstract @Nullable Object result(S state);

  /// The result of a group without rows.
  @Nullable Object emptyResult() {
    return null;
  }

  /// Whether a row counts at all; those that do not leave a group without state.
  boolean counts(List<Column> arguments, int row) {
    for (Column argument : arguments) {
      if (argument.isNull(row)) {
        return false;
      }
    }
    return true;
  }

  /// Records that a state has grown.
  final void grow(long bytes) {
    growthBytes += bytes;
  }

  /// The state of a group, made if need be.
  final S state(int group) {
    S state = states.get(group);
    if (state == null) {
      state = create();
      states.set(group, state);
      growthBytes += 48;
    }
    return state;
  }

  final @Nullable S stateOrNull(int group) {
    return states.get(group);
  }

  @Override
  public final void ensureGroups(int groupCount) {
    while (states.size() < groupCount) {
      states.add(null);
    }
  }

  @Override
  public void add(int[] groups, List<Column> arguments, int rowCount) {
    for (int row = 0; row < rowCount; row++) {
      if (counts(arguments, row)) {
        add(state(groups[row]), arguments, row);
      }
    }
  }

  @Override
  public final @Nullable Object result(int group) {
    S state = states.get(group);
    return state == null ? emptyResult() : result(state);
  }

  @Override
  public long sizeBytes() {
    return 8L * states.size() + growthBytes;
  }
}
