package quiver.execution.function;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.format.DateTimes;
import quiver.common.format.TextFormat;
import quiver.common.format.TimeZones;
import quiver.common.format.TypeModifiers;
import quiver.common.function.CastMethod;
import quiver.common.function.CastSignature;
import quiver.common.function.FunctionSignature;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.common.value.BitString;
import quiver.common.value.DatumOrder;
import quiver.common.value.Interval;
import quiver.common.value.Jsonb;
import quiver.common.value.Numeric;
import quiver.common.value.TimeWithZone;

/// The functions behind casts; each takes the value, and where the type has a modifier also the
/// modifier and whether the cast is explicit.
final class CastFunctions {
  private CastFunctions() {}

  static void addTo(FunctionTable table) {
    numbers(table);
    texts(table);
    times(table);
    bits(table);
    json(table);
    for (CastSignature cast : table.registry().casts()) {
      if (cast.method() == CastMethod.FUNCTION
          && cast.source().equals(cast.target())
          && !isVector(cast.source().base())) {
        FunctionSignature function = cast.function().orElseThrow();
        table.one(function.key(), modifierFunction(cast.target()));
      }
    }
  }

  private static boolean isVector(BaseType type) {
    return type == BaseType.VECTOR || type == BaseType.HALFVEC || type == BaseType.SPARSEVEC;
  }

  private static ScalarFunction modifierFunction(SqlType type) {
    return (_, a) -> {
      boolean explicit = a.length > 2 && Arguments.bool(a, 2);
      return TypeModifiers.apply(
          type.withModifier(Arguments.int4(a, 1)),
          Arguments.value(a, 0),
          explicit ? CastContext.EXPLICIT : CastContext.ASSIGNMENT);
    };
  }

  // ---- numbers

  private static void numbers(FunctionTable table) {
    String[] integers = {"int2", "int4", "int8"};
    BaseType[] types = {BaseType.INT2, BaseType.INT4, BaseType.INT8};
    long[] minima = {Short.MIN_VALUE, Integer.MIN_VALUE, Long.MIN_VALUE};
    long[] maxima = {Short.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE};
    for (int i = 0; i < integers.length; i++) {
      String name = integers[i];
      BaseType type = types[i];
      long min = minima[i];
      long max = maxima[i];
      for (int j = 0; j < integers.length; j++) {
        if (i != j) {
          table.one(
              name + "(" + integers[j] + ")",
              (_, a) -> ArithmeticFunctions.checkRange(Arguments.integer(a, 0), type));
        }
      }
      ScalarFunction fromReal =
          (_, a) -> Floats.toInteger(Arguments.real(a, 0), min, max, type.sqlName());
      table.one(name + "(float4)", fromReal).one(name + "(float8)", fromReal);
      table.one(name + "(numeric)", (_, a) -> toInteger(Arguments.numeric(a, 0), type));
      table.one("float8(" + name + ")", (_, a) -> (double) Arguments.integer(a, 0));
      table.one("float4(" + name + ")", (_, a) -> (double) (float) Arguments.integer(a, 0));
      table.one("numeric(" + name + ")", (_, a) -> Numeric.of(Arguments.integer(a, 0)));
    }
    table
        .one("int4(bool)", (_, a) -> Arguments.bool(a, 0) ? 1L : 0L)
        .one("bool(int4)", (_, a) -> Arguments.integer(a, 0) != 0)
        .one("oid(int8)", (_, a) -> toOid(Arguments.integer(a, 0)))
        .one("int8(oid)", (_, a) -> a[0])
        .one("float8(float4)", (_, a) -> a[0])
        .one("float4(float8)", (_, a) -> Floats.toFloat4(Arguments.real(a, 0)))
        .one("numeric(float8)", (_, a) -> Numeric.ofDouble(Arguments.real(a, 0)))
        .one("numeric(float4)", (_, a) -> Numeric.ofFloat(Arguments.real(a, 0)))
        .one("float8(numeric)", (_, a) -> toDouble(Arguments.numeric(a, 0), "double precision"))
        .one("float4(numeric)", (_, a) -> toFloat(Arguments.numeric(a, 0)));
  }

  private static Long toOid(long value) {
    if (value < 0 || value > 0xffff_ffffL) {
      throw new QuiverException(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "OID out of range");
    }
    return value;
  }

