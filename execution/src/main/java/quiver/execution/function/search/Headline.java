package quiver.execution.function.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.search.TextQuery;
import quiver.common.search.TextQuery.Node;
import quiver.common.search.TextQuery.Operand;

/// The part of a text that answers a query, with the words found marked: `ts_headline`. Source:
/// PostgreSQL 15, section 12.3.4; where the documentation leaves a choice, PostgreSQL's was found
/// by trying. Used by one thread.
final class Headline {
  /// A cover is sought among so many tokens, for each word wanted.
  private static final int COVER_PER_WORD = 10;

  private static final int COVER_MIN = 100;

  /// A token and what is to be done with it.
  private static final class Entry {
    final Token token;
    final String lexeme;
    final int position;
    boolean interesting;
    boolean shown;

    Entry(Token token, String lexeme, int position) {
      this.token = token;
      this.lexeme = lexeme;
      this.position = position;
    }

    boolean isWord() {
      return switch (token.type()) {
        case BLANK, TAG, URL, NUMHWORD, ASCIIHWORD, HWORD -> false;
        default -> true;
      };
    }

    private boolean endsBadly() {
      return switch (token.type()) {
        case SFLOAT, VERSION, FLOAT, INT, UINT -> true;
        default -> !isWord();
      };
    }
  }

  /// A stretch of tokens.
  ///
  /// @param words how many words it has
  /// @param found how many of them the query names
  private record Cover(int from, int to, int words, int found) {
    boolean overlaps(int otherFrom, int otherTo) {
      return from <= otherTo && to >= otherFrom;
    }
  }

  private final HeadlineOptions options;
  private final TextQuery query;
  private final List<Entry> entries = new ArrayList<>();

  private Headline(
      Configuration configuration, String text, TextQuery query, HeadlineOptions options) {
    this.options = options;
    this.query = query;
    List<Operand> operands = new ArrayList<>();
    if (query.root() != null) {
      collect(query.root(), operands);
    }
    int position = 0;
    for (Token token : TextParser.parse(text)) {
      Optional<String> lexeme = configuration.lexeme(token);
      position += token.type().isIndexed() ? 1 : 0;
      Entry entry = new Entry(token, lexeme.orElse(""), position);
      entry.interesting =
          lexeme.isPresent()
              && operands.stream().anyMatch(operand -> isMatch(operand, lexeme.get()));
      entries.add(entry);
    }
  }

  static String of(
      Configuration configuration, String text, TextQuery query, HeadlineOptions options) {
    Headline headline = new Headline(configuration, text, query, options);
    if (options.highlightAll()) {
      headline.show(0, headline.entries.size() - 1);
    } else if (options.fragmentsMax() == 0) {
      headline.chooseOne();
    } else {
      headline.chooseFragments();
    }
    return headline.text();
  }

  private static void collect(Node node, List<Operand> operands) {
    switch (node) {
      case Operand operand -> operands.add(operand);
      case TextQuery.Not(var child) -> collect(child, operands);
      case TextQuery.Binary binary -> {
        collect(binary.left(), operands);
        collect(binary.right(), operands);
      }
    }
  }

  private static boolean isMatch(Operand operand, String lexeme) {
    return operand.prefix() ? lexeme.startsWith(operand.word()) : lexeme.equals(operand.word());
  }

  private boolean isBadEnd(int index) {
    Entry entry = entries.get(index);
    return (entry.endsBadly() || utf8Length(entry.token.text()) <= options.shortWord())
        && !entry.interesting;
  }

  private static int utf8Length(String text) {
    return quiver.common.value.JsonText.utf8Length(text);
  }

  private int word(int index) {
    return entries.get(index).isWord() ? 1 : 0;
  }

  private int found(int index) {
    return entries.get(index).interesting ? 1 : 0;
  }

  private int nextInteresting(int from) {
    for (int i = from; i < entries.size(); i++) {
      if (entries.get(i).interesting) {
        return i;
      }
    }
    return -1;
  }

  /// The first and shortest stretch from `from` on that matches the query; null when there is none.
  private @Nullable Cover cover(int from, int lengthMax) {
    Node root = query.root();
    if (root == null) {
      return null;
    }
    for (int begin = nextInteresting(from); begin >= 0; begin = nextInteresting(begin + 1)) {
      for (int end = begin; end >= 0 && end - begin < lengthMax; end = nextInteresting(end + 1)) {
        if (matches(root, begin, end)) {
          return new Cover(begin, end, 0, 0);
        }
      }
    }
    return null;
  }

  private boolean matches(Node root, int from, int to) {
    return new Matcher(
            operand -> {
              int[] positions =
                  entries.subList(from, to + 1).stream()
                      .filter(entry -> entry.interesting && isMatch(operand, entry.lexeme))
                      .mapToInt(entry -> entry.position)
                      .distinct()
                      .toArray();
              return positions.length == 0
                  ? Matcher.Places.NONE
                  : new Matcher.Places(true, true, positions);
            })
        .matches(root);
  }

  private void show(int from, int to) {
    for (int i = from; i <= to; i++) {
      entries.get(i).shown = true;
    }
  }

  // ---- one headline

