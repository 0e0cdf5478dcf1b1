package quiver.execution.function.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.execution.function.text.RegexNode.Place;
import quiver.execution.function.text.RegexNode.Preference;

/// PostgreSQL's advanced regular expressions. Source: PostgreSQL 15, section 9.7.3.
final class RegexParser {
  /// PostgreSQL's DUPMAX.
  private static final int REPETITION_MAX = 255;

  /// Parentheses inside one another.
  static final int NESTING_MAX = 1_000;

  private static final String QUANTIFIER = "quantifier operand invalid";
  private static final String PARENTHESES = "parentheses () not balanced";
  private static final String ESCAPE = "invalid escape \\ sequence";
  private static final String COUNTS = "invalid repetition count(s)";

  private final String source;
  private final Map<Integer, RegexNode> groups = new HashMap<>();
  private int at;
  private int groupCount;
  private int nesting;
  private int looking;
  private boolean ignoreCase;
  private boolean literal;
  private boolean expanded;
  private boolean dotStopsAtNewline;
  private boolean newlineAnchors;

  private RegexParser(String source) {
    this.source = source;
  }

  /// @param options PostgreSQL's flag letters but `g`, for example `in`
  static RegexPattern parse(String source, String options) {
    RegexParser parser = new RegexParser(source);
    parser.options(options);
    parser.director();
    RegexNode root = parser.literal ? parser.literalText() : parser.alternatives(false);
    return new RegexPattern(root, parser.groupCount);
  }

  static QuiverException invalid(String what) {
    return new QuiverException(
        SqlState.INVALID_REGULAR_EXPRESSION, "invalid regular expression: %s", what);
  }

