package quiver.rpc.codec;

import org.jspecify.annotations.Nullable;

/// How values of one type are written and read. Thread-safe.
interface Form {
  void write(WireOutput out, @Nullable Object value);

  @Nullable Object read(WireInput in);
}
