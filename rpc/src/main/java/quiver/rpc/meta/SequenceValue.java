package quiver.rpc.meta;

import java.nio.ByteBuffer;
import java.util.List;

/// Where a sequence goes on.
///
/// @param next its next value; those before it are given out
/// @param isReset whether nothing was given out since it was set to that
public record SequenceValue(long next, boolean isReset) {
  private static final int FORMAT = 2;

  public byte[] encode() {
    return MetaValue.encode(FORMAT, out -> out.putLong(next).putByte(isReset ? 1 : 0));
  }

  /// Reads a value. In format 1 it is not known whether anything was given out.
  public static SequenceValue decode(String key, byte[] value) {
    return MetaValue.decode(
        key,
        value,
        List.of(
            in -> new SequenceValue(in.getLong(), false),
            (ByteBuffer in) -> new SequenceValue(in.getLong(), in.get() != 0)));
  }
}
