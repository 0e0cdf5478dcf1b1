package quiver.rpc.codec;

import java.util.ArrayList;
import java.util.List;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.ByteWriter;
import quiver.rpc.Cancellation;

/// A message that is being written. Used by one thread.
final class WireOutput {
  /// Records inside records: more than any statement nests, and few enough for a thread's stack.
  static final int DEPTH_MAX = 2_000;

  private static final int CAPACITY_BYTES = 512;

  final ByteWriter bytes = new ByteWriter(CAPACITY_BYTES);
  final List<Cancellation> cancellations = new ArrayList<>(1);
  private int depth;

  void descend() {
    if (++depth > DEPTH_MAX) {
      throw tooDeep();
    }
  }

  static QuiverException tooDeep() {
    return new QuiverException(SqlState.STATEMENT_TOO_COMPLEX, "stack depth limit exceeded");
  }

  void ascend() {
    depth--;
  }
}
