package quiver.common.format;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Amounts of `money`, kept as cents, as `lc_monetary = C` writes them: `$1,234.50`, `-$0.05`.
final class MoneyText {
  private static final int CENT_DIGITS = 2;

  private static final Pattern AMOUNT =
      Pattern.compile("\\s*([-(+$\\s]*)([0-9,]*)(?:\\.([0-9]*))?([-)+$\\s]*)");

  private MoneyText() {}

  static Long parse(String text) {
    Matcher matcher = AMOUNT.matcher(text);
    String digits = matcher.matches() ? matcher.group(2).replace(",", "") : "";
    String fraction = matcher.matches() && matcher.group(3) != null ? matcher.group(3) : "";
    if (!matcher.matches() || (digits + fraction).isEmpty()) {
      throw NumberText.syntaxError("money", text);
    }
    String signs = matcher.group(1) + matcher.group(4);
    boolean negative = signs.indexOf('-') >= 0 || signs.indexOf('(') >= 0;
    BigDecimal amount = new BigDecimal("0" + digits + "." + fraction + "0");
    BigDecimal cents =
        (negative ? amount.negate() : amount)
            .movePointRight(CENT_DIGITS)
            .setScale(0, RoundingMode.HALF_UP);
    try {
      return cents.longValueExact();
    } catch (ArithmeticException e) {
      throw new QuiverException(
              SqlState.NUMERIC_VALUE_OUT_OF_RANGE,
              "value \"%s\" is out of range for type %s",
              text,
              "money")
          .withCause(e);
    }
  }

  static String format(long cents) {
    BigDecimal amount = BigDecimal.valueOf(cents, CENT_DIGITS).abs();
    return (cents < 0 ? "-$" : "$") + String.format(Locale.ROOT, "%,.2f", amount);
  }
}
