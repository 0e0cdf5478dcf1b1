package quiver.execution.function;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.format.NumberText;
import quiver.common.value.Numeric;

/// Templates of `to_char` and `to_number` for numbers, for example `FM9G999D00`. Source: PostgreSQL
/// 15, table 9.28; locale dependent patterns follow the `C` locale.
final class NumberTemplate {
  private enum Kind {
    NINE,
    ZERO,
    POINT,
    COMMA,
    SIGN,
    MINUS,
    PLUS,
    SIGN_CHARACTER,
    BRACKETS,
    ROMAN,
    ORDINAL,
    CURRENCY,
    SCIENTIFIC,
    SHIFT,
    BLANK,
    FILL_MODE,
    LITERAL
  }

  private record Part(Kind kind, String text) {}

  /// Patterns, longer ones before their prefixes.
  private static final Object[][] PATTERNS = {
    {"EEEE", Kind.SCIENTIFIC},
    {"FM", Kind.FILL_MODE},
    {"MI", Kind.MINUS},
    {"PL", Kind.PLUS},
    {"PR", Kind.BRACKETS},
    {"RN", Kind.ROMAN},
    {"SG", Kind.SIGN_CHARACTER},
    {"TH", Kind.ORDINAL},
    {",", Kind.COMMA},
    {".", Kind.POINT},
    {"0", Kind.ZERO},
    {"9", Kind.NINE},
    {"B", Kind.BLANK},
    {"D", Kind.POINT},
    {"G", Kind.COMMA},
    {"L", Kind.CURRENCY},
    {"S", Kind.SIGN},
    {"V", Kind.SHIFT},
  };

  private static final int[] ROMAN_VALUES = {1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1};
  private static final String[] ROMAN_DIGITS = {
    "M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"
  };

  private final List<Part> parts = new ArrayList<>();
  private int integerDigits;
  private int fractionDigits;
  private int shiftDigits;
  private boolean decimal;
  private boolean shifted;
  private boolean fill;
  private boolean zeros;
  private boolean lowerRoman;

  /// Digit position (from 1) of the first `0`, and of the last one.
  private int firstZero;

  private int lastZero;
  private boolean signPattern;
  private boolean signAfter;
  private int digitsBeforeSign;
  private boolean minus;
  private boolean plus;
  private boolean brackets;
  private boolean roman;
  private boolean scientific;

  private NumberTemplate(String template) {
    int at = 0;
    while (at < template.length()) {
      char c = template.charAt(at);
      if (c == '"') {
        at++;
        StringBuilder literal = new StringBuilder();
        while (at < template.length() && template.charAt(at) != '"') {
          if (template.charAt(at) == '\\' && at + 1 < template.length()) {
            at++;
          }
          literal.append(template.charAt(at++));
        }
        at++;
        parts.add(new Part(Kind.LITERAL, literal.toString()));
        continue;
      }
      if (c == '\\' && at + 1 < template.length() && template.charAt(at + 1) == '"') {
        parts.add(new Part(Kind.LITERAL, "\""));
        at += 2;
        continue;
      }
      Part part = pattern(template, at);
      parts.add(part);
      prepare(part);
      at += part.text.length();
    }
  }

  private static Part pattern(String template, int at) {
    for (Object[] pattern : PATTERNS) {
      String name = (String) pattern[0];
      boolean matches =
          template.startsWith(name, at) || template.startsWith(name.toLowerCase(Locale.ROOT), at);
      if (matches) {
        return new Part((Kind) pattern[1], template.substring(at, at + name.length()));
      }
    }
    return new Part(Kind.LITERAL, template.substring(at, template.offsetByCodePoints(at, 1)));
  }

  private static QuiverException syntaxError(String message) {
    return QuiverException.ofMessage(SqlState.SYNTAX_ERROR, message);
  }

