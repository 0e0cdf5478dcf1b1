package quiver.common.value;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;

/// Hashes of keys. Keys that are equal by [DatumOrder] have equal hashes, in every process and for
/// ever: hashes are stored in files and sent between processes.
public final class KeyHash {
  private KeyHash() {}

  /// Mixes the values of one more key column into the hashes of its rows; NULL counts as a value.
  public static void add(Column column, long[] hashes) {
    switch (column) {
      case LongColumn longs -> {
        for (int row = 0; row < hashes.length; row++) {
          hashes[row] = mix(hashes[row], longs.isNull(row) ? 0 : longs.values()[row]);
        }
      }
      case DoubleColumn doubles -> {
        for (int row = 0; row < hashes.length; row++) {
          hashes[row] =
              mix(hashes[row], doubles.isNull(row) ? 0 : doubleBits(doubles.values()[row]));
        }
      }
      default -> {
        for (int row = 0; row < hashes.length; row++) {
          hashes[row] = mix(hashes[row], of(column.type(), column.valueAt(row)));
        }
      }
    }
  }

  private static long doubleBits(double value) {
    // Adding zero makes the two zeros one.
    return Double.doubleToLongBits(value + 0.0);
  }

  /// The hash of one datum; 0 for NULL.
  public static long of(SqlType type, @Nullable Object datum) {
    return switch (datum) {
      case null -> 0;
      case String text ->
          bytesHash(
              (type.base() == BaseType.BPCHAR ? DatumOrder.withoutPadding(text) : text)
                  .getBytes(StandardCharsets.UTF_8));
      case UUID uuid -> mix(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
      case Bytes bytes -> bytesHash(bytes.array());
      case Boolean bool -> bool ? 1 : 0;
      case Long number -> number;
      case Double number -> doubleBits(number);
      case ArrayValue array -> {
        long hash = array.size();
        for (Object element : array.elements()) {
          hash = mix(hash, of(SqlType.of(array.element()), element));
        }
        yield hash;
      }
      default -> DatumOrder.of(type).hash(datum);
    };
  }

  private static long bytesHash(byte[] bytes) {
    long hash = bytes.length;
    int at = 0;
    for (; at + 8 <= bytes.length; at += 8) {
      long word = 0;
      for (int i = 7; i >= 0; i--) {
        word = (word << 8) | (bytes[at + i] & 0xff);
      }
      hash = mix(hash, word);
    }
    long tail = 0;
    for (int i = bytes.length - 1; i >= at; i--) {
      tail = (tail << 8) | (bytes[i] & 0xff);
    }
    return mix(hash, tail);
  }

  /// Mixes one more word into a hash. Source: the finaliser of Stafford's variant 13 of
  /// MurmurHash3.
  public static long mix(long hash, long word) {
    long mixed = (hash * 0x9E3779B97F4A7C15L) ^ word;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
