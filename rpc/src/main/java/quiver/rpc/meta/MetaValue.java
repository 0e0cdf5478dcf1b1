package quiver.rpc.meta;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.ByteWriter;

/// Bytes of values in the meta store: a format version byte, then the fields, little endian.
public final class MetaValue {
  private static final int FORMAT = 1;

  private MetaValue() {}

  /// A value.
  static byte[] encode(java.util.function.Consumer<ByteWriter> fields) {
    return encode(FORMAT, fields);
  }

  static byte[] encode(int format, java.util.function.Consumer<ByteWriter> fields) {
    ByteWriter out = new ByteWriter(128);
    fields.accept(out.putByte(format));
    return out.toBytes();
  }

  /// Reads a value.
  ///
  /// @param key where it is stored, for the message
  /// @throws QuiverException `XX001` if it is damaged or newer than this server
  static <T> T decode(String key, byte[] value, Function<ByteBuffer, T> fields) {
    return decode(key, value, List.of(fields));
  }

  /// Reads a value of any known format.
  ///
  /// @param fields readers of format 1, 2, …
  static <T> T decode(String key, byte[] value, List<Function<ByteBuffer, T>> fields) {
    try {
      ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
      int format = in.get();
      if (format < 1 || format > fields.size()) {
        throw new IllegalArgumentException("format " + format);
      }
      T decoded = fields.get(format - 1).apply(in);
      if (in.hasRemaining()) {
        throw new IllegalArgumentException(in.remaining() + " bytes too many");
      }
      return decoded;
    } catch (RuntimeException e) {
      throw new QuiverException(SqlState.DATA_CORRUPTED, "metadata key \"%s\" is damaged", key)
          .withCause(e);
    }
  }

  /// One number.
  public static byte[] ofLong(long number) {
    return encode(out -> out.putLong(number));
  }

  public static long toLong(String key, byte[] value) {
    return decode(key, value, ByteBuffer::getLong);
  }

  /// Several numbers.
  public static byte[] ofLongs(List<Long> numbers) {
    return encode(out -> putLongs(out, numbers));
  }

  public static List<Long> toLongs(String key, byte[] value) {
    return decode(key, value, MetaValue::longs);
  }

  static void putLongs(ByteWriter out, List<Long> numbers) {
    out.putInt(numbers.size());
    numbers.forEach(out::putLong);
  }

  static List<Long> longs(ByteBuffer in) {
    return list(in, 8, ByteBuffer::getLong);
  }

  static <T> void putList(ByteWriter out, List<T> list, BiConsumer<ByteWriter, T> entry) {
    out.putInt(list.size());
    list.forEach(each -> entry.accept(out, each));
  }

  static <T> List<T> list(ByteBuffer in, int entryBytes, Function<ByteBuffer, T> entry) {
    int count = ByteWriter.length(in, entryBytes);
    List<T> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(entry.apply(in));
    }
    return list;
  }

  static <T> void putOptional(
      ByteWriter out, Optional<T> optional, BiConsumer<ByteWriter, T> value) {
    out.putByte(optional.isPresent() ? 1 : 0);
    optional.ifPresent(present -> value.accept(out, present));
  }

  static <T> Optional<T> optional(ByteBuffer in, Function<ByteBuffer, T> value) {
    return in.get() == 0 ? Optional.empty() : Optional.of(value.apply(in));
  }

  static void putMap(ByteWriter out, Map<String, String> map) {
    out.putInt(map.size());
    map.forEach((key, value) -> out.putText(key).putText(value));
  }

  static Map<String, String> map(ByteBuffer in) {
    int count = ByteWriter.length(in, 8);
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      map.put(ByteWriter.text(in), ByteWriter.text(in));
    }
    return map;
  }
}