  static Long toInteger(Numeric value, BaseType type) {
    if (value.isNaN() || value.isInfinite()) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "cannot convert %s to %s",
          value.isNaN() ? "NaN" : "infinity",
          type.sqlName());
    }
    long integer = value.toLong().orElseThrow(() -> Floats.outOfRange(type.sqlName()));
    return ArithmeticFunctions.checkRange(integer, type);
  }

  static Double toDouble(Numeric value, String typeName) {
    double converted = value.doubleValue();
    if (value.isFinite()
        && (Double.isInfinite(converted) || (converted == 0 && value.signum() != 0))) {
      throw rangeError(value, typeName);
    }
    return converted;
  }

  private static QuiverException rangeError(Numeric value, String typeName) {
    return new QuiverException(
        SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "\"%s\" is out of range for type %s", value, typeName);
  }

  static Double toFloat(Numeric value) {
    if (!value.isFinite()) {
      return value.doubleValue();
    }
    BigDecimal decimal = value.decimal();
    float converted = decimal.floatValue();
    if (Float.isInfinite(converted) || (converted == 0 && value.signum() != 0)) {
      throw rangeError(value, "real");
    }
    return (double) converted;
  }

  // ---- texts

  private static void texts(FunctionTable table) {
    ScalarFunction same = (_, a) -> a[0];
    ScalarFunction name = (_, a) -> TextFormat.truncateName(Arguments.text(a, 0));
    table
        .one(
            "regclass(text)",
            (context, a) -> context.format().names().oidOf(BaseType.REGCLASS, Arguments.text(a, 0)))
        .one("text(bool)", (_, a) -> Arguments.bool(a, 0) ? "true" : "false")
        .one("text(char)", same)
        .one("text(name)", same)
        .one("bpchar(name)", same)
        .one("bpchar(char)", same)
        .one("varchar(name)", same)
        .one("text(bpchar)", (_, a) -> DatumOrder.withoutPadding(Arguments.text(a, 0)))
        .one("name(text)", name)
        .one("name(varchar)", name)
        .one(
            "name(bpchar)",
            (_, a) -> TextFormat.truncateName(DatumOrder.withoutPadding(Arguments.text(a, 0))))
        .one(
            "char(text)",
            (_, a) -> {
              String text = Arguments.text(a, 0);
              return text.isEmpty() ? "" : text.substring(0, text.offsetByCodePoints(0, 1));
            })
        .one(
            "int4(char)",
            (_, a) -> {
              String text = Arguments.text(a, 0);
              return text.isEmpty() ? 0L : (long) (byte) text.charAt(0);
            })
        .one(
            "char(int4)",
            (_, a) -> {
              long code = Arguments.integer(a, 0);
              if (code < -128 || code > 127) {
                throw new QuiverException(
                    SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "\"char\" out of range");
              }
              return code == 0 ? "" : String.valueOf((char) (code & 0xff));
            });
  }

  // ---- dates and times

  private static void times(FunctionTable table) {
    table
        .one("timestamp(date)", (_, a) -> DateTimes.dateToTimestamp(Arguments.integer(a, 0)))
        .one(
            "timestamptz(date)",
            (context, a) ->
                DateTimes.toInstant(
                    DateTimes.dateToTimestamp(Arguments.integer(a, 0)), context.format().zone()))
        .one("date(timestamp)", (_, a) -> DateTimes.timestampToDate(Arguments.integer(a, 0)))
        .one(
            "date(timestamptz)",
            (context, a) ->
                DateTimes.timestampToDate(
                    DateTimes.toLocal(Arguments.integer(a, 0), context.format().zone())))
        .one("time(timestamp)", (_, a) -> timeOfDay(Arguments.integer(a, 0)))
        .one(
            "time(timestamptz)",
            (context, a) ->
                timeOfDay(DateTimes.toLocal(Arguments.integer(a, 0), context.format().zone())))
        .one(
            "timestamptz(timestamp)",
            (context, a) -> DateTimes.toInstant(Arguments.integer(a, 0), context.format().zone()))
        .one(
            "timestamp(timestamptz)",
            (context, a) -> DateTimes.toLocal(Arguments.integer(a, 0), context.format().zone()))
        .one("interval(time)", (_, a) -> new Interval(0, 0, Arguments.integer(a, 0)))
        .one(
            "time(interval)",
            (_, a) -> Math.floorMod(Arguments.interval(a, 0).micros(), DateTimes.MICROS_PER_DAY))
        .one("time(timetz)", (_, a) -> Arguments.timeWithZone(a, 0).micros())
        .one(
            "timetz(time)",
            (context, a) -> {
              long time = Arguments.integer(a, 0);
              long now = DateTimes.toLocal(context.format().now(), context.format().zone());
              long local = now - Math.floorMod(now, DateTimes.MICROS_PER_DAY) + time;
              return new TimeWithZone(
                  time, -TimeZones.offsetAtLocal(context.format().zone(), local));
            })
        .one(
            "timetz(timestamptz)",
            (context, a) -> {
              long instant = Arguments.integer(a, 0);
              Long time = timeOfDay(DateTimes.toLocal(instant, context.format().zone()));
              return time == null
                  ? null
                  : new TimeWithZone(time, -TimeZones.offsetAt(context.format().zone(), instant));
            });
  }

  private static @Nullable Long timeOfDay(long micros) {
    return DateTimes.isInfinite(micros)
        ? null
        : (Long) Math.floorMod(micros, DateTimes.MICROS_PER_DAY);
  }

  // ---- bit strings

  private static void bits(FunctionTable table) {
    table
        .one("bit(int4,int4)", (_, a) -> toBits(Arguments.integer(a, 0), 32, a))
        .one("bit(int8,int4)", (_, a) -> toBits(Arguments.integer(a, 0), 64, a))
        .one("int4(bit)", (_, a) -> (long) (int) fromBits(Arguments.bits(a, 0), 32))
        .one("int8(bit)", (_, a) -> fromBits(Arguments.bits(a, 0), 64));
  }

  /// The low bits of a number, sign-extended to the left.
  private static BitString toBits(long value, int width, @Nullable Object[] arguments) {
    int modifier = Arguments.int4(arguments, 1);
    int length = modifier <= 0 ? 1 : modifier;
    byte[] bytes = new byte[(length + 7) >>> 3];
    for (int i = 0; i < length; i++) {
      int power = length - 1 - i;
      boolean set = power >= width ? value < 0 : (value >>> power & 1) != 0;
      if (set) {
        bytes[i >>> 3] |= (byte) (0x80 >>> (i & 7));
      }
    }
    return BitString.of(length, bytes);
  }

  private static long fromBits(BitString bits, int width) {
    if (bits.length() > width) {
      throw Floats.outOfRange(width == 32 ? "integer" : "bigint");
    }
    long value = 0;
    for (int i = 0; i < bits.length(); i++) {
      value = value << 1 | (bits.bit(i) ? 1 : 0);
    }
    return value;
  }

  // ---- jsonb

  private static void json(FunctionTable table) {
    table.one(
        "bool(jsonb)",
        (_, a) -> {
          if (Arguments.jsonb(a, 0) instanceof Jsonb.Bool(boolean value)) {
            return value;
          }
          throw cannotCast(Arguments.jsonb(a, 0), "boolean");
        });
    table.one("numeric(jsonb)", (_, a) -> number(Arguments.jsonb(a, 0), "numeric"));
    for (BaseType type : new BaseType[] {BaseType.INT2, BaseType.INT4, BaseType.INT8}) {
      table.one(
          type.typeName() + "(jsonb)",
          (_, a) -> toInteger(number(Arguments.jsonb(a, 0), type.sqlName()), type));
    }
    table.one(
        "float8(jsonb)",
        (_, a) -> toDouble(number(Arguments.jsonb(a, 0), "double precision"), "double precision"));
    table.one("float4(jsonb)", (_, a) -> toFloat(number(Arguments.jsonb(a, 0), "real")));
  }

  private static Numeric number(Jsonb json, String typeName) {
    if (json instanceof Jsonb.Decimal(Numeric value)) {
      return value;
    }
    throw cannotCast(json, typeName);
  }

  private static QuiverException cannotCast(Jsonb json, String typeName) {
    String kind =
        switch (json) {
          case Jsonb.Nil _ -> "null";
          case Jsonb.Text _ -> "string";
          case Jsonb.Decimal _ -> "numeric";
          case Jsonb.Bool _ -> "boolean";
          case Jsonb.Items _ -> "array";
          case Jsonb.Fields _ -> "object";
        };
    return new QuiverException(
        SqlState.INVALID_PARAMETER_VALUE, "cannot cast jsonb %s to type %s", kind, typeName);
  }
}
