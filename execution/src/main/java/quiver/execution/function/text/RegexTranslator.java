package quiver.execution.function.text;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// PostgreSQL's advanced regular expressions as `java.util.regex` patterns. Source: PostgreSQL 15,
/// section 9.7.3. Where the two choose differently among matches of one start (POSIX longest
/// against Perl leftmost alternative) ours is Perl's.
final class RegexTranslator {
  private final String source;
  private final StringBuilder out = new StringBuilder();
  private int at;
  private int flags = Pattern.DOTALL;
  private boolean literal;
  private boolean expanded;
  private boolean newlineAnchors;

  private RegexTranslator(String source) {
    this.source = source;
  }

  /// @param options PostgreSQL's flag letters but `g`, for example `in`
  static Pattern compile(String source, String options) {
    RegexTranslator translator = new RegexTranslator(source);
    translator.options(options);
    translator.director();
    try {
      return translator.pattern();
    } catch (PatternSyntaxException e) {
      throw new QuiverException(
              SqlState.INVALID_REGULAR_EXPRESSION,
              "invalid regular expression: %s",
              describe(e.getDescription()))
          .withCause(e);
    }
  }

  private static String describe(String description) {
    if (description.contains("Unclosed group") || description.contains("Unmatched closing ')'")) {
      return "parentheses () not balanced";
    }
    if (description.contains("Unclosed character class")) {
      return "brackets [] not balanced";
    }
    if (description.contains("Dangling meta character")) {
      return "quantifier operand invalid";
    }
    if (description.contains("repetition")) {
      return "invalid repetition count(s)";
    }
    return "invalid escape \\ sequence".equals(description)
        ? description
        : description.toLowerCase(java.util.Locale.ROOT);
  }

