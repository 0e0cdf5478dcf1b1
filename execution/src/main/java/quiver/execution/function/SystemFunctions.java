package quiver.execution.function;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.format.BinaryFormat;
import quiver.common.type.SqlType;
import quiver.common.value.Numeric;
import quiver.common.value.RecordValue;

/// Functions about values, sizes and identifiers that need no catalog.
final class SystemFunctions {
  private static final String[] SIZE_UNITS = {"bytes", "kB", "MB", "GB", "TB", "PB"};

  /// From this many on the next unit is used.
  private static final int SIZE_LIMIT = 10 * 1024;

  /// The number of the encoding UTF8.
  private static final int UTF8 = 6;

  private static final int[] SIZE_SHIFTS = {0, 10, 20, 30, 40, 50};

  private SystemFunctions() {}

  static void addTo(FunctionTable table) {
    ScalarFunction uuid = (context, _) -> randomUuid(context);
    table
        .all("gen_random_uuid", uuid)
        .all("uuid_generate_v4", uuid)
        .allTyped("pg_typeof", types -> (_, _) -> (long) types.argument(0).declaredOid())
        .allTyped(
            "pg_column_size",
            types ->
                (_, a) ->
                    a[0] == null
                        ? null
                        : (Long) (long) BinaryFormat.write(types.argument(0), a[0]).length)
        .allTyped("pg_collation_for", types -> (_, _) -> collation(types.argument(0)))
        .one(
            "sample_row(int8,float8,float8,bool)",
            (_, a) -> RowSampling.takes((Long) a[0], (Double) a[1], (Double) a[2], (Boolean) a[3]))
        .one(
            "cursor_row(text,int8)",
            (context, arguments) ->
                context.session().cursorRow((String) arguments[0], (Long) arguments[1]))
        .one(
            "record_field(record,int4)",
            (_, a) -> ((RecordValue) Arguments.value(a, 0)).values()[(int) Arguments.integer(a, 1)])
        .one("record_present(record)", (_, _) -> true)
        .one(
            "record_complete(record)",
            (_, a) -> nulls(((RecordValue) Arguments.value(a, 0)).values()) == 0)
        .one("xid(xid8)", (_, a) -> Arguments.integer(a, 0) & 0xffff_ffffL)
        .one(
            "pg_lsn_mi(pg_lsn,pg_lsn)",
            (_, a) -> Numeric.of(Arguments.integer(a, 0) - Arguments.integer(a, 1)))
        .all("pg_size_bytes", (_, a) -> sizeBytes(Arguments.text(a, 0)))
        .all("pg_encoding_max_length", (_, a) -> Arguments.integer(a, 0) == UTF8 ? 4L : 1L)
        .all("pg_column_compression", (_, _) -> null)
        .all("num_nulls", (_, a) -> (long) nulls(a))
        .all("num_nonnulls", (_, a) -> (long) (a.length - nulls(a)))
        .one("pg_size_pretty(int8)", (_, a) -> prettySize(Arguments.integer(a, 0)))
        .one("pg_size_pretty(numeric)", (_, a) -> prettySize(Arguments.numeric(a, 0)));
  }

  /// The reverse of `pg_size_pretty`.
  private static Long sizeBytes(String text) {
    String given = text.strip();
    int end = 0;
    while (end < given.length() && "+-.0123456789eE".indexOf(given.charAt(end)) >= 0) {
      end++;
    }
    String unit = given.substring(end).strip();
    int shift = -1;
    for (int i = 0; i < SIZE_UNITS.length; i++) {
      if (unit.equalsIgnoreCase(SIZE_UNITS[i]) || (i == 0 && unit.isEmpty())) {
        shift = SIZE_SHIFTS[i];
      }
    }
    try {
      BigDecimal number = new BigDecimal(given.substring(0, end));
      if (shift < 0) {
        throw new QuiverException(SqlState.INVALID_PARAMETER_VALUE, "invalid size: \"%s\"", text)
            .withDetail(String.format(Locale.ROOT, "Invalid size unit: \"%s\".", unit))
            .withHint("Valid units are \"bytes\", \"kB\", \"MB\", \"GB\", \"TB\", and \"PB\".");
      }
      return number
          .multiply(BigDecimal.valueOf(1L << shift))
          .setScale(0, RoundingMode.HALF_UP)
          .longValueExact();
    } catch (NumberFormatException e) {
      throw new QuiverException(SqlState.INVALID_PARAMETER_VALUE, "invalid size: \"%s\"", text)
          .withCause(e);
    } catch (ArithmeticException e) {
      throw new QuiverException(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "bigint out of range")
          .withCause(e);
    }
  }

  private static UUID randomUuid(FunctionContext context) {
    long high = context.session().random().nextLong();
    long low = context.session().random().nextLong();
    return new UUID(
        (high & 0xffff_ffff_ffff_0fffL) | 0x4000L, (low & 0x3fff_ffff_ffff_ffffL) | Long.MIN_VALUE);
  }

  private static @Nullable String collation(SqlType type) {
    boolean collatable = !type.array() && type.base().category() == 'S';
    return collatable ? "\"default\"" : null;
  }

  private static int nulls(@Nullable Object[] arguments) {
    int count = 0;
    for (Object argument : arguments) {
      count += argument == null ? 1 : 0;
    }
    return count;
  }

  /// Rounded half away from zero at each step, as PostgreSQL does it.
  private static String prettySize(long bytes) {
    int unit = 0;
    long size = bytes;
    while (unit < SIZE_UNITS.length - 1) {
      boolean halfStep = unit > 0;
      long limit = halfStep ? 2L * SIZE_LIMIT - 1 : SIZE_LIMIT;
      if (Math.abs(size) < limit) {
        break;
      }
      unit++;
      // One bit more than the unit is kept until the end, to round by.
      int shift = SIZE_SHIFTS[unit] - SIZE_SHIFTS[unit - 1] - (unit == 1 ? 1 : 0);
      size = size / (1L << shift);
    }
    if (unit > 0) {
      size = size < 0 ? (size - 1) / 2 : (size + 1) / 2;
    }
    return size + " " + SIZE_UNITS[unit];
  }

  private static String prettySize(Numeric bytes) {
    if (!bytes.isFinite()) {
      return bytes + " bytes";
    }
    BigDecimal size = bytes.decimal();
    if (size.abs().compareTo(BigDecimal.valueOf(SIZE_LIMIT)) < 0) {
      return bytes + " bytes";
    }
    if (size.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) < 0) {
      return prettySize(size.setScale(0, RoundingMode.DOWN).longValueExact());
    }
    return size.divide(BigDecimal.valueOf(1L << 50), 0, RoundingMode.HALF_UP) + " PB";
  }
}
