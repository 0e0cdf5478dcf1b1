package quiver.execution.function;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.value.ArrayValue;
import quiver.common.value.Bytes;
import quiver.execution.function.RegularExpression.Cache;
import quiver.execution.function.RegularExpression.Options;

/// LIKE, SIMILAR TO and regular expressions.
final class PatternFunctions {
  private PatternFunctions() {}

  static void addTo(FunctionTable table) {
    like(table);
    operators(table);
    replace(table);
    match(table);
    table
        .one("similar_to_escape(text)", (_, a) -> similar(Arguments.text(a, 0), "\\", false))
        .one(
            "similar_to_escape(text,text)",
            (_, a) -> similar(Arguments.text(a, 0), Arguments.text(a, 1), false));
  }

  // ---- LIKE

  private static void like(FunctionTable table) {
    ScalarFunction like = (_, a) -> LikePattern.matches(Arguments.text(a, 0), Arguments.text(a, 1));
    ScalarFunction notLike =
        (_, a) -> !LikePattern.matches(Arguments.text(a, 0), Arguments.text(a, 1));
    ScalarFunction ignoreCase = (_, a) -> LikePattern.matches(lower(a, 0), lower(a, 1));
    ScalarFunction notIgnoreCase = (_, a) -> !LikePattern.matches(lower(a, 0), lower(a, 1));
    ScalarFunction bytes = (_, a) -> LikePattern.matches(latin(a, 0), latin(a, 1));
    ScalarFunction notBytes = (_, a) -> !LikePattern.matches(latin(a, 0), latin(a, 1));
    for (String type : new String[] {"text", "name", "bpchar"}) {
      table.all(type + "like", like).all(type + "nlike", notLike);
      table.all(type + "iclike", ignoreCase).all(type + "icnlike", notIgnoreCase);
    }
    table
        .all("bytealike", bytes)
        .all("byteanlike", notBytes)
        .one("like(text,text)", like)
        .one("like(name,text)", like)
        .one("like(bytea,bytea)", bytes)
        .one("notlike(text,text)", notLike)
        .one("notlike(name,text)", notLike)
        .one("notlike(bytea,bytea)", notBytes)
        .one(
            "like_escape(text,text)",
            (_, a) -> LikePattern.withEscape(Arguments.text(a, 0), Arguments.text(a, 1)))
        .one(
            "like_escape(bytea,bytea)",
            (_, a) ->
                Bytes.of(
                    LikePattern.withEscape(latin(a, 0), latin(a, 1))
                        .getBytes(StandardCharsets.ISO_8859_1)));
  }

  private static String lower(@Nullable Object[] arguments, int index) {
    return Arguments.text(arguments, index).toLowerCase(Locale.ROOT);
  }

  private static String latin(@Nullable Object[] arguments, int index) {
    return new String(Arguments.bytes(arguments, index).array(), StandardCharsets.ISO_8859_1);
  }

  // ---- SIMILAR TO

  /// A SIMILAR TO pattern as a regular expression.
  ///
  /// @param forSubstring the part before a first escape-double-quote takes as little as it can
  private static String similar(String pattern, String escape, boolean forSubstring) {
    if (escape.codePointCount(0, escape.length()) > 1) {
      throw new QuiverException(SqlState.INVALID_ESCAPE_SEQUENCE, "invalid escape string")
          .withHint("Escape string must be empty or one character.");
    }
    int escapeCharacter = escape.isEmpty() ? -1 : escape.codePointAt(0);
    boolean reluctant = forSubstring && !escape.isEmpty() && pattern.contains(escape + "\"");
    StringBuilder result = new StringBuilder("^(?:");
    boolean escaped = false;
    boolean inBrackets = false;
    int quotes = 0;
    for (int i = 0; i < pattern.length(); ) {
      int c = pattern.codePointAt(i);
      i += Character.charCount(c);
      if (escaped) {
        if (c == '"' && !inBrackets) {
          if (quotes == 2) {
            throw new QuiverException(
                SqlState.INVALID_PARAMETER_VALUE,
                "SQL regular expression may not contain more than two escape-double-quote"
                    + " separators");
          }
          result.append(quotes == 0 ? "){1,1}?(" : "){1,1}(?:");
          quotes++;
          reluctant = false;
        } else {
          result.append('\\').appendCodePoint(c);
        }
        escaped = false;
      } else if (c == escapeCharacter) {
        escaped = true;
      } else if (inBrackets) {
        result.append(c == '\\' ? "\\" : "").appendCodePoint(c);
        inBrackets = c != ']';
      } else {
        switch (c) {
          case '[' -> {
            result.append('[');
            inBrackets = true;
          }
          case '%' -> result.append(reluctant ? ".*?" : ".*");
          case '_' -> result.append('.');
          case '(' -> result.append("(?:");
          case '\\', '.', '^', '$' -> result.append('\\').appendCodePoint(c);
          default -> result.appendCodePoint(c);
        }
      }
    }
    return result.append(")$").toString();
  }

