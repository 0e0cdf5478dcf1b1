package quiver.execution.function.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.value.ArrayValue;
import quiver.execution.function.FunctionContext;
import quiver.execution.function.ScalarFunction;

/// LIKE, regular expressions and the functions made of them, by signature key.
public final class PatternFunctions {
  private final Map<String, ScalarFunction> functions = new HashMap<>();
  private final Patterns patterns = new Patterns();

  private PatternFunctions() {}

  /// Implementations by signature key.
  public static Map<String, ScalarFunction> functions() {
    PatternFunctions all = new PatternFunctions();
    all.likes();
    all.matches();
    all.captures();
    all.replacements();
    all.splits();
    all.counts();
    return Map.copyOf(all.functions);
  }

  /// The matches of `regexp_matches`, in order: each an array of its groups.
  public static List<ArrayValue> allMatches(
      FunctionContext context, String text, String pattern, String flags) {
    RegexMatcher matcher = new Patterns().matcher(context, text, pattern, flags.replace("g", ""));
    List<ArrayValue> found = new ArrayList<>();
    int from = 0;
    while (from <= text.length() && matcher.find(from)) {
      found.add(groups(matcher));
      if (!flags.contains("g")) {
        break;
      }
      from = next(matcher);
    }
    return found;
  }

  /// The pieces of `regexp_split_to_table`.
  public static List<String> split(
      FunctionContext context, String text, String pattern, String flags) {
    return pieces(new Patterns().matcher(context, text, pattern, flags), text);
  }

  /// `like_regex` of a JSON path: XQuery's flags in PostgreSQL's.
  public static boolean isLike(FunctionContext context, String text, String pattern, String flags) {
    String lines =
        flags.contains("s") ? flags.contains("m") ? "w" : "s" : flags.contains("m") ? "n" : "p";
    String options = flags.contains("q") ? "q" : lines;
    String all = flags.contains("i") ? "i" + options : options;
    return new Patterns().matcher(context, text, pattern, all).find(0);
  }

  private void likes() {
    for (String type : new String[] {"text", "name", "bpchar"}) {
      String key = "(" + type + ",text)";
      put(type + "like" + key, a -> LikePattern.matches(text(a, 0), text(a, 1)));
      put(type + "nlike" + key, a -> !LikePattern.matches(text(a, 0), text(a, 1)));
      put(type + "iclike" + key, a -> LikePattern.matches(lower(text(a, 0)), lower(text(a, 1))));
      put(type + "icnlike" + key, a -> !LikePattern.matches(lower(text(a, 0)), lower(text(a, 1))));
    }
    for (String type : new String[] {"text", "name"}) {
      put("like(" + type + ",text)", a -> LikePattern.matches(text(a, 0), text(a, 1)));
      put("notlike(" + type + ",text)", a -> !LikePattern.matches(text(a, 0), text(a, 1)));
    }
    put("like_escape(text,text)", a -> LikePattern.withEscape(text(a, 0), text(a, 1)));
    put("similar_to_escape(text,text)", a -> SimilarPattern.similar(text(a, 0), text(a, 1)));
    put("similar_to_escape(text)", a -> SimilarPattern.similar(text(a, 0), "\\"));
    put(
        "similar_escape(text,text)",
        a ->
            a[0] == null
                ? null
                : SimilarPattern.similar(text(a, 0), a[1] == null ? "\\" : text(a, 1)));
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private void matches() {
    for (String type : new String[] {"text", "name", "bpchar"}) {
      String key = "(" + type + ",text)";
      with(type + "regexeq" + key, (context, a) -> find(context, a, ""));
      with(type + "regexne" + key, (context, a) -> !find(context, a, ""));
      with(type + "icregexeq" + key, (context, a) -> find(context, a, "i"));
      with(type + "icregexne" + key, (context, a) -> !find(context, a, "i"));
    }
    with("regexp_like(text,text)", (context, a) -> find(context, a, ""));
    with(
        "regexp_like(text,text,text)",
        (context, a) -> find(context, a, flags(a, 2, "regexp_like")));
  }

  private boolean find(FunctionContext context, @Nullable Object[] arguments, String options) {
    return patterns.matcher(context, text(arguments, 0), text(arguments, 1), options).find(0);
  }

  private void captures() {
    with("regexp_match(text,text)", (context, a) -> match(context, a, ""));
    with(
        "regexp_match(text,text,text)",
        (context, a) -> match(context, a, flags(a, 2, "regexp_match")));
    with("substring(text,text)", this::substring);
    with(
        "substring(text,text,text)",
        (context, a) -> substringSimilar(context, text(a, 0), text(a, 1), text(a, 2)));
  }

  private @Nullable Object match(
      FunctionContext context, @Nullable Object[] arguments, String options) {
    RegexMatcher matcher =
        patterns.matcher(context, text(arguments, 0), text(arguments, 1), options);
    return matcher.find(0) ? groups(matcher) : null;
  }

  /// The groups of a match, or the whole match when the pattern has none.
  private static ArrayValue groups(RegexMatcher matcher) {
    int count = matcher.groupCount();
    @Nullable Object[] groups = new @Nullable Object[Math.max(1, count)];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = matcher.group(count == 0 ? 0 : i + 1);
    }
    return ArrayValue.of(BaseType.TEXT, groups);
  }

