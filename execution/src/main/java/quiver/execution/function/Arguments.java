package quiver.execution.function;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import quiver.common.value.ArrayValue;
import quiver.common.value.BitString;
import quiver.common.value.Bytes;
import quiver.common.value.Interval;
import quiver.common.value.Jsonb;
import quiver.common.value.Numeric;
import quiver.common.value.TimeWithZone;

/// Arguments by class; none of them is NULL where these are used.
final class Arguments {
  private Arguments() {}

  static Object value(@Nullable Object[] arguments, int index) {
    return Objects.requireNonNull(arguments[index]);
  }

  static long integer(@Nullable Object[] arguments, int index) {
    return (Long) value(arguments, index);
  }

  /// An int4 argument.
  static int int4(@Nullable Object[] arguments, int index) {
    return (int) integer(arguments, index);
  }

  static double real(@Nullable Object[] arguments, int index) {
    return (Double) value(arguments, index);
  }

  static boolean bool(@Nullable Object[] arguments, int index) {
    return (Boolean) value(arguments, index);
  }

  static String text(@Nullable Object[] arguments, int index) {
    return (String) value(arguments, index);
  }

  static Numeric numeric(@Nullable Object[] arguments, int index) {
    return (Numeric) value(arguments, index);
  }

  static Bytes bytes(@Nullable Object[] arguments, int index) {
    return (Bytes) value(arguments, index);
  }

  static BitString bits(@Nullable Object[] arguments, int index) {
    return (BitString) value(arguments, index);
  }

  static Interval interval(@Nullable Object[] arguments, int index) {
    return (Interval) value(arguments, index);
  }

  static TimeWithZone timeWithZone(@Nullable Object[] arguments, int index) {
    return (TimeWithZone) value(arguments, index);
  }

  static ArrayValue array(@Nullable Object[] arguments, int index) {
    return (ArrayValue) value(arguments, index);
  }

  static Jsonb jsonb(@Nullable Object[] arguments, int index) {
    return (Jsonb) value(arguments, index);
  }
}