  // ---- regular expressions

  private static Function<CallTypes, ScalarFunction> test(Options options, boolean expected) {
    return _ -> {
      Cache cache = new Cache();
      return (context, a) ->
          cache.get(Arguments.text(a, 1), options).isFoundIn(context, Arguments.text(a, 0))
              == expected;
    };
  }

  private static void operators(FunctionTable table) {
    Options ignoreCase = Options.NONE.withIgnoreCase();
    for (String type : new String[] {"text", "name", "bpchar"}) {
      table
          .allTyped(type + "regexeq", test(Options.NONE, true))
          .allTyped(type + "regexne", test(Options.NONE, false))
          .allTyped(type + "icregexeq", test(ignoreCase, true))
          .allTyped(type + "icregexne", test(ignoreCase, false));
    }
  }

  private static String flags(@Nullable Object[] arguments, int index) {
    return index < arguments.length ? Arguments.text(arguments, index) : "";
  }

  private static int number(@Nullable Object[] arguments, int index, int otherwise) {
    return index < arguments.length ? Arguments.int4(arguments, index) : otherwise;
  }

  private static QuiverException invalidParameter(String name, long value) {
    return new QuiverException(
        SqlState.INVALID_PARAMETER_VALUE, "invalid value for parameter \"%s\": %d", name, value);
  }

  /// Index of a character position (from 1).
  private static int startIndex(String text, int position) {
    if (position <= 0) {
      throw invalidParameter("start", position);
    }
    int length = StringFunctions.length(text);
    return position > length + 1 ? -1 : text.offsetByCodePoints(0, position - 1);
  }

  /// The next index a search may start at after an empty match.
  private static int after(String text, int index) {
    return index < text.length() ? index + Character.charCount(text.codePointAt(index)) : index + 1;
  }

  private static void replace(FunctionTable table) {
    table
        .oneTyped("regexp_replace(text,text,text)", _ -> replace(3, -1, -1))
        .oneTyped("regexp_replace(text,text,text,text)", _ -> replace(3, -1, -1))
        .oneTyped("regexp_replace(text,text,text,int4)", _ -> replace(5, 3, 4))
        .oneTyped("regexp_replace(text,text,text,int4,int4)", _ -> replace(5, 3, 4))
        .oneTyped("regexp_replace(text,text,text,int4,int4,text)", _ -> replace(5, 3, 4));
  }

  /// @param flagsAt where the flags are, if given; likewise the others, -1 for never
  private static ScalarFunction replace(int flagsAt, int startAt, int nthAt) {
    Cache cache = new Cache();
    return (context, a) -> {
      String text = Arguments.text(a, 0);
      String letters = flags(a, flagsAt);
      if (startAt < 0 && !letters.isEmpty() && Character.isDigit(letters.charAt(0))) {
        throw new QuiverException(
                SqlState.INVALID_PARAMETER_VALUE,
                "invalid regular expression option: \"%s\"",
                letters.substring(0, 1))
            .withHint(
                "If you meant to use regexp_replace() with a start parameter, cast the fourth"
                    + " argument to integer explicitly.");
      }
      Options options = Options.parse(letters);
      int start = startAt < 0 ? 0 : startIndex(text, number(a, startAt, 1));
      int nth = nthAt < 0 || nthAt >= a.length ? (options.global() ? 0 : 1) : number(a, nthAt, 1);
      if (nth < 0) {
        throw invalidParameter("n", nth);
      }
      RegularExpression expression = cache.get(Arguments.text(a, 1), options);
      return start < 0
          ? text
          : replaced(context, text, expression, Arguments.text(a, 2), start, nth);
    };
  }