  private @Nullable Object substring(FunctionContext context, @Nullable Object[] arguments) {
    RegexMatcher matcher = patterns.matcher(context, text(arguments, 0), text(arguments, 1), "");
    if (!matcher.find(0)) {
      return null;
    }
    return matcher.group(matcher.groupCount() > 0 ? 1 : 0);
  }

  /// `substring(text SIMILAR pattern ESCAPE escape)`: the part between two escape-doublequotes.
  private @Nullable Object substringSimilar(
      FunctionContext context, String text, String pattern, String escape) {
    String mark = escape + "\"";
    int first = pattern.indexOf(mark);
    int second = first < 0 ? -1 : pattern.indexOf(mark, first + mark.length());
    if (first < 0 || second < 0) {
      RegexMatcher whole =
          patterns.matcher(context, text, SimilarPattern.similar(pattern, escape), "");
      return whole.find(0) ? text : null;
    }
    // PostgreSQL's form: the part before is as short as it can be.
    String regex =
        "^(?:"
            + inner(pattern.substring(0, first), escape)
            + "){1,1}?("
            + inner(pattern.substring(first + mark.length(), second), escape)
            + "){1,1}(?:"
            + inner(pattern.substring(second + mark.length()), escape)
            + ")$";
    RegexMatcher matcher = patterns.matcher(context, text, regex, "");
    return matcher.find(0) ? matcher.group(1) : null;
  }

  private static String inner(String part, String escape) {
    String anchored = SimilarPattern.similar(part, escape);
    return anchored.substring("^(?:".length(), anchored.length() - ")$".length());
  }

  private void replacements() {
    with("regexp_replace(text,text,text)", (context, a) -> replace(context, a, 1, 1, ""));
    with(
        "regexp_replace(text,text,text,text)",
        (context, a) -> {
          String flags = text(a, 3);
          if (!flags.isEmpty() && Character.isDigit(flags.charAt(0))) {
            throw new QuiverException(
                    SqlState.INVALID_PARAMETER_VALUE,
                    "invalid regular expression option: \"%s\"",
                    flags.charAt(0))
                .withHint(
                    "If you meant to use regexp_replace() with a start parameter, cast the fourth"
                        + " argument to integer explicitly.");
          }
          return replace(context, a, 1, flags.contains("g") ? 0 : 1, flags.replace("g", ""));
        });
    with(
        "regexp_replace(text,text,text,int4)",
        (context, a) -> replace(context, a, start(a, 3), 1, ""));
    with(
        "regexp_replace(text,text,text,int4,int4)",
        (context, a) -> replace(context, a, start(a, 3), occurrence(a, 4), ""));
    with(
        "regexp_replace(text,text,text,int4,int4,text)",
        (context, a) ->
            replace(context, a, start(a, 3), occurrence(a, 4), flags(a, 5, "").replace("g", "")));
  }