  private void prepare(Part part) {
    switch (part.kind) {
      case NINE -> {
        if (brackets) {
          throw syntaxError("\"9\" must be ahead of \"PR\"");
        }
        if (shifted) {
          shiftDigits++;
        } else if (decimal) {
          fractionDigits++;
        } else {
          integerDigits++;
        }
      }
      case ZERO -> {
        if (brackets) {
          throw syntaxError("\"0\" must be ahead of \"PR\"");
        }
        if (!zeros && !decimal) {
          zeros = true;
          firstZero = integerDigits + 1;
        }
        if (decimal) {
          fractionDigits++;
        } else {
          integerDigits++;
        }
        lastZero = integerDigits + fractionDigits;
      }
      case POINT -> {
        if (decimal) {
          throw syntaxError("multiple decimal points");
        }
        if (shifted) {
          throw syntaxError("cannot use \"V\" and decimal point together");
        }
        decimal = true;
      }
      case SIGN -> {
        if (signPattern) {
          throw syntaxError("cannot use \"S\" twice");
        }
        if (plus || minus || brackets) {
          throw syntaxError("cannot use \"S\" and \"PL\"/\"MI\"/\"SG\"/\"PR\" together");
        }
        signPattern = true;
        signAfter = decimal;
        digitsBeforeSign = integerDigits;
      }
      case MINUS -> minus = true;
      case PLUS -> plus = true;
      case SIGN_CHARACTER -> {
        minus = true;
        plus = true;
      }
      case BRACKETS -> {
        if (signPattern || plus || minus) {
          throw syntaxError("cannot use \"PR\" and \"S\"/\"PL\"/\"MI\"/\"SG\" together");
        }
        brackets = true;
      }
      case ROMAN -> {
        roman = true;
        lowerRoman = part.text.equals("rn");
      }
      case SCIENTIFIC -> scientific = true;
      case SHIFT -> {
        if (decimal) {
          throw syntaxError("cannot use \"V\" and decimal point together");
        }
        shifted = true;
      }
      case FILL_MODE -> fill = true;
      case COMMA, ORDINAL, CURRENCY, BLANK, LITERAL -> {}
    }
  }

  // ---- to_char

  static String format(Numeric value, String template) {
    return new NumberTemplate(template).format(value);
  }

  /// A float shows 15 (real: 6) significant digits at most.
  static String format(double value, int significantDigits, String template) {
    NumberTemplate parsed = new NumberTemplate(template);
    if (!Double.isFinite(value)) {
      return parsed.format(Numeric.ofDouble(value));
    }
    BigDecimal exact = new BigDecimal(value);
    if (parsed.scientific || parsed.roman) {
      return parsed.format(Numeric.of(exact));
    }
    if (parsed.shifted) {
      exact = exact.scaleByPowerOfTen(parsed.shiftDigits);
    }
    int wholeDigits = exact.abs().setScale(0, RoundingMode.HALF_EVEN).precision();
    int allowed = Math.max(0, significantDigits - wholeDigits);
    parsed.fractionDigits = Math.min(parsed.fractionDigits, allowed);
    BigDecimal rounded = exact.setScale(parsed.fractionDigits, RoundingMode.HALF_EVEN);
    if (parsed.shifted) {
      rounded = rounded.scaleByPowerOfTen(-parsed.shiftDigits);
    }
    return parsed.format(Numeric.of(rounded));
  }

  private String format(Numeric value) {
    if (roman) {
      return roman(value);
    }
    if (scientific) {
      return scientific(value);
    }
    String digits;
    boolean negative = value.signum() < 0;
    if (value.isFinite()) {
      BigDecimal shown = value.decimal();
      if (shifted) {
        shown = shown.scaleByPowerOfTen(shiftDigits);
      }
      shown = shown.setScale(fractionDigits, RoundingMode.HALF_UP);
      negative = shown.signum() < 0;
      digits = shown.abs().toPlainString();
    } else {
      digits = value.abs().toString();
    }
    int places = integerDigits + (shifted ? shiftDigits : 0);
    int point = digits.indexOf('.');
    int length = point < 0 ? digits.length() : point;
    if (length > places) {
      digits = "#".repeat(places) + (fractionDigits > 0 ? "." + "#".repeat(fractionDigits) : "");
      length = places;
    }
    return new Writer(digits, negative, places - length, places).write();
  }

  private String roman(Numeric value) {
    long number = value.toLong().orElse(0L);
    String text;
    if (number < 1 || number > 3999) {
      text = "#".repeat(15);
    } else {
      StringBuilder digits = new StringBuilder();
      long rest = number;
      for (int i = 0; i < ROMAN_VALUES.length; i++) {
        while (rest >= ROMAN_VALUES[i]) {
          digits.append(ROMAN_DIGITS[i]);
          rest -= ROMAN_VALUES[i];
        }
      }
      text = digits.toString();
    }
    String cased = lowerRoman ? text.toLowerCase(Locale.ROOT) : text;
    return fill ? cased : " ".repeat(Math.max(0, 15 - cased.length())) + cased;
  }