  /// @param nth which match is replaced, 0 for all
  private static String replaced(
      FunctionContext context,
      String text,
      RegularExpression expression,
      String replacement,
      int start,
      int nth) {
    RegularExpression.Search search = expression.search(context, text);
    StringBuilder result = new StringBuilder(text.length());
    int copied = 0;
    int from = start;
    int count = 0;
    while (from <= text.length() && search.find(from)) {
      count++;
      int matchStart = search.start(0);
      int matchEnd = search.end(0);
      if (nth == 0 || count == nth) {
        result.append(text, copied, matchStart);
        appendReplacement(search, replacement, result);
        copied = matchEnd;
        if (nth != 0) {
          break;
        }
      }
      from = matchEnd > matchStart ? matchEnd : after(text, matchEnd);
    }
    return result.append(text, copied, text.length()).toString();
  }

  /// `\1` … `\9` and `\&` are matched parts, `\\` is a backslash.
  private static void appendReplacement(
      RegularExpression.Search search, String replacement, StringBuilder result) {
    for (int i = 0; i < replacement.length(); i++) {
      char c = replacement.charAt(i);
      char next = i + 1 < replacement.length() ? replacement.charAt(i + 1) : 0;
      if (c != '\\' || next == 0) {
        result.append(c);
        continue;
      }
      i++;
      if (next >= '1' && next <= '9') {
        String group = next - '0' <= search.groupCount() ? search.group(next - '0') : null;
        result.append(group == null ? "" : group);
      } else if (next == '&') {
        result.append(search.group(0));
      } else if (next == '\\') {
        result.append('\\');
      } else {
        result.append(c).append(next);
      }
    }
  }

