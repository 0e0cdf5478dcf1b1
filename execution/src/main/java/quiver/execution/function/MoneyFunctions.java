package quiver.execution.function;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.Numeric;

/// Arithmetic of `money` (cents) and of `macaddr` (48 bits).
final class MoneyFunctions {
  private static final int CENTS = 100;
  private static final long ADDRESS_BITS = 0xffff_ffff_ffffL;
  private static final long VENDOR_BITS = 0xffff_ff00_0000L;

  private MoneyFunctions() {}

  static void addTo(FunctionTable table) {
    sums(table);
    conversions(table);
    table
        .one("trunc(macaddr)", (_, a) -> Arguments.integer(a, 0) & VENDOR_BITS)
        .all("macaddr_not", (_, a) -> ~Arguments.integer(a, 0) & ADDRESS_BITS)
        .all("macaddr_and", (_, a) -> Arguments.integer(a, 0) & Arguments.integer(a, 1))
        .all("macaddr_or", (_, a) -> Arguments.integer(a, 0) | Arguments.integer(a, 1));
  }

  private static void sums(FunctionTable table) {
    table
        .all("cash_pl", (_, a) -> checked(amount(a, 0).add(amount(a, 1))))
        .all("cash_mi", (_, a) -> checked(amount(a, 0).subtract(amount(a, 1))))
        .all("cash_div_cash", (_, a) -> ratio(a));
    for (String size : new String[] {"2", "4", "8"}) {
      table
          .all("cash_mul_int" + size, (_, a) -> checked(amount(a, 0).multiply(amount(a, 1))))
          .all("int" + size + "_mul_cash", (_, a) -> checked(amount(a, 0).multiply(amount(a, 1))))
          .all("cash_div_int" + size, (_, a) -> quotient(a));
    }
    for (String size : new String[] {"4", "8"}) {
      table
          .all(
              "cash_mul_flt" + size,
              (_, a) -> rounded((double) Arguments.integer(a, 0) * Arguments.real(a, 1)))
          .all(
              "flt" + size + "_mul_cash",
              (_, a) -> rounded(Arguments.real(a, 0) * (double) Arguments.integer(a, 1)))
          .all(
              "cash_div_flt" + size,
              (_, a) -> rounded((double) Arguments.integer(a, 0) / divisor(Arguments.real(a, 1))));
    }
  }

  private static void conversions(FunctionTable table) {
    table
        .one("money(int4)", (_, a) -> ofInteger(Arguments.integer(a, 0)))
        .one("money(int8)", (_, a) -> ofInteger(Arguments.integer(a, 0)))
        .one("money(numeric)", (_, a) -> ofNumeric(Arguments.numeric(a, 0)))
        .one(
            "numeric(money)", (_, a) -> Numeric.of(BigDecimal.valueOf(Arguments.integer(a, 0), 2)));
  }

  private static BigDecimal amount(@Nullable Object[] arguments, int index) {
    return BigDecimal.valueOf(Arguments.integer(arguments, index));
  }

  private static QuiverException outOfRange() {
    return new QuiverException(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "money out of range");
  }

  private static Long checked(BigDecimal cents) {
    try {
      return cents.longValueExact();
    } catch (ArithmeticException e) {
      throw outOfRange().withCause(e);
    }
  }

  private static Long ofInteger(long units) {
    try {
      return Math.multiplyExact(units, CENTS);
    } catch (ArithmeticException e) {
      throw new QuiverException(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "bigint out of range")
          .withCause(e);
    }
  }

  private static Long ofNumeric(Numeric value) {
    if (!value.isFinite()) {
      throw outOfRange();
    }
    return checked(value.decimal().movePointRight(2).setScale(0, RoundingMode.HALF_UP));
  }

  private static double divisor(double value) {
    if (value == 0) {
      throw new QuiverException(SqlState.DIVISION_BY_ZERO, "division by zero");
    }
    return value;
  }

  private static Long quotient(@Nullable Object[] arguments) {
    divisor((double) Arguments.integer(arguments, 1));
    return checked(
        new BigDecimal(
            amount(arguments, 0).toBigInteger().divide(amount(arguments, 1).toBigInteger())));
  }

  private static Double ratio(@Nullable Object[] arguments) {
    return (double) Arguments.integer(arguments, 0)
        / divisor((double) Arguments.integer(arguments, 1));
  }

  private static Long rounded(double cents) {
    double whole = Math.rint(cents);
    if (Double.isNaN(whole) || Math.abs(whole) >= 0x1p63) {
      throw outOfRange();
    }
    return (long) whole;
  }
}