  private void options(String options) {
    for (int i = 0; i < options.length(); i++) {
      char option = options.charAt(i);
      switch (option) {
        case 'i' -> flags |= Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
        case 'c' -> flags &= ~(Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
        case 'n', 'm' -> {
          flags &= ~Pattern.DOTALL;
          newlineAnchors = true;
        }
        case 'p' -> flags &= ~Pattern.DOTALL;
        case 'w' -> newlineAnchors = true;
        case 's' -> {
          flags |= Pattern.DOTALL;
          newlineAnchors = false;
        }
        case 'x' -> expanded = true;
        case 't' -> expanded = false;
        case 'q' -> literal = true;
        case 'e', 'b' -> {
          // All forms are read as advanced ones.
        }
        default ->
            throw new QuiverException(
                SqlState.INVALID_PARAMETER_VALUE,
                "invalid regular expression option: \"%s\"",
                option);
      }
    }
  }

  /// `***=`, `***:` and `(?flags)` at the start.
  private void director() {
    if (source.startsWith("***=")) {
      literal = true;
      at = 4;
    } else if (source.startsWith("***:")) {
      at = 4;
    }
    if (source.startsWith("(?", at)
        && at + 2 < source.length()
        && Character.isLetter(source.charAt(at + 2))) {
      int end = source.indexOf(')', at);
      if (end > 0) {
        options(source.substring(at + 2, end));
        at = end + 1;
      }
    }
  }

  private Pattern pattern() {
    if (literal) {
      return Pattern.compile(Pattern.quote(source.substring(at)), flags);
    }
    while (at < source.length()) {
      char c = source.charAt(at);
      switch (c) {
        case '\\' -> escape();
        case '[' -> bracket();
        case '$' -> {
          out.append(newlineAnchors ? "(?=\\n|\\z)" : "\\z");
          at++;
        }
        case '^' -> {
          out.append(newlineAnchors ? "(?:\\A|(?<=\\n))" : "\\A");
          at++;
        }
        case '.' -> {
          out.append((flags & Pattern.DOTALL) != 0 ? "." : "[^\\n]");
          at++;
        }
        case '#' -> {
          out.append(expanded ? "#" : "\\#");
          at++;
        }
        default -> {
          out.append(c);
          at++;
        }
      }
    }
    return Pattern.compile(out.toString(), expanded ? flags | Pattern.COMMENTS : flags);
  }

  private void escape() {
    if (at + 1 >= source.length()) {
      throw new QuiverException(
          SqlState.INVALID_REGULAR_EXPRESSION,
          "invalid regular expression: invalid escape \\ sequence");
    }
    char c = source.charAt(at + 1);
    at += 2;
    switch (c) {
      case 'm' -> out.append("\\b(?=\\w)");
      case 'M' -> out.append("\\b(?<=\\w)");
      case 'y' -> out.append("\\b");
      case 'Y' -> out.append("\\B");
      case 'A' -> out.append("\\A");
      case 'Z' -> out.append("\\z");
      case 'a' -> out.append("\\x07");
      case 'b' -> out.append("\\x08");
      case 'B' -> out.append("\\\\");
      case 'e' -> out.append("\\x1b");
      case 'v' -> out.append("\\x0b");
      case 'd', 'D', 's', 'S', 'w', 'W', 'n', 't', 'r', 'f', 'x', 'u', 'c', '0' ->
          out.append('\\').append(c);
      default -> {
        if (Character.isDigit(c)) {
          out.append('\\').append(c);
        } else if (Character.isLetter(c)) {
          throw new QuiverException(
              SqlState.INVALID_REGULAR_EXPRESSION,
              "invalid regular expression: invalid escape \\ sequence");
        } else {
          out.append('\\').append(c);
        }
      }
    }
  }

  /// `[…]` with POSIX classes; a `]` right after the start is a member.
  private void bracket() {
    if (source.startsWith("[[:<:]]", at)) {
      out.append("\\b(?=\\w)");
      at += 7;
      return;
    }
    if (source.startsWith("[[:>:]]", at)) {
      out.append("\\b(?<=\\w)");
      at += 7;
      return;
    }
    out.append('[');
    at++;
    if (at < source.length() && source.charAt(at) == '^') {
      out.append('^');
      at++;
    }
    boolean first = true;
    while (at < source.length() && (first || source.charAt(at) != ']')) {
      member();
      first = false;
    }
    if (at >= source.length()) {
      throw new QuiverException(
          SqlState.INVALID_REGULAR_EXPRESSION,
          "invalid regular expression: brackets [] not balanced");
    }
    out.append(']');
    at++;
  }

  private void member() {
    char c = source.charAt(at);
    if (source.startsWith("[:", at)) {
      int end = source.indexOf(":]", at + 2);
      if (end < 0) {
        throw new QuiverException(
            SqlState.INVALID_REGULAR_EXPRESSION,
            "invalid regular expression: brackets [] not balanced");
      }
      out.append(posixClass(source.substring(at + 2, end)));
      at = end + 2;
    } else if (c == '\\' && at + 1 < source.length()) {
      escape();
    } else {
      if (c == '[' || c == ']' || c == '&' || c == '^' || c == '#' || c == ' ') {
        out.append('\\');
      }
      out.append(c);
      at++;
    }
  }

  private static String posixClass(String name) {
    return switch (name) {
      case "alpha" -> "\\p{IsAlphabetic}";
      case "digit" -> "0-9";
      case "alnum" -> "\\p{IsAlphabetic}0-9";
      case "upper" -> "\\p{Lu}";
      case "lower" -> "\\p{Ll}";
      case "space" -> "\\s";
      case "blank" -> " \\t";
      case "punct" -> "\\p{Punct}";
      case "cntrl" -> "\\p{Cntrl}";
      case "xdigit" -> "0-9A-Fa-f";
      case "print" -> "\\p{Print}";
      case "graph" -> "\\p{Graph}";
      case "word" -> "\\w";
      default ->
          throw new QuiverException(
              SqlState.INVALID_REGULAR_EXPRESSION,
              "invalid regular expression: invalid character class");
    };
  }

  /// SIMILAR TO's pattern as an advanced regular expression. Source: PostgreSQL 15, section 9.7.2.
  static String similar(String pattern, String escape) {
    StringBuilder regex = new StringBuilder("^(?:");
    boolean inBracket = false;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (!escape.isEmpty() && pattern.startsWith(escape, i)) {
        i += escape.length();
        if (i < pattern.length()) {
          regex.append('\\').append(pattern.charAt(i));
        }
      } else if (inBracket) {
        inBracket = c != ']';
        regex.append(c == '\\' ? "\\\\" : String.valueOf(c));
      } else {
        switch (c) {
          case '[' -> {
            inBracket = true;
            regex.append('[');
          }
          case '%' -> regex.append(".*");
          case '_' -> regex.append('.');
          case '(' -> regex.append("(?:");
          case '\\', '.', '^', '$' -> regex.append('\\').append(c);
          default -> regex.append(c);
        }
      }
    }
    return regex.append(")$").toString();
  }
}