  private static Options withoutGlobal(String letters, String function) {
    Options options = Options.parse(letters);
    if (options.global()) {
      QuiverException error =
          new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE,
              "%s does not support the \"global\" option",
              function);
      throw function.equals("regexp_match()")
          ? error.withHint("Use the regexp_matches function instead.")
          : error;
    }
    return options;
  }

  private static void match(FunctionTable table) {
    table
        .allTyped("regexp_match", _ -> matchFunction())
        .allTyped("regexp_like", _ -> likeFunction())
        .allTyped("regexp_count", _ -> countFunction())
        .allTyped("regexp_instr", _ -> positionFunction())
        .allTyped("regexp_substr", _ -> partFunction())
        .allTyped("regexp_split_to_array", _ -> splitFunction())
        .oneTyped(
            "substring(text,text)",
            _ -> {
              Cache cache = new Cache();
              return (context, a) ->
                  firstPart(
                      context, cache.get(Arguments.text(a, 1), Options.NONE), Arguments.text(a, 0));
            })
        .oneTyped(
            "substring(text,text,text)",
            _ -> {
              Cache cache = new Cache();
              return (context, a) ->
                  firstPart(
                      context,
                      cache.get(
                          similar(Arguments.text(a, 1), Arguments.text(a, 2), true), Options.NONE),
                      Arguments.text(a, 0));
            });
  }

  private static @Nullable String firstPart(
      FunctionContext context, RegularExpression expression, String text) {
    RegularExpression.Search search = expression.search(context, text);
    return search.find(0) ? search.group(search.groupCount() > 0 ? 1 : 0) : null;
  }

  private static ScalarFunction matchFunction() {
    Cache cache = new Cache();
    return (context, a) -> {
      Options options = withoutGlobal(flags(a, 2), "regexp_match()");
      RegularExpression.Search search =
          cache.get(Arguments.text(a, 1), options).search(context, Arguments.text(a, 0));
      return search.find(0) ? groups(search) : null;
    };
  }

  /// The groups of a match, or the whole match when there are none.
  static ArrayValue groups(RegularExpression.Search search) {
    if (search.groupCount() == 0) {
      return ArrayValue.of(BaseType.TEXT, new @Nullable Object[] {search.group(0)});
    }
    @Nullable Object[] groups = new @Nullable Object[search.groupCount()];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = search.group(i + 1);
    }
    return ArrayValue.of(BaseType.TEXT, groups);
  }

  private static ScalarFunction likeFunction() {
    Cache cache = new Cache();
    return (context, a) -> {
      Options options = withoutGlobal(flags(a, 2), "regexp_like()");
      return cache.get(Arguments.text(a, 1), options).isFoundIn(context, Arguments.text(a, 0));
    };
  }

  private static ScalarFunction countFunction() {
    Cache cache = new Cache();
    return (context, a) -> {
      String text = Arguments.text(a, 0);
      Options options = withoutGlobal(flags(a, 3), "regexp_count()");
      int start = startIndex(text, number(a, 2, 1));
      RegularExpression.Search search =
          cache.get(Arguments.text(a, 1), options).search(context, text);
      long count = 0;
      int from = start < 0 ? text.length() + 1 : start;
      while (from <= text.length() && search.find(from)) {
        count++;
        from = search.end(0) > search.start(0) ? search.end(0) : after(text, search.end(0));
      }
      return count;
    };
  }

  /// Moves the search to the nth match.
  private static boolean findNth(RegularExpression.Search search, String text, int start, int nth) {
    int from = start;
    for (int i = 1; from <= text.length() && search.find(from); i++) {
      if (i == nth) {
        return true;
      }
      from = search.end(0) > search.start(0) ? search.end(0) : after(text, search.end(0));
    }
    return false;
  }

  private static ScalarFunction positionFunction() {
    Cache cache = new Cache();
    return (context, a) -> {
      String text = Arguments.text(a, 0);
      int start = startIndex(text, number(a, 2, 1));
      int nth = number(a, 3, 1);
      int endOption = number(a, 4, 0);
      int group = number(a, 6, 0);
      if (nth <= 0) {
        throw invalidParameter("n", nth);
      }
      if (endOption != 0 && endOption != 1) {
        throw invalidParameter("endoption", endOption);
      }
      if (group < 0) {
        throw invalidParameter("subexpr", group);
      }
      Options options = withoutGlobal(flags(a, 5), "regexp_instr()");
      RegularExpression expression = cache.get(Arguments.text(a, 1), options);
      RegularExpression.Search search = expression.search(context, text);
      if (group > expression.groupCount() || start < 0 || !findNth(search, text, start, nth)) {
        return 0L;
      }
      int index = endOption == 1 ? search.end(group) : search.start(group);
      return index < 0 ? 0L : text.codePointCount(0, index) + 1L;
    };
  }

  private static ScalarFunction partFunction() {
    Cache cache = new Cache();
    return (context, a) -> {
      String text = Arguments.text(a, 0);
      int start = startIndex(text, number(a, 2, 1));
      int nth = number(a, 3, 1);
      int group = number(a, 5, 0);
      if (nth <= 0) {
        throw invalidParameter("n", nth);
      }
      if (group < 0) {
        throw invalidParameter("subexpr", group);
      }
      Options options = withoutGlobal(flags(a, 4), "regexp_substr()");
      RegularExpression expression = cache.get(Arguments.text(a, 1), options);
      RegularExpression.Search search = expression.search(context, text);
      if (group > expression.groupCount() || start < 0 || !findNth(search, text, start, nth)) {
        return null;
      }
      return search.group(group);
    };
  }

  private static ScalarFunction splitFunction() {
    Cache cache = new Cache();
    return (context, a) -> {
      Options options = withoutGlobal(flags(a, 2), "regexp_split_to_array()");
      return ArrayValue.of(
          BaseType.TEXT,
          split(context, cache.get(Arguments.text(a, 1), options), Arguments.text(a, 0)).toArray());
    };
  }

  /// The parts between matches; empty matches at the ends and right after a match do not count.
  static List<String> split(FunctionContext context, RegularExpression expression, String text) {
    RegularExpression.Search search = expression.search(context, text);
    List<String> parts = new ArrayList<>();
    int previousEnd = 0;
    int from = 0;
    while (from <= text.length() && search.find(from)) {
      int start = search.start(0);
      int end = search.end(0);
      if (start < text.length() && end > previousEnd) {
        parts.add(text.substring(previousEnd, start));
        previousEnd = end;
      }
      from = end > start ? end : after(text, end);
    }
    parts.add(text.substring(previousEnd));
    return parts;
  }

  /// The options of `regexp_split_to_table`.
  static Options splitOptions(String letters) {
    return withoutGlobal(letters, "regexp_split_to_table()");
  }
}