  private String scientific(Numeric value) {
    if (!value.isFinite()) {
      String marks = "#".repeat(integerDigits + 1) + "." + "#".repeat(fractionDigits + 4);
      return " " + marks.substring(1);
    }
    BigDecimal decimalValue = value.decimal();
    int exponent = 0;
    BigDecimal mantissa = decimalValue.abs();
    if (mantissa.signum() != 0) {
      BigDecimal rounded =
          mantissa.round(new MathContext(fractionDigits + 1, RoundingMode.HALF_UP));
      exponent = rounded.precision() - rounded.scale() - 1;
      mantissa = rounded.scaleByPowerOfTen(-exponent);
    }
    String digits = mantissa.setScale(fractionDigits, RoundingMode.HALF_UP).toPlainString();
    return (decimalValue.signum() < 0 ? "-" : " ")
        + digits
        + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  /// Lays the digits of one number into the places of the template.
  private final class Writer {
    private final String digits;
    private final boolean negative;

    /// Places left of the first digit.
    private final int leading;

    private final int places;

    /// Index in `digits` of the last character that fill mode keeps, -1 when all are kept.
    private final int lastRelevant;

    private final StringBuilder result = new StringBuilder();
    private final boolean signBehind;
    private final boolean bracketed;
    private boolean signWritten;
    private boolean digitWritten;
    private int place;
    private int digit;

    Writer(String digits, boolean negative, int leading, int places) {
      this.digits = digits;
      this.negative = negative;
      this.leading = leading;
      this.places = places;
      this.lastRelevant = fill && decimal ? lastRelevant() : -1;
      boolean ownSign = minus || plus;
      this.bracketed = brackets && !(fill && !negative);
      this.signBehind = signPattern && !ownSign && (signAfter || digitsBeforeSign == integerDigits);
      this.signWritten = ownSign ? minus : !negative && fill && !signPattern;
    }

    /// Trailing zeros of the fraction go, except where the template has a `0`.
    private int lastRelevant() {
      int point = digits.indexOf('.');
      if (point < 0) {
        return -1;
      }
      int last = point;
      for (int i = point + 1; i < digits.length(); i++) {
        if (digits.charAt(i) != '0') {
          last = i;
        }
      }
      if (lastZero > leading) {
        last = Math.max(last, Math.min(digits.length() - 1, lastZero - leading));
      }
      return last;
    }

    String write() {
      for (Part part : parts) {
        switch (part.kind) {
          case NINE, ZERO, POINT -> place(part.kind);
          case COMMA -> {
            if (digitWritten) {
              result.append(',');
            } else if (!fill) {
              result.append(' ');
            }
          }
          case CURRENCY -> result.append(' ');
          case MINUS -> result.append(negative ? "-" : fill ? "" : " ");
          case PLUS -> result.append(negative ? fill ? "" : " " : "+");
          case SIGN_CHARACTER -> result.append(negative ? '-' : '+');
          case ORDINAL -> {
            if (!negative && !decimal && !digits.startsWith("#")) {
              result.append(ordinal(digits, part.text.equals("TH")));
            }
          }
          case LITERAL -> result.append(part.text);
          case SIGN, BRACKETS, ROMAN, SCIENTIFIC, SHIFT, BLANK, FILL_MODE -> {}
        }
      }
      return result.toString();
    }

    private char digitAt() {
      return digit < digits.length() ? digits.charAt(digit) : 0;
    }

    /// A lone zero before the point is not shown by `9`.
    private boolean isHiddenZero() {
      return !zeros && digit == 0 && digitAt() == '0' && fractionDigits != 0;
    }

    private boolean endsWithPoint() {
      return lastRelevant >= 0 && digits.charAt(lastRelevant) == '.';
    }

    private boolean isZeroPlace() {
      return zeros && firstZero - 1 <= place;
    }

    private void place(Kind kind) {
      boolean numberStarts = place >= leading || (zeros && firstZero - 1 == place);
      if (!signWritten && numberStarts && (!isHiddenZero() || endsWithPoint())) {
        writeSign();
      }
      if (place < leading) {
        if (isZeroPlace()) {
          result.append('0');
          digitWritten = true;
        } else if (!fill) {
          result.append(' ');
        }
      } else {
        digit(kind);
      }
      int count = places + fractionDigits - 1 + (leading == 0 && !signWasWrittenAtStart() ? 1 : 0);
      int end = count + (leading > 0 ? 1 : 0) + (decimal ? 1 : 0);
      if (lastRelevant >= 0 && lastRelevant == digit) {
        end = place;
      }
      place++;
      if (place == end) {
        if (bracketed && signWritten) {
          result.append(negative ? '>' : ' ');
        } else if (signBehind) {
          result.append(negative ? '-' : '+');
        }
      }
    }

    private boolean signWasWrittenAtStart() {
      boolean ownSign = minus || plus;
      return ownSign ? minus : !negative && fill && !signPattern;
    }

    private void digit(Kind kind) {
      char c = digitAt();
      if (c == '.') {
        result.append('.');
      } else if (lastRelevant >= 0 && digit > lastRelevant && kind != Kind.ZERO) {
        digitWritten = false;
      } else if (isHiddenZero()) {
        if (!fill) {
          result.append(' ');
        } else if (endsWithPoint()) {
          result.append('0');
        }
      } else if (c != 0) {
        result.append(c);
        digitWritten = true;
      }
      if (c != 0) {
        digit++;
      }
    }

    private void writeSign() {
      if (signPattern) {
        if (!signBehind) {
          result.append(negative ? '-' : '+');
          signWritten = true;
        }
      } else if (bracketed) {
        result.append(negative ? '<' : ' ');
        signWritten = true;
      } else {
        result.append(negative ? "-" : fill ? "" : " ");
        signWritten = true;
      }
    }
  }

  /// `st`, `nd`, `rd` or `th`.
  static String ordinal(String digits, boolean upper) {
    char last = digits.charAt(digits.length() - 1);
    boolean teen = digits.length() > 1 && digits.charAt(digits.length() - 2) == '1';
    String suffix =
        teen
            ? "th"
            : switch (last) {
              case '1' -> "st";
              case '2' -> "nd";
              case '3' -> "rd";
              default -> "th";
            };
    return upper ? suffix.toUpperCase(Locale.ROOT) : suffix;
  }

  // ---- to_number

  static Numeric parse(String text, String template) {
    NumberTemplate parsed = new NumberTemplate(template);
    if (parsed.roman) {
      throw new QuiverException(SqlState.FEATURE_NOT_SUPPORTED, "\"RN\" not supported for input");
    }
    if (parsed.scientific) {
      throw new QuiverException(SqlState.FEATURE_NOT_SUPPORTED, "\"EEEE\" not supported for input");
    }
    Numeric value = parsed.read(text);
    return parsed.shifted
        ? Numeric.of(value.decimal().scaleByPowerOfTen(-parsed.shiftDigits))
        : value;
  }

  private Numeric read(String text) {
    StringBuilder number = new StringBuilder();
    boolean negative = false;
    int at = 0;
    for (Part part : parts) {
      if (part.kind == Kind.FILL_MODE || part.kind == Kind.SHIFT || part.kind == Kind.BLANK) {
        continue;
      }
      boolean numeric = part.kind == Kind.NINE || part.kind == Kind.ZERO || part.kind == Kind.POINT;
      if (numeric || isSign(part.kind)) {
        while (at < text.length() && number.isEmpty() && text.charAt(at) == ' ') {
          at++;
        }
        if (at < text.length() && (number.isEmpty() || isSign(part.kind))) {
          char c = text.charAt(at);
          if (c == '-' || c == '+' || (c == '<' && brackets)) {
            negative |= c != '+';
            at++;
          }
        }
      }
      if (at >= text.length()) {
        continue;
      }
      char c = text.charAt(at);
      switch (part.kind) {
        case NINE, ZERO -> {
          boolean digit = c >= '0' && c <= '9';
          boolean point = c == '.' && decimal && number.indexOf(".") < 0;
          if (digit || point) {
            number.append(c);
            at++;
          }
        }
        case POINT -> {
          if (c == '.' && number.indexOf(".") < 0) {
            number.append(c);
            at++;
          }
        }
        case COMMA -> at += c == ',' ? 1 : 0;
        case CURRENCY, LITERAL -> {
          boolean skip = !(c >= '0' && c <= '9') && c != '-' && c != '+' && c != '.' && c != ',';
          boolean literal = part.kind == Kind.LITERAL && part.text.indexOf(c) >= 0;
          at += skip || literal ? 1 : 0;
        }
        case ORDINAL -> at = Math.min(text.length(), at + 2);
        default -> {}
      }
    }
    if (number.isEmpty()) {
      return NumberText.parseNumeric(" ");
    }
    Numeric value = NumberText.parseNumeric(number.toString());
    Numeric scaled = decimal ? value.round(Math.max(value.scale(), 0)) : value;
    return negative ? scaled.negate() : scaled;
  }

  private static boolean isSign(Kind kind) {
    return switch (kind) {
      case SIGN, MINUS, PLUS, SIGN_CHARACTER, BRACKETS -> true;
      default -> false;
    };
  }
}
