package quiver.execution.function;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// PostgreSQL's advanced regular expressions on java.util.regex. The syntax is translated; matching
/// is Java's, so that of several alternatives the first one that matches wins, not the longest.
///
/// Immutable. A match that takes too many steps is cancelled like a statement or refused.
final class RegularExpression {
  /// Steps between two looks at the statement's cancel flag.
  private static final int STEPS_PER_CHECK = 1 << 16;

  /// Steps one match may take: far above what ordinary expressions need, some seconds at most.
  private static final long STEPS_MAX = 1L << 31;

  private final Pattern pattern;

  private RegularExpression(Pattern pattern) {
    this.pattern = pattern;
  }

  /// Options by PostgreSQL's letters.
  ///
  /// @param newlineSensitive `n`: `.` and brackets do not match a newline, `^` and `$` match at
  ///   lines
  record Options(
      boolean ignoreCase,
      boolean global,
      boolean expanded,
      boolean quoted,
      boolean dotStopsAtNewline,
      boolean anchorsAtLines) {
    static final Options NONE = new Options(false, false, false, false, false, false);

    static Options parse(String letters) {
      boolean ignoreCase = false;
      boolean global = false;
      boolean expanded = false;
      boolean quoted = false;
      boolean dot = false;
      boolean anchors = false;
      for (int i = 0; i < letters.length(); i++) {
        switch (letters.charAt(i)) {
          case 'g' -> global = true;
          case 'i' -> ignoreCase = true;
          case 'c' -> ignoreCase = false;
          case 'x' -> expanded = true;
          case 't' -> expanded = false;
          case 'q' -> quoted = true;
          case 'e', 'b' -> quoted = false;
          case 'm', 'n' -> {
            dot = true;
            anchors = true;
          }
          case 's' -> {
            dot = false;
            anchors = false;
          }
          case 'p' -> {
            dot = true;
            anchors = false;
          }
          case 'w' -> {
            dot = false;
            anchors = true;
          }
          default ->
              throw new QuiverException(
                  SqlState.INVALID_PARAMETER_VALUE,
                  "invalid regular expression option: \"%s\"",
                  letters.substring(i, letters.offsetByCodePoints(i, 1)));
        }
      }
      return new Options(ignoreCase, global, expanded, quoted, dot, anchors);
    }

    Options withIgnoreCase() {
      return new Options(true, global, expanded, quoted, dotStopsAtNewline, anchorsAtLines);
    }
  }

  /// The last expression of one call site: most calls repeat it. A race loses a compilation only.
  static final class Cache {
    private record Entry(String source, Options options, RegularExpression expression) {}

    private volatile @Nullable Entry last;

    RegularExpression get(String source, Options options) {
      Entry entry = last;
      if (entry == null || !entry.source.equals(source) || !entry.options.equals(options)) {
        entry = new Entry(source, options, compile(source, options));
        last = entry;
      }
      return entry.expression;
    }
  }

  static RegularExpression compile(String source, Options options) {
    String expression = source;
    Options effective = options;
    if (expression.startsWith("***=")) {
      expression = Pattern.quote(expression.substring(4));
    } else if (options.quoted) {
      expression = Pattern.quote(expression);
    } else {
      if (expression.startsWith("***:")) {
        expression = expression.substring(4);
      } else if (expression.startsWith("***")) {
        throw invalid("quantifier operand invalid");
      }
      int close = expression.indexOf(')');
      if (expression.startsWith("(?")
          && close > 2
          && expression.substring(2, close).matches("[a-z]+")) {
        Options embedded = Options.parse(expression.substring(2, close));
        effective =
            new Options(
                options.ignoreCase || embedded.ignoreCase,
                options.global,
                options.expanded || embedded.expanded,
                embedded.quoted,
                options.dotStopsAtNewline || embedded.dotStopsAtNewline,
                options.anchorsAtLines || embedded.anchorsAtLines);
        expression = expression.substring(close + 1);
      }
      expression =
          effective.quoted
              ? Pattern.quote(expression)
              : new Translator(expression, effective).translate();
    }
    int flags = effective.dotStopsAtNewline ? 0 : Pattern.DOTALL;
    flags |= Pattern.UNIX_LINES;
    flags |= effective.ignoreCase ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0;
    flags |= effective.anchorsAtLines ? Pattern.MULTILINE : 0;
    try {
      return new RegularExpression(Pattern.compile(expression, flags));
    } catch (PatternSyntaxException e) {
      throw invalid(reason(e)).withCause(e);
    }
  }

