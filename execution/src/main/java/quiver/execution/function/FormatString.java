package quiver.execution.function;

import org.jspecify.annotations.Nullable;
import quiver.common.catalog.DefinitionText;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.format.NumberText;

/// `format(text, …)`: `%s`, `%I`, `%L`, `%%`, with positions and widths.
final class FormatString {
  private final FunctionContext context;
  private final CallTypes types;
  private final @Nullable Object[] arguments;
  private final String pattern;
  private final StringBuilder result = new StringBuilder();
  private int at;
  private int next = 1;

  private FormatString(FunctionContext context, CallTypes types, @Nullable Object[] arguments) {
    this.context = context;
    this.types = types;
    this.arguments = arguments;
    this.pattern = Arguments.text(arguments, 0);
  }

  static @Nullable String format(
      FunctionContext context, CallTypes types, @Nullable Object[] arguments) {
    return arguments[0] == null ? null : new FormatString(context, types, arguments).run();
  }

  private String run() {
    while (at < pattern.length()) {
      char c = pattern.charAt(at++);
      if (c != '%') {
        result.append(c);
      } else if (current() == '%') {
        result.append('%');
        at++;
      } else {
        specifier();
      }
    }
    return result.toString();
  }

  private char current() {
    if (at >= pattern.length()) {
      throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE, "unterminated format() type specifier")
          .withHint("For a single \"%\" use \"%%\".");
    }
    return pattern.charAt(at);
  }

  private void specifier() {
    int position = 0;
    int start = at;
    int number = digits();
    if (number >= 0 && current() == '$') {
      requireNumbered(number);
      position = number;
      at++;
    } else {
      at = start;
    }
    boolean left = false;
    while (current() == '-') {
      left = true;
      at++;
    }
    int width = 0;
    if (current() == '*') {
      at++;
      int widthPosition = digits();
      if (widthPosition >= 0) {
        if (current() != '$') {
          throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE, "width argument position must be ended by \"$\"");
        }
        requireNumbered(widthPosition);
        at++;
      }
      int index = widthPosition > 0 ? widthPosition : next++;
      Object value = argument(index);
      width =
          value == null
              ? 0
              : (int)
                  NumberText.parseInteger(
                      text(index), "integer", Integer.MIN_VALUE, Integer.MAX_VALUE);
      left |= width < 0;
      width = Math.abs(width);
    } else {
      width = Math.max(0, digits());
    }
    char conversion = current();
    at++;
    if (conversion != 's' && conversion != 'I' && conversion != 'L') {
      throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE,
              "unrecognized format() type specifier \"%s\"",
              conversion)
          .withHint("For a single \"%\" use \"%%\".");
    }
    if (position > 0) {
      next = position;
    }
    String value = convert(conversion, next++);
    String padding = " ".repeat(Math.max(0, width - StringFunctions.length(value)));
    result.append(left ? value + padding : padding + value);
  }

  private static void requireNumbered(int position) {
    if (position == 0) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "format specifies argument 0, but arguments are numbered from 1");
    }
  }

  private int digits() {
    int start = at;
    long value = 0;
    while (at < pattern.length() && pattern.charAt(at) >= '0' && pattern.charAt(at) <= '9') {
      value = 10 * value + pattern.charAt(at++) - '0';
      if (value > Integer.MAX_VALUE) {
        throw new QuiverException(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "number is out of range");
      }
    }
    return at == start ? -1 : (int) value;
  }

  private @Nullable Object argument(int index) {
    if (index >= arguments.length) {
      throw new QuiverException(SqlState.INVALID_PARAMETER_VALUE, "too few arguments for format()");
    }
    return arguments[index];
  }

  private String text(int index) {
    return StringFunctions.output(context, types.argument(index), arguments, index);
  }

  private String convert(char conversion, int index) {
    Object value = argument(index);
    return switch (conversion) {
      case 's' -> value == null ? "" : text(index);
      case 'L' -> value == null ? "NULL" : StringFunctions.quoteLiteral(text(index));
      default -> {
        if (value == null) {
          throw new QuiverException(
              SqlState.NULL_VALUE_NOT_ALLOWED,
              "null values cannot be formatted as an SQL identifier");
        }
        yield DefinitionText.identifier(text(index));
      }
    };
  }
}