  private void chooseOne() {
    int lengthMax = Math.max(options.wordsMax() * COVER_PER_WORD, COVER_MIN);
    Cover best = null;
    boolean bestWhole = false;
    Cover cover = cover(0, lengthMax);
    while (cover != null) {
      Cover candidate = fitted(cover);
      boolean whole = candidate.from <= cover.from && candidate.to >= cover.to;
      if (best == null
          || (whole && !bestWhole)
          || (whole == bestWhole
              && (candidate.found > best.found
                  || (candidate.found == best.found
                      && !isBadEnd(candidate.to)
                      && isBadEnd(best.to))))) {
        best = candidate;
        bestWhole = whole;
      }
      cover = cover(cover.from + 1, lengthMax);
    }
    if (best == null) {
      showBeginning();
    } else {
      show(best.from, best.to);
    }
  }

  private void showBeginning() {
    int words = 0;
    for (int i = 0; i < entries.size() && words < options.wordsMin(); i++) {
      words += word(i);
      entries.get(i).shown = true;
    }
  }

  /// The cover made longer or shorter until it has the wanted number of words and ends well.
  private Cover fitted(Cover cover) {
    int from = cover.from;
    int to = cover.from;
    int words = 0;
    int found = 0;
    int i = cover.from;
    for (; i <= cover.to && words < options.wordsMax(); i++) {
      words += word(i);
      found += found(i);
      to = i;
    }
    if (words < options.wordsMax()) {
      for (i--; i < entries.size() && words < options.wordsMax(); i++) {
        if (i > cover.to) {
          words += word(i);
          found += found(i);
        }
        to = i;
        if (!isBadEnd(i) && words >= options.wordsMin()) {
          break;
        }
      }
      if (words < options.wordsMin()) {
        for (i = cover.from - 1; i >= 0; i--) {
          words += word(i);
          found += found(i);
          if (words >= options.wordsMax() || (!isBadEnd(i) && words >= options.wordsMin())) {
            break;
          }
        }
        from = Math.max(i, 0);
      }
    } else {
      for (i = Math.min(i, cover.to); words > options.wordsMin() && isBadEnd(i); i--) {
        words -= word(i);
        found -= found(i);
        to = i - 1;
      }
    }
    return new Cover(from, to, words, found);
  }

  // ---- fragments

  private void chooseFragments() {
    List<Cover> covers = fragments();
    int shown = 0;
    while (shown < options.fragmentsMax()) {
      Cover best = null;
      for (Cover cover : covers) {
        if (best == null
            ? cover.found > 0
            : cover.found > best.found || (cover.found == best.found && cover.words < best.words)) {
          best = cover;
        }
      }
      if (best == null) {
        break;
      }
      Cover stretched = stretched(best);
      show(stretched.from, stretched.to);
      shown++;
      Cover chosen = best;
      covers.removeIf(
          cover -> cover.equals(chosen) || cover.overlaps(stretched.from, stretched.to));
    }
    if (shown == 0) {
      showBeginning();
    }
  }

  /// All covers, cut into pieces of at most the wanted number of words.
  private List<Cover> fragments() {
    int lengthMax =
        Math.max(options.wordsMax() * COVER_PER_WORD, COVER_MIN) * options.fragmentsMax();
    List<Cover> covers = new ArrayList<>();
    Cover cover = cover(0, lengthMax);
    while (cover != null) {
      int from = cover.from;
      while (from <= cover.to) {
        Cover fragment = fragment(from, cover.to);
        covers.add(fragment);
        from = fragment.to + 1;
      }
      cover = cover(cover.from + 1, lengthMax);
    }
    return covers;
  }

  private Cover fragment(int begin, int end) {
    int from = begin;
    while (from < end && !entries.get(from).interesting) {
      from++;
    }
    int words = 0;
    int found = 0;
    int i = from;
    for (; i <= end && words < options.wordsMax(); i++) {
      words += word(i);
      found += found(i);
    }
    int to = end;
    if (end > i) {
      for (to = i; to > from && !entries.get(to).interesting; to--) {
        words -= word(to);
      }
    }
    return new Cover(from, to, words, found);
  }

  private Cover stretched(Cover cover) {
    int from = cover.from;
    int to = cover.to;
    int words = cover.words;
    if (words < options.wordsMax()) {
      int room = (options.wordsMax() - words) / 2;
      int first = from;
      int stretch = 0;
      for (int i = from - 1; i >= 0 && stretch < room && !entries.get(i).shown; i--) {
        words += word(i);
        stretch += word(i);
        first = i;
      }
      while (first < from && isBadEnd(first)) {
        words -= word(first);
        first++;
      }
      from = first;
      int last = to;
      for (int i = to + 1;
          i < entries.size() && words < options.wordsMax() && !entries.get(i).shown;
          i++) {
        words += word(i);
        last = i;
      }
      while (last > to && isBadEnd(last)) {
        words -= word(last);
        last--;
      }
      to = last;
    }
    return new Cover(from, to, words, cover.found);
  }

  // ---- output

  private String text() {
    StringBuilder text = new StringBuilder();
    boolean inside = false;
    int fragments = 0;
    for (Entry entry : entries) {
      if (!entry.shown) {
        inside = false;
        continue;
      }
      if (!inside) {
        inside = true;
        if (++fragments > 1) {
          text.append(options.delimiter());
        }
      }
      if (entry.token.type() == TokenType.TAG && !options.highlightAll()) {
        text.append(' ');
      } else if (!isSkipped(entry)) {
        text.append(entry.interesting ? options.start() : "")
            .append(entry.token.text())
            .append(entry.interesting ? options.stop() : "");
      }
    }
    return text.toString();
  }

  /// Compound tokens: their parts follow.
  private static boolean isSkipped(Entry entry) {
    return entry.token.type().isCompound();
  }
}
