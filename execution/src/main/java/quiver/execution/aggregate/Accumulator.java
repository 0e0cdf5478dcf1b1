package quiver.execution.aggregate;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.value.ByteWriter;

/// The states of one aggregate call, one per group. Used by one thread.
public abstract class Accumulator {
  /// Makes states `0 … groupCount-1` available; new ones are empty.
  public abstract void ensureGroups(int groupCount);

  /// Adds row `i` of the arguments to group `groups[i]`, for `i < rowCount`, in order.
  public abstract void add(int[] groups, List<Column> arguments, int rowCount);

  /// The result of a group, null for NULL. Does not change the state.
  public abstract @Nullable Object result(int group);

  /// Estimated memory of all states.
  public abstract long sizeBytes();

  /// Whether [#remove] takes back exactly what [#add] did.
  public boolean canRemove() {
    return false;
  }

  /// Takes rows back that were added: frames that move.
  public void remove(int[] groups, List<Column> arguments, int rowCount) {
    throw new IllegalStateException(getClass().getSimpleName() + " cannot take rows back");
  }

  /// Appends the state of a group.
  public void write(int group, ByteWriter out) {
    throw new IllegalStateException(getClass().getSimpleName() + " has no partial state");
  }

  /// Adds a state that [#write] wrote to a group.
  public void merge(int group, ByteBuffer in) {
    throw new IllegalStateException(getClass().getSimpleName() + " has no partial state");
  }
}