  /// @param occurrence which match to replace, from 1; 0 for all
  private String replace(
      FunctionContext context,
      @Nullable Object[] arguments,
      int start,
      int occurrence,
      String options) {
    String text = text(arguments, 0);
    String replacement = text(arguments, 2);
    RegexMatcher matcher = patterns.matcher(context, text, text(arguments, 1), options);
    StringBuilder out = new StringBuilder();
    int copied = 0;
    int from = offset(text, start);
    for (int count = 1; from <= text.length() && matcher.find(from); count++) {
      if (occurrence == 0 || occurrence == count) {
        out.append(text, copied, matcher.start());
        appendReplacement(matcher, replacement, out);
        copied = matcher.end();
        if (occurrence != 0) {
          break;
        }
      }
      from = next(matcher);
    }
    return out.append(text, copied, text.length()).toString();
  }

  private static void appendReplacement(
      RegexMatcher matcher, String replacement, StringBuilder out) {
    for (int i = 0; i < replacement.length(); i++) {
      char c = replacement.charAt(i);
      if (c != '\\' || i + 1 == replacement.length()) {
        out.append(c);
        continue;
      }
      char next = replacement.charAt(++i);
      if (next == '&') {
        out.append(matcher.group());
      } else if (next >= '1' && next <= '9') {
        String group = next - '0' <= matcher.groupCount() ? matcher.group(next - '0') : null;
        out.append(group == null ? "" : group);
      } else if (next == '\\') {
        out.append('\\');
      } else {
        out.append('\\').append(next);
      }
    }
  }

  /// Where the search goes on after a match; an empty match moves by one character.
  private static int next(RegexMatcher matcher) {
    return matcher.end() == matcher.start() ? matcher.end() + 1 : matcher.end();
  }

  private void splits() {
    with(
        "regexp_split_to_array(text,text)",
        (context, a) ->
            ArrayValue.of(
                BaseType.TEXT,
                pieces(patterns.matcher(context, text(a, 0), text(a, 1), ""), text(a, 0))));
    with(
        "regexp_split_to_array(text,text,text)",
        (context, a) ->
            ArrayValue.of(
                BaseType.TEXT,
                pieces(
                    patterns.matcher(
                        context, text(a, 0), text(a, 1), flags(a, 2, "regexp_split_to_array")),
                    text(a, 0))));
  }

  private static List<String> pieces(RegexMatcher matcher, String text) {
    List<String> pieces = new ArrayList<>();
    int copied = 0;
    int from = 0;
    while (from <= text.length() && matcher.find(from)) {
      // Empty matches at the ends and right after a match do not split.
      if (matcher.end() > matcher.start()
          || (matcher.start() > copied && matcher.start() < text.length())) {
        pieces.add(text.substring(copied, matcher.start()));
        copied = matcher.end();
      }
      from = next(matcher);
    }
    pieces.add(text.substring(copied));
    return pieces;
  }

  private void counts() {
    with("regexp_count(text,text)", (context, a) -> count(context, a, 1, ""));
    with("regexp_count(text,text,int4)", (context, a) -> count(context, a, start(a, 2), ""));
    with(
        "regexp_count(text,text,int4,text)",
        (context, a) -> count(context, a, start(a, 2), flags(a, 3, "regexp_count")));
    for (int given = 2; given <= 7; given++) {
      String key =
          "regexp_instr("
              + String.join(
                  ",",
                  List.of("text", "text", "int4", "int4", "int4", "text", "int4").subList(0, given))
              + ")";
      with(key, this::position);
    }
    for (int given = 2; given <= 6; given++) {
      String key =
          "regexp_substr("
              + String.join(
                  ",", List.of("text", "text", "int4", "int4", "text", "int4").subList(0, given))
              + ")";
      with(key, this::nthSubstring);
    }
  }

  private Object count(
      FunctionContext context, @Nullable Object[] arguments, int start, String options) {
    String text = text(arguments, 0);
    RegexMatcher matcher = patterns.matcher(context, text, text(arguments, 1), options);
    long count = 0;
    int from = offset(text, start);
    while (from <= text.length() && matcher.find(from)) {
      count++;
      from = next(matcher);
    }
    return count;
  }