  /// PostgreSQL's words for what Java found.
  private static String reason(PatternSyntaxException e) {
    String description = e.getDescription().toLowerCase(Locale.ROOT);
    if (description.contains("unclosed group") || description.contains("unmatched closing")) {
      return "parentheses () not balanced";
    }
    if (description.contains("unclosed character class")) {
      return "brackets [] not balanced";
    }
    if (description.contains("dangling meta")) {
      return "quantifier operand invalid";
    }
    if (description.contains("character range")) {
      return "invalid character range";
    }
    if (description.contains("repetition") || description.contains("closed quantifier")) {
      return "invalid repetition count(s)";
    }
    return description.contains("escape") ? "invalid escape \\ sequence" : description;
  }

  private static QuiverException invalid(String reason) {
    return new QuiverException(
        SqlState.INVALID_REGULAR_EXPRESSION, "invalid regular expression: %s", reason);
  }

  int groupCount() {
    return pattern.matcher("").groupCount();
  }

  /// One search through a text; each step may throw.
  final class Search {
    private final Matcher matcher;

    Search(FunctionContext context, String text) {
      this.matcher = pattern.matcher(new GuardedText(context, text, 0, text.length()));
    }

    /// The next match at or after an index.
    boolean find(int from) {
      try {
        return matcher.find(from);
      } catch (StackOverflowError e) {
        throw tooComplex().withCause(e);
      }
    }

    /// Start of a group, -1 when it did not take part.
    int start(int group) {
      return matcher.start(group);
    }

    int end(int group) {
      return matcher.end(group);
    }

    int groupCount() {
      return matcher.groupCount();
    }

    @Nullable String group(int group) {
      return matcher.group(group);
    }
  }

  Search search(FunctionContext context, String text) {
    return new Search(context, text);
  }

  boolean isFoundIn(FunctionContext context, String text) {
    return search(context, text).find(0);
  }

  private static QuiverException tooComplex() {
    return new QuiverException(
        SqlState.STATEMENT_TOO_COMPLEX,
        "regular expression failed: regular expression is too complex");
  }

  /// A text that counts how often it is read.
  private static final class GuardedText implements CharSequence {
    private final FunctionContext context;
    private final String text;
    private final int start;
    private final int end;
    private long steps;

    GuardedText(FunctionContext context, String text, int start, int end) {
      this.context = context;
      this.text = text;
      this.start = start;
      this.end = end;
    }

    @Override
    public char charAt(int index) {
      if ((++steps & (STEPS_PER_CHECK - 1)) == 0) {
        context.session().checkCancelled();
        if (steps > STEPS_MAX) {
          throw tooComplex();
        }
      }
      return text.charAt(start + index);
    }

    @Override
    public int length() {
      return end - start;
    }

    @Override
    public CharSequence subSequence(int from, int to) {
      return new GuardedText(context, text, start + from, start + to);
    }

    @Override
    public String toString() {
      return text.substring(start, end);
    }
  }

  /// Rewrites what Java spells differently.
  private static final class Translator {
    private final String source;
    private final Options options;
    private final StringBuilder result = new StringBuilder();
    private int at;

    Translator(String source, Options options) {
      this.source = source;
      this.options = options;
    }

    String translate() {
      while (at < source.length()) {
        char c = source.charAt(at);
        switch (c) {
          case '[' -> bracket();
          case '\\' -> escape();
          case '$' -> {
            // Java's $ also matches before a last newline.
            result.append(options.anchorsAtLines ? "$" : "\\z");
            at++;
          }
          case '{' -> brace();
          case '#' -> {
            if (options.expanded) {
              while (at < source.length() && source.charAt(at) != '\n') {
                at++;
              }
            } else {
              result.append("#");
              at++;
            }
          }
          default -> {
            if (!options.expanded || !Character.isWhitespace(c)) {
              result.append(c);
            }
            at++;
          }
        }
      }
      return result.toString();
    }

    /// A brace not followed by a digit is itself.
    private void brace() {
      boolean quantifier = at + 1 < source.length() && Character.isDigit(source.charAt(at + 1));
      result.append(quantifier ? "{" : "\\{");
      at++;
    }