  private void options(String options) {
    for (int i = 0; i < options.length(); i++) {
      char option = options.charAt(i);
      switch (option) {
        case 'i' -> ignoreCase = true;
        case 'c' -> ignoreCase = false;
        case 'n', 'm' -> newlines(true, true);
        case 'p' -> newlines(true, false);
        case 'w' -> newlines(false, true);
        case 's' -> newlines(false, false);
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

  private void newlines(boolean stop, boolean anchors) {
    dotStopsAtNewline = stop;
    newlineAnchors = anchors;
  }

  /// `***=`, `***:` and `(?flags)` at the start.
  private void director() {
    if (literal) {
      return;
    }
    if (source.startsWith("***=")) {
      literal = true;
      at = 4;
      return;
    }
    if (source.startsWith("***:")) {
      at = 4;
    } else if (source.startsWith("***")) {
      throw invalid(QUANTIFIER);
    }
    if (source.startsWith("(?", at)
        && at + 2 < source.length()
        && Character.isLetter(source.charAt(at + 2))) {
      int end = source.indexOf(')', at);
      if (end < 0) {
        throw invalid("invalid embedded option");
      }
      try {
        options(source.substring(at + 2, end));
      } catch (QuiverException e) {
        throw invalid("invalid embedded option").withCause(e);
      }
      at = end + 1;
    }
  }

  private RegexNode literalText() {
    List<RegexNode> parts = new ArrayList<>();
    while (at < source.length()) {
      parts.add(character(next()));
    }
    return sequence(parts);
  }

  // ---- structure

  private boolean more() {
    return at < source.length();
  }

  private int next() {
    int c = source.codePointAt(at);
    at += Character.charCount(c);
    return c;
  }

  private boolean take(String text) {
    if (source.startsWith(text, at)) {
      at += text.length();
      return true;
    }
    return false;
  }

  /// @param inside whether a parenthesis must end it
  private RegexNode alternatives(boolean inside) {
    if (++nesting > NESTING_MAX) {
      throw invalid("regular expression is too complex");
    }
    List<RegexNode> branches = new ArrayList<>();
    do {
      branches.add(branch());
    } while (take("|"));
    if (inside != more()) {
      throw invalid(PARENTHESES);
    }
    if (inside) {
      at++;
    }
    nesting--;
    return branches.size() == 1 ? branches.getFirst() : new RegexNode.Either(branches);
  }

  /// PostgreSQL finds the end of plain parts that follow each other at once; parentheses,
  /// references and a change of preference begin a new part.
  private RegexNode branch() {
    List<RegexNode> parts = new ArrayList<>();
    List<RegexNode> run = new ArrayList<>();
    Preference ofRun = Preference.NONE;
    skipSpace();
    while (more() && source.charAt(at) != '|' && source.charAt(at) != ')') {
      boolean parentheses = source.charAt(at) == '(' && !startsLook();
      RegexNode part = quantified();
      Preference preference =
          part instanceof RegexNode.Repeat repeat ? repeat.own() : Preference.NONE;
      boolean mixed =
          preference != Preference.NONE && ofRun != Preference.NONE && preference != ofRun;
      boolean gone = part instanceof RegexNode.Empty;
      if (!gone && (parentheses || part.captures() || mixed)) {
        flush(run, parts);
        parts.add(part);
        ofRun = Preference.NONE;
      } else {
        run.add(part);
        ofRun = preference == Preference.NONE ? ofRun : preference;
      }
      skipSpace();
    }
    flush(run, parts);
    return sequence(parts);
  }

  private boolean startsLook() {
    return source.startsWith("(?=", at)
        || source.startsWith("(?!", at)
        || source.startsWith("(?<", at);
  }

  private static void flush(List<RegexNode> run, List<RegexNode> parts) {
    if (!run.isEmpty()) {
      parts.add(sequence(run));
      run.clear();
    }
  }

  private static RegexNode sequence(List<RegexNode> parts) {
    if (parts.isEmpty()) {
      return new RegexNode.Empty();
    }
    RegexNode made = parts.getLast();
    for (int i = parts.size() - 2; i >= 0; i--) {
      made = new RegexNode.Sequence(parts.get(i), made);
    }
    return made;
  }

  private void skipSpace() {
    while (more()) {
      if (source.startsWith("(?#", at)) {
        int end = source.indexOf(')', at);
        at = end < 0 ? source.length() : end + 1;
      } else if (expanded && Character.isWhitespace(source.charAt(at))) {
        at++;
      } else if (expanded && source.charAt(at) == '#') {
        int end = source.indexOf('\n', at);
        at = end < 0 ? source.length() : end;
      } else {
        return;
      }
    }
  }

  private RegexNode quantified() {
    boolean parenthesis = source.startsWith("(", at) && !startsLook();
    RegexNode atom = atom();
    skipSpace();
    if (!more()) {
      return atom;
    }
    int min;
    int max;
    boolean fixed = false;
    char c = source.charAt(at);
    if (c == '*' || c == '+' || c == '?') {
      at++;
      min = c == '+' ? 1 : 0;
      max = c == '?' ? 1 : RegexNode.ENDLESS;
    } else if (c == '{' && at + 1 < source.length() && isDigit(source.charAt(at + 1))) {
      at++;
      min = count();
      max = min;
      fixed = true;
      if (take(",")) {
        fixed = false;
        max = more() && isDigit(source.charAt(at)) ? count() : RegexNode.ENDLESS;
      }
      if (!more()) {
        throw invalid("braces {} not balanced");
      }
      if (!take("}") || (max != RegexNode.ENDLESS && max < min)) {
        throw invalid(COUNTS);
      }
    } else {
      return atom;
    }
    if (!parenthesis && (atom instanceof RegexNode.At || atom instanceof RegexNode.Look)) {
      throw invalid(QUANTIFIER);
    }
    Preference own = take("?") ? Preference.SHORTEST : Preference.LONGEST;
    skipSpace();
    if (more() && "*+?".indexOf(source.charAt(at)) >= 0) {
      throw invalid(QUANTIFIER);
    }
    if (max == 0) {
      return new RegexNode.Empty();
    }
    return new RegexNode.Repeat(atom, min, max, fixed ? Preference.NONE : own);
  }

  private int count() {
    int value = 0;
    while (more() && isDigit(source.charAt(at))) {
      value = value * 10 + source.charAt(at++) - '0';
      if (value > REPETITION_MAX) {
        throw invalid(COUNTS);
      }
    }
    return value;
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private RegexNode atom() {
    int c = next();
    return switch (c) {
      case '(' -> parenthesis();
      case '[' -> bracket();
      case '\\' -> escape();
      case '^' -> new RegexNode.At(newlineAnchors ? Place.LINE_START : Place.TEXT_START);
      case '$' -> new RegexNode.At(newlineAnchors ? Place.LINE_END : Place.TEXT_END);
      case '.' -> new RegexNode.OneOf(dotStopsAtNewline ? each -> each != '\n' : each -> true);
      case '*', '+', '?' -> throw invalid(QUANTIFIER);
      case '{' -> {
        if (more() && isDigit(source.charAt(at))) {
          throw invalid(QUANTIFIER);
        }
        yield character(c);
      }
      default -> character(c);
    };
  }

  private RegexNode parenthesis() {
    if (take("?:")) {
      return alternatives(true);
    }
    if (take("?=")) {
      return look(true, false);
    }
    if (take("?!")) {
      return look(true, true);
    }
    if (take("?<=")) {
      return look(false, false);
    }
    if (take("?<!")) {
      return look(false, true);
    }
    if (source.startsWith("?", at)) {
      throw invalid(QUANTIFIER);
    }
    if (looking > 0) {
      return alternatives(true);
    }
    groupCount++;
    int index = groupCount;
    RegexNode body = alternatives(true);
    groups.put(index, body);
    return new RegexNode.Group(index, body);
  }

  private RegexNode look(boolean ahead, boolean negative) {
    looking++;
    RegexNode body = alternatives(true);
    looking--;
    return new RegexNode.Look(ahead, negative, body);
  }

  // ---- characters

  private RegexNode character(int c) {
    boolean several = ignoreCase && Character.toLowerCase(c) != Character.toUpperCase(c);
    return new RegexNode.OneOf(anyCase(each -> each == c), several ? -1 : c);
  }

  private IntPredicate anyCase(IntPredicate set) {
    return ignoreCase
        ? c ->
            set.test(c) || set.test(Character.toLowerCase(c)) || set.test(Character.toUpperCase(c))
        : set;
  }

  private RegexNode escape() {
    if (!more()) {
      throw invalid(ESCAPE);
    }
    int c = source.codePointAt(at);
    Place place =
        switch (c) {
          case 'A' -> Place.TEXT_START;
          case 'Z' -> Place.TEXT_END;
          case 'm' -> Place.WORD_START;
          case 'M' -> Place.WORD_END;
          case 'y' -> Place.WORD_EDGE;
          case 'Y' -> Place.NO_WORD_EDGE;
          default -> null;
        };
    if (place != null) {
      at++;
      return new RegexNode.At(place);
    }
    IntPredicate known = classEscape(c);
    if (known != null) {
      at++;
      return new RegexNode.OneOf(known);
    }
    if (c >= '1' && c <= '9') {
      RegexNode reference = reference();
      if (reference != null) {
        return reference;
      }
    }
    return character(characterEscape());
  }

  private @Nullable RegexNode reference() {
    int end = at;
    int value = 0;
    while (end < source.length() && isDigit(source.charAt(end)) && value < 1_000) {
      value = value * 10 + source.charAt(end++) - '0';
    }
    if (end - at > 1 && value > groups.size()) {
      return null;
    }
    RegexNode body = groups.get(value);
    if (body == null || looking > 0) {
      throw invalid("invalid backreference number");
    }
    at = end;
    return new RegexNode.BackReference(value, body);
  }

  private static @Nullable IntPredicate classEscape(int c) {
    return switch (c) {
      case 'd' -> RegexClasses.of("digit");
      case 's' -> RegexClasses.of("space");
      case 'w' -> RegexClasses.of("word");
      case 'D' -> RegexClasses.of("digit").negate();
      case 'S' -> RegexClasses.of("space").negate();
      case 'W' -> RegexClasses.of("word").negate();
      default -> null;
    };
  }

  /// The character that an escape stands for.
  private int characterEscape() {
    int c = next();
    return switch (c) {
      case 'a' -> 7;
      case 'b' -> '\b';
      case 'B' -> '\\';
      case 'c' -> {
        if (!more()) {
          throw invalid(ESCAPE);
        }
        yield next() & 0x1f;
      }
      case 'e' -> 27;
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'v' -> 11;
      case 'u' -> hexadecimal(4, 4);
      case 'U' -> hexadecimal(8, 8);
      case 'x' -> hexadecimal(1, 255);
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        at--;
        yield octal();
      }
      default -> {
        if (c < 128 && Character.isLetterOrDigit(c)) {
          throw invalid(ESCAPE);
        }
        yield c;
      }
    };
  }

  private int octal() {
    int value = 0;
    for (int i = 0; i < 3 && more() && "01234567".indexOf(source.charAt(at)) >= 0; i++) {
      value = value * 8 + source.charAt(at++) - '0';
    }
    return value;
  }

  private int hexadecimal(int digitsMin, int digitsMax) {
    int value = 0;
    int count = 0;
    while (count < digitsMax && more() && Character.digit(source.charAt(at), 16) >= 0) {
      value = value * 16 + Character.digit(source.charAt(at++), 16);
      count++;
    }
    if (count < digitsMin || value < 0 || value > Character.MAX_CODE_POINT) {
      throw invalid(ESCAPE);
    }
    return value;
  }

  // ---- brackets

  private RegexNode bracket() {
    if (take("[:<:]]")) {
      return new RegexNode.At(Place.WORD_START);
    }
    if (take("[:>:]]")) {
      return new RegexNode.At(Place.WORD_END);
    }
    boolean negative = take("^");
    IntPredicate set = c -> false;
    boolean first = true;
    while (first || !source.startsWith("]", at)) {
      if (!more()) {
        throw invalid("brackets [] not balanced");
      }
      set = set.or(member());
      first = false;
    }
    at++;
    IntPredicate all = anyCase(set);
    if (!negative) {
      return new RegexNode.OneOf(all);
    }
    boolean noNewline = dotStopsAtNewline;
    return new RegexNode.OneOf(c -> !all.test(c) && !(noNewline && c == '\n'));
  }

  private IntPredicate member() {
    if (take("[:")) {
      int end = source.indexOf(":]", at);
      if (end < 0) {
        throw invalid("brackets [] not balanced");
      }
      String name = source.substring(at, end);
      at = end + 2;
      IntPredicate known = RegexClasses.of(name);
      return ignoreCase && (name.equals("upper") || name.equals("lower"))
          ? RegexClasses.of("alpha")
          : known;
    }
    if (source.startsWith("\\", at) && at + 1 < source.length()) {
      IntPredicate known = classEscape(source.codePointAt(at + 1));
      if (known != null) {
        at += 2;
        return known;
      }
    }
    int low = end();
    if (source.startsWith("-", at) && at + 1 < source.length() && source.charAt(at + 1) != ']') {
      at++;
      int high = end();
      if (low > high) {
        throw invalid("invalid character range");
      }
      return c -> c >= low && c <= high;
    }
    return c -> c == low;
  }

  /// One end of a range.
  private int end() {
    if (!more()) {
      throw invalid("brackets [] not balanced");
    }
    if (take("[.") || take("[=")) {
      char kind = source.charAt(at - 1);
      int end = source.indexOf(kind + "]", at);
      if (end < 0) {
        throw invalid("brackets [] not balanced");
      }
      String name = source.substring(at, end);
      at = end + 2;
      if (name.codePointCount(0, name.length()) != 1) {
        throw invalid("invalid collating element");
      }
      return name.codePointAt(0);
    }
    int c = next();
    if (c != '\\') {
      return c;
    }
    if (!more()) {
      throw invalid(ESCAPE);
    }
    return characterEscape();
  }
}