  private Object position(FunctionContext context, @Nullable Object[] a) {
    String text = text(a, 0);
    String options = a.length > 5 ? flags(a, 5, "regexp_instr") : "";
    int end = a.length > 4 ? (int) number(a, 4) : 0;
    if (end != 0 && end != 1) {
      throw invalid("endoption", end);
    }
    int group = a.length > 6 ? group(a, 6) : 0;
    RegexMatcher matcher = nth(context, a, options);
    if (matcher == null || group > matcher.groupCount() || matcher.start(group) < 0) {
      return 0L;
    }
    int offset = end == 0 ? matcher.start(group) : matcher.end(group);
    return (long) text.codePointCount(0, offset) + 1;
  }

  private @Nullable Object nthSubstring(FunctionContext context, @Nullable Object[] a) {
    String options = a.length > 4 ? flags(a, 4, "regexp_substr") : "";
    int group = a.length > 5 ? group(a, 5) : 0;
    RegexMatcher matcher = nth(context, a, options);
    return matcher == null || group > matcher.groupCount() ? null : matcher.group(group);
  }

  private static int group(@Nullable Object[] arguments, int index) {
    int group = (int) number(arguments, index);
    if (group < 0) {
      throw invalid("subexpr", group);
    }
    return group;
  }

  /// The match that arguments 2 (start) and 3 (which one) ask for.
  private @Nullable RegexMatcher nth(
      FunctionContext context, @Nullable Object[] a, String options) {
    String text = text(a, 0);
    RegexMatcher matcher = patterns.matcher(context, text, text(a, 1), options);
    int from = offset(text, a.length > 2 ? start(a, 2) : 1);
    int wanted = 1;
    if (a.length > 3) {
      wanted = (int) number(a, 3);
      if (wanted < 1) {
        throw invalid("n", wanted);
      }
    }
    for (int i = 1; from <= text.length() && matcher.find(from); i++) {
      if (i == wanted) {
        return matcher;
      }
      from = next(matcher);
    }
    return null;
  }

  private static QuiverException invalid(String parameter, long value) {
    return new QuiverException(
        SqlState.INVALID_PARAMETER_VALUE,
        "invalid value for parameter \"%s\": %d",
        parameter,
        value);
  }

  private static int start(@Nullable Object[] arguments, int index) {
    long start = number(arguments, index);
    if (start < 1) {
      throw invalid("start", start);
    }
    return (int) start;
  }

  private static int occurrence(@Nullable Object[] arguments, int index) {
    long occurrence = number(arguments, index);
    if (occurrence < 0) {
      throw invalid("n", occurrence);
    }
    return (int) occurrence;
  }

  /// The char offset of character `start`, from 1; past the end of the text when there is none.
  private static int offset(String text, int start) {
    int count = text.codePointCount(0, text.length());
    return start > count + 1 ? text.length() + 1 : text.offsetByCodePoints(0, start - 1);
  }

  /// Flags of a function that finds one match: `g` is refused.
  private static String flags(@Nullable Object[] arguments, int index, String function) {
    String flags = text(arguments, index);
    if (flags.contains("g") && !function.isEmpty()) {
      QuiverException error =
          new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE,
              "%s() does not support the \"global\" option",
              function);
      throw function.equals("regexp_match")
          ? error.withHint("Use the regexp_matches function instead.")
          : error;
    }
    return flags;
  }

  /// A function of its arguments alone.
  private interface Plain {
    @Nullable Object call(@Nullable Object[] arguments);
  }

  private void put(String key, Plain function) {
    functions.put(key, (_, arguments) -> function.call(arguments));
  }

  private void with(String key, ScalarFunction function) {
    functions.put(key, function);
  }

  private static String text(@Nullable Object[] arguments, int index) {
    return (String)
        Objects.requireNonNull(arguments[index], "a strict function was called with NULL");
  }

  private static long number(@Nullable Object[] arguments, int index) {
    return (Long)
        Objects.requireNonNull(arguments[index], "a strict function was called with NULL");
  }
}
