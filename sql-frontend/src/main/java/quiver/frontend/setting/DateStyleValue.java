package quiver.frontend.setting;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.format.DateOrder;
import quiver.common.format.DateStyle;

/// Reads a list of words for `DateStyle`: what it does not say stays as it is.
final class DateStyleValue {
  private final Parameter parameter;
  private final String value;
  private @Nullable DateStyle style;
  private @Nullable DateOrder order;
  private @Nullable DateOrder orderOfStyle;

  private DateStyleValue(Parameter parameter, String value) {
    this.parameter = parameter;
    this.value = value;
  }

  /// @param current the value there is
  /// @param reset the value that RESET goes back to, and the word `default`
  /// @return for example `SQL, DMY`
  static String normalise(Parameter parameter, String value, String current, String reset) {
    return new DateStyleValue(parameter, value).read(current, reset);
  }

  private String read(String current, String reset) {
    List<String> words =
        ParameterValues.splitIdentifiers(value)
            .orElseThrow(() -> invalid("List syntax is invalid."));
    String rest = current;
    for (String word : words) {
      String lower = word.toLowerCase(Locale.ROOT);
      if (lower.equals("default")) {
        rest = reset;
      } else {
        word(word, lower);
      }
    }
    if (order == null) {
      order = orderOfStyle;
    }
    DateStyle written = style == null ? DateStyle.of(rest) : style;
    return spelling(written) + ", " + (order == null ? DateOrder.of(rest) : order);
  }

  private void word(String word, String lower) {
    switch (lower) {
      case "iso" -> style(DateStyle.ISO);
      case "sql" -> style(DateStyle.SQL);
      case "german" -> {
        style(DateStyle.GERMAN);
        orderOfStyle = DateOrder.DMY;
      }
      case "ymd" -> order(DateOrder.YMD);
      case "dmy" -> order(DateOrder.DMY);
      case "mdy", "us" -> order(DateOrder.MDY);
      default -> {
        if (lower.startsWith("postgres")) {
          style(DateStyle.POSTGRES);
        } else if (lower.startsWith("euro")) {
          order(DateOrder.DMY);
        } else if (lower.startsWith("noneuro")) {
          order(DateOrder.MDY);
        } else {
          throw invalid("Unrecognized key word: \"" + word + "\".");
        }
      }
    }
  }

  private void style(DateStyle given) {
    if (style != null && style != given) {
      throw conflict();
    }
    style = given;
  }

  private void order(DateOrder given) {
    if (order != null && order != given) {
      throw conflict();
    }
    order = given;
  }

  private QuiverException conflict() {
    return invalid("Conflicting \"datestyle\" specifications.");
  }

  private QuiverException invalid(String detail) {
    return ParameterValues.invalid(parameter, value).withDetail(detail);
  }

  private static String spelling(DateStyle style) {
    return style == DateStyle.ISO || style == DateStyle.SQL
        ? style.name()
        : style.name().charAt(0) + style.name().substring(1).toLowerCase(Locale.ROOT);
  }
}