    private void escape() {
      if (at + 1 >= source.length()) {
        throw invalid("invalid escape \\ sequence");
      }
      char c = source.charAt(at + 1);
      at += 2;
      switch (c) {
        case 'm' -> result.append("\\b(?=\\w)");
        case 'M' -> result.append("\\b(?<=\\w)");
        case 'y' -> result.append("\\b");
        case 'Y' -> result.append("\\B");
        case 'A' -> result.append("\\A");
        case 'Z' -> result.append("\\z");
        case 'B' -> result.append("\\\\");
        case 'b' -> result.append("\\x08");
        case 'd' -> result.append("\\p{IsDigit}");
        case 'D' -> result.append("\\P{IsDigit}");
        case 's' -> result.append("\\p{IsWhite_Space}");
        case 'S' -> result.append("\\P{IsWhite_Space}");
        case 'w' -> result.append("[\\p{IsAlphabetic}\\p{IsDigit}_]");
        case 'W' -> result.append("[^\\p{IsAlphabetic}\\p{IsDigit}_]");
        case 'u' -> hex(4);
        case 'U' -> hex(8);
        case 'x' -> hex(-1);
        case 'a' -> result.append("\\x07");
        case 'e' -> result.append("\\x1b");
        case 'f', 'n', 'r', 't' -> result.append('\\').append(c);
        case 'v' -> result.append("\\x0b");
        case '0' -> result.append("\\x00");
        default -> {
          if (Character.isLetter(c)) {
            throw invalid("invalid escape \\ sequence");
          }
          if (c >= '1' && c <= '9') {
            result.append('\\').append(c);
          } else {
            result.append(Pattern.quote(String.valueOf(c)));
          }
        }
      }
    }

    private void hex(int count) {
      int start = at;
      int limit = count < 0 ? source.length() : Math.min(source.length(), at + count);
      while (at < limit && Character.digit(source.charAt(at), 16) >= 0) {
        at++;
      }
      if (at == start || (count > 0 && at - start != count)) {
        throw invalid("invalid escape \\ sequence");
      }
      result.append("\\x{").append(source, start, at).append('}');
    }

    private void bracket() {
      if (source.startsWith("[[:<:]]", at)) {
        result.append("\\b(?=\\w)");
        at += 7;
        return;
      }
      if (source.startsWith("[[:>:]]", at)) {
        result.append("\\b(?<=\\w)");
        at += 7;
        return;
      }
      at++;
      result.append('[');
      if (at < source.length() && source.charAt(at) == '^') {
        result.append('^');
        at++;
        if (options.dotStopsAtNewline) {
          result.append("\\n");
        }
      }
      boolean first = true;
      while (true) {
        if (at >= source.length()) {
          throw invalid("brackets [] not balanced");
        }
        char c = source.charAt(at);
        if (c == ']' && !first) {
          at++;
          result.append(']');
          return;
        }
        first = false;
        if (c == '[' && at + 1 < source.length() && ":.=".indexOf(source.charAt(at + 1)) >= 0) {
          characterClass(source.charAt(at + 1));
        } else if (c == '\\') {
          bracketEscape();
        } else if (c == '-') {
          boolean range =
              result.charAt(result.length() - 1) != '['
                  && at + 1 < source.length()
                  && source.charAt(at + 1) != ']';
          result.append(range ? "-" : "\\-");
          at++;
        } else {
          result.append("[]&^\\".indexOf(c) >= 0 ? "\\" : "").append(c);
          at++;
        }
      }
    }

    private void bracketEscape() {
      char c = at + 1 < source.length() ? source.charAt(at + 1) : 0;
      switch (c) {
        case 'w' -> {
          result.append("\\p{IsAlphabetic}\\p{IsDigit}_");
          at += 2;
        }
        case 'd', 's', 'D', 'S', 'n', 't', 'r', 'f', 'a', 'e', 'x', 'u', 'U', 'v', '0', 'b', 'B' ->
            escape();
        default -> {
          if (Character.isLetterOrDigit(c) || c == 0) {
            throw invalid("invalid escape \\ sequence");
          }
          result.append('\\').append(c);
          at += 2;
        }
      }
    }

    private void characterClass(char kind) {
      int end = source.indexOf(kind + "]", at + 2);
      if (end < 0) {
        throw invalid("brackets [] not balanced");
      }
      String name = source.substring(at + 2, end);
      at = end + 2;
      if (kind != ':') {
        if (name.codePointCount(0, name.length()) != 1) {
          throw invalid("invalid collating element");
        }
        result.append("\\x{").append(Integer.toHexString(name.codePointAt(0))).append('}');
        return;
      }
      result.append(
          switch (name) {
            case "alpha" -> "\\p{IsAlphabetic}";
            case "digit" -> "\\p{IsDigit}";
            case "alnum" -> "\\p{IsAlphabetic}\\p{IsDigit}";
            case "upper" -> "\\p{IsUppercase}";
            case "lower" -> "\\p{IsLowercase}";
            case "space" -> "\\p{IsWhite_Space}";
            case "blank" -> " \\t";
            case "punct" -> "!-/:-@\\[-`{-~";
            case "cntrl" -> "\\x00-\\x1f\\x7f";
            case "graph" -> "\\p{Graph}";
            case "print" -> "\\p{Print}";
            case "xdigit" -> "0-9A-Fa-f";
            case "word" -> "\\p{IsAlphabetic}\\p{IsDigit}_";
            default -> throw invalid("invalid character class");
          });
    }
  }
}
