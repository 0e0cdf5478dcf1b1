package quiver.common.format;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.common.type.TypeNames;
import quiver.common.value.ArrayValue;
import quiver.common.value.BitString;
import quiver.common.value.HalfVector;
import quiver.common.value.Interval;
import quiver.common.value.Numeric;
import quiver.common.value.SparseVector;
import quiver.common.value.TimeWithZone;

/// What the modifier of a type does to a value: lengths, precisions, dimensions.
public final class TypeModifiers {
  private static final long[] POWERS_OF_TEN = {1, 10, 100, 1000, 10_000, 100_000, 1_000_000};

  private TypeModifiers() {}

  /// The value as `type`'s modifier has it: rounded, padded, cut (explicit casts of strings) or
  /// refused.
  ///
  /// @param value a datum of `type`
  /// @throws QuiverException `22001` too long, `22003` too large, `22000` wrong dimension
  public static Object apply(SqlType type, Object value, CastContext context) {
    if (type.modifier() < 0) {
      return value;
    }
    if (type.array()) {
      ArrayValue array = (ArrayValue) value;
      SqlType element = type.element();
      @Nullable Object[] applied = new @Nullable Object[array.size()];
      for (int i = 0; i < applied.length; i++) {
        Object item = array.elements()[i];
        applied[i] = item == null ? null : apply(element, item, context);
      }
      return array.withElements(array.element(), applied);
    }
    int modifier = type.modifier();
    boolean explicit = context == CastContext.EXPLICIT;
    return switch (type.base()) {
      case VARCHAR -> varchar((String) value, modifier - 4, explicit);
      case BPCHAR -> bpchar((String) value, modifier - 4, explicit);
      case NUMERIC -> numeric((Numeric) value, modifier);
      case TIME -> roundMicros((Long) value, modifier);
      case TIMETZ -> {
        TimeWithZone time = (TimeWithZone) value;
        yield new TimeWithZone(roundMicros(time.micros(), modifier), time.zoneSecondsWest());
      }
      case TIMESTAMP, TIMESTAMPTZ -> {
        long micros = (Long) value;
        yield DateTimes.isInfinite(micros) ? value : (Long) roundMicros(micros, modifier);
      }
      case INTERVAL -> interval((Interval) value, modifier);
      case BIT -> bit((BitString) value, modifier, explicit);
      case VARBIT -> varbit((BitString) value, modifier, explicit);
      case VECTOR -> {
        checkDimension(modifier, ((float[]) value).length);
        yield value;
      }
      case HALFVEC -> {
        checkDimension(modifier, ((HalfVector) value).dimension());
        yield value;
      }
      case SPARSEVEC -> {
        checkDimension(modifier, ((SparseVector) value).dimension());
        yield value;
      }
      default -> value;
    };
  }

  /// Whether values of `type` can differ from what [#apply] makes of them.
  public static boolean isEnforced(SqlType type) {
    return type.modifier() >= 0;
  }

  /// @throws QuiverException `22000` when they differ
  public static void checkDimension(int expected, int actual) {
    if (expected != actual) {
      throw new QuiverException(
          SqlState.DATA_EXCEPTION, "expected %d dimensions, not %d", expected, actual);
    }
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private static QuiverException tooLong(String type, int length) {
    return new QuiverException(
        SqlState.STRING_DATA_RIGHT_TRUNCATION, "value too long for type %s(%d)", type, length);
  }

  private static String varchar(String value, int length, boolean explicit) {
    if (value.length() <= length || length(value) <= length) {
      return value;
    }
    return cut(value, length, explicit, BaseType.VARCHAR);
  }

  private static String cut(String value, int length, boolean explicit, BaseType type) {
    int end = value.offsetByCodePoints(0, length);
    if (!explicit) {
      for (int i = end; i < value.length(); i++) {
        if (value.charAt(i) != ' ') {
          throw tooLong(type.sqlName(), length);
        }
      }
    }
    return value.substring(0, end);
  }

  private static String bpchar(String value, int length, boolean explicit) {
    int actual = length(value);
    if (actual > length) {
      return cut(value, length, explicit, BaseType.BPCHAR);
    }
    return actual == length ? value : value + " ".repeat(length - actual);
  }

  private static Numeric numeric(Numeric value, int modifier) {
    int precision = TypeNames.numericPrecision(modifier);
    int scale = TypeNames.numericScale(modifier);
    if (value.isNaN()) {
      return value;
    }
    if (value.isInfinite()) {
      throw new QuiverException(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "numeric field overflow")
          .withDetail(
              String.format(
                  Locale.ROOT,
                  "A field with precision %d, scale %d cannot hold an infinite value.",
                  precision,
                  scale));
    }
    BigDecimal rounded = value.decimal().setScale(scale, RoundingMode.HALF_UP);
    int integerDigits = precision - scale;
    if (rounded.signum() != 0 && rounded.precision() - rounded.scale() > integerDigits) {
      throw new QuiverException(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "numeric field overflow")
          .withDetail(
              String.format(
                  Locale.ROOT,
                  "A field with precision %d, scale %d must round to an absolute value less than"
                      + " %s%d.",
                  precision,
                  scale,
                  integerDigits != 0 ? "10^" : "",
                  integerDigits != 0 ? integerDigits : 1));
    }
    return Numeric.of(rounded);
  }

  /// Half away from zero.
  private static long roundMicros(long micros, int precision) {
    if (precision >= 6) {
      return micros;
    }
    long unit = POWERS_OF_TEN[6 - precision];
    return micros >= 0 ? (micros + unit / 2) / unit * unit : -((-micros + unit / 2) / unit * unit);
  }

  private static Interval interval(Interval value, int modifier) {
    int fields = TypeNames.intervalFields(modifier);
    int months = value.months();
    int days = value.days();
    long micros = value.micros();
    if (fields != 0x7fff) {
      boolean seconds = (fields & 4096) != 0;
      boolean minutes = (fields & 2048) != 0;
      boolean hours = (fields & 1024) != 0;
      if (fields == 4) {
        months = months / 12 * 12;
      }
      if ((fields & (4 | 2)) != 0) {
        days = 0;
        micros = 0;
      } else if (!seconds) {
        long unit =
            minutes
                ? DateTimes.MICROS_PER_MINUTE
                : hours ? DateTimes.MICROS_PER_HOUR : Long.MAX_VALUE;
        micros = micros / unit * unit;
      }
    }
    return new Interval(months, days, roundMicros(micros, TypeNames.intervalPrecision(modifier)));
  }

  private static BitString bit(BitString value, int length, boolean explicit) {
    if (value.length() == length) {
      return value;
    }
    if (!explicit) {
      throw new QuiverException(
          SqlState.STRING_DATA_LENGTH_MISMATCH,
          "bit string length %d does not match type bit(%d)",
          value.length(),
          length);
    }
    return value.resized(length);
  }

  private static BitString varbit(BitString value, int length, boolean explicit) {
    if (value.length() <= length) {
      return value;
    }
    if (!explicit) {
      throw new QuiverException(
          SqlState.STRING_DATA_RIGHT_TRUNCATION,
          "bit string too long for type bit varying(%d)",
          length);
    }
    return value.resized(length);
  }
}
