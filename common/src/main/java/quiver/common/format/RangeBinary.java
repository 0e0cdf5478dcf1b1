package quiver.common.format;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.RangeFamily;
import quiver.common.type.SqlType;
import quiver.common.value.MultirangeValue;
import quiver.common.value.RangeValue;

/// The wire format of ranges: a byte of flags, then each end there is, with its length. Of
/// multiranges: their number, then each with its length.
final class RangeBinary {
  private static final int EMPTY = 1;
  private static final int LOWER_INCLUSIVE = 2;
  private static final int UPPER_INCLUSIVE = 4;
  private static final int LOWER_INFINITE = 8;
  private static final int UPPER_INFINITE = 16;

  private RangeBinary() {}

  static RangeValue read(ByteBuffer in, RangeFamily family) {
    int flags = in.get();
    if ((flags & EMPTY) != 0) {
      return RangeValue.empty(family);
    }
    Object lower = (flags & LOWER_INFINITE) != 0 ? null : readBound(in, family);
    Object upper = (flags & UPPER_INFINITE) != 0 ? null : readBound(in, family);
    return RangeValue.of(
        family, lower, (flags & LOWER_INCLUSIVE) != 0, upper, (flags & UPPER_INCLUSIVE) != 0);
  }

  private static @Nullable Object readBound(ByteBuffer in, RangeFamily family) {
    return BinaryFormat.read(SqlType.of(family.subtype()), in, in.getInt());
  }

  static MultirangeValue readMultirange(ByteBuffer in, RangeFamily family) {
    int count = in.getInt();
    List<RangeValue> ranges = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ranges.add((RangeValue) BinaryFormat.read(SqlType.of(family.range()), in, in.getInt()));
    }
    if (count < 0) {
      throw new QuiverException(
          SqlState.INVALID_BINARY_REPRESENTATION, "incorrect binary data format");
    }
    return MultirangeValue.of(family, ranges);
  }

  static void write(RangeValue range, BinarySink out) {
    if (range.isEmpty()) {
      out.putByte(EMPTY);
      return;
    }
    out.putByte(
        (range.lowerInclusive() ? LOWER_INCLUSIVE : 0)
            | (range.upperInclusive() ? UPPER_INCLUSIVE : 0)
            | (range.lowerInfinite() ? LOWER_INFINITE : 0)
            | (range.upperInfinite() ? UPPER_INFINITE : 0));
    writeBound(range.lower(), range.family(), out);
    writeBound(range.upper(), range.family(), out);
  }

  private static void writeBound(Optional<Object> bound, RangeFamily family, BinarySink out) {
    bound.ifPresent(value -> writeSized(SqlType.of(family.subtype()), value, out));
  }

  private static void writeSized(SqlType type, Object value, BinarySink out) {
    byte[] bytes = BinaryFormat.write(type, value);
    out.putInt(bytes.length);
    out.putBytes(bytes);
  }

  static void write(MultirangeValue multirange, BinarySink out) {
    out.putInt(multirange.ranges().size());
    SqlType type = SqlType.of(multirange.family().range());
    multirange.ranges().forEach(range -> writeSized(type, range, out));
  }
}
