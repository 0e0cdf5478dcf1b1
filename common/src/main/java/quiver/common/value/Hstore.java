package quiver.common.value;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// An `hstore`: texts by text, some of them NULL; shorter keys first. Immutable.
public final class Hstore implements Comparable<Hstore> {
  private static final Comparator<String> KEYS =
      Comparator.comparingInt(JsonText::utf8Length).thenComparing(DatumOrder::compareText);

  /// NULL is absent.
  private final SortedMap<String, Optional<String>> pairs;

  private Hstore(SortedMap<String, Optional<String>> pairs) {
    this.pairs = pairs;
  }

  public static Hstore of(Map<String, Optional<String>> pairs) {
    SortedMap<String, Optional<String>> sorted = new TreeMap<>(KEYS);
    sorted.putAll(pairs);
    return new Hstore(sorted);
  }

  /// Reads `key => value, "k 2" => "v 2", k3 => NULL`; of equal keys the first counts.
  public static Hstore parse(String text) {
    return new Parser(text).pairs();
  }

  /// In the order of the keys; an absent value is NULL.
  public Map<String, Optional<String>> pairs() {
    return Map.copyOf(pairs).isEmpty() ? Map.of() : new LinkedHashMap<>(pairs);
  }

  public boolean contains(Hstore other) {
    return other.pairs.entrySet().stream()
        .allMatch(pair -> pair.getValue().equals(pairs.get(pair.getKey())));
  }

  @Override
  public int compareTo(Hstore other) {
    return DatumOrder.compareText(toString(), other.toString());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Hstore that && pairs.equals(that.pairs);
  }

  @Override
  public int hashCode() {
    return pairs.hashCode();
  }

  @Override
  public String toString() {
    return pairs.entrySet().stream()
        .map(pair ->
            quoted(pair.getKey()) + "=>" + pair.getValue().map(Hstore::quoted).orElse("NULL"))
        .collect(Collectors.joining(", "));
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static final class Parser {
    private final String text;
    private int at;
    private boolean wasQuoted;

    Parser(String text) {
      this.text = text;
    }

    Hstore pairs() {
      Map<String, Optional<String>> pairs = new LinkedHashMap<>();
      skipSpace();
      while (at < text.length()) {
        String key = word(true);
        skipSpace();
        expect('=');
        expect('>');
        skipSpace();
        String value = word(false);
        boolean isNull = !wasQuoted && value.equalsIgnoreCase("null");
        pairs.putIfAbsent(key, isNull ? Optional.empty() : Optional.of(value));
        skipSpace();
        if (at < text.length()) {
          expect(',');
          skipSpace();
        }
      }
      return of(pairs);
    }

    private void skipSpace() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }

    private void expect(char c) {
      if (next() != c) {
        throw error();
      }
      at++;
    }

    private char next() {
      if (at >= text.length()) {
        throw new QuiverException(
            SqlState.SYNTAX_ERROR, "syntax error in hstore: unexpected end of string");
      }
      return text.charAt(at);
    }

    private QuiverException error() {
      return new QuiverException(
          SqlState.SYNTAX_ERROR,
          "syntax error in hstore, near \"%s\" at position %d",
          text.charAt(at),
          at);
    }

    private String word(boolean key) {
      StringBuilder word = new StringBuilder();
      wasQuoted = next() == '"';
      at += wasQuoted ? 1 : 0;
      while (wasQuoted ? next() != '"' : !endsWord(key)) {
        at += next() == '\\' ? 1 : 0;
        word.append(next());
        at++;
      }
      at += wasQuoted ? 1 : 0;
      if (word.isEmpty() && !wasQuoted) {
        throw error();
      }
      return word.toString();
    }

    private boolean endsWord(boolean key) {
      return at >= text.length()
          || Character.isWhitespace(text.charAt(at))
          || (key ? text.startsWith("=>", at) : text.charAt(at) == ',');
    }
  }
}
