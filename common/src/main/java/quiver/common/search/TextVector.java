package quiver.common.search;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.text.TextOrder;

/// A `tsvector`: the distinct lexemes of a document in byte order. Immutable. Ordered as PostgreSQL
/// orders them: by stored size first, which is no order a person would choose.
public final class TextVector implements Comparable<TextVector> {
  public static final TextVector EMPTY = new TextVector(List.of());

  /// Bytes of all words and positions.
  private static final int SIZE_BYTES_MAX = (1 << 20) - 1;

  private final List<Lexeme> lexemes;

  private TextVector(List<Lexeme> lexemes) {
    this.lexemes = lexemes;
  }

  /// Sorts the lexemes and joins those of the same word.
  public static TextVector of(Collection<Lexeme> lexemes) {
    Map<String, int[]> byWord = new TreeMap<>(TextOrder::compare);
    for (Lexeme lexeme : lexemes) {
      byWord.merge(lexeme.word(), lexeme.positions(), TextVector::joined);
    }
    List<Lexeme> sorted = new ArrayList<>(byWord.size());
    byWord.forEach((word, positions) -> sorted.add(new Lexeme(word, Lexeme.normalized(positions))));
    TextVector vector = new TextVector(List.copyOf(sorted));
    int sizeBytes = vector.dataBytes();
    if (sizeBytes > SIZE_BYTES_MAX) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "string is too long for tsvector (%d bytes, max %d bytes)",
          sizeBytes,
          SIZE_BYTES_MAX);
    }
    return vector;
  }

  private static int[] joined(int[] first, int[] second) {
    int[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  /// Words with optional positions and weights: `'fat':2A,4 rat`.
  public static TextVector parse(String text) {
    LexemeScanner scanner = new LexemeScanner(text, false);
    List<Lexeme> lexemes = new ArrayList<>();
    try {
      for (scanner.skipBlanks(); scanner.peek() != -1; scanner.skipBlanks()) {
        String word = scanner.word();
        checkWord(word);
        lexemes.add(new Lexeme(word, positions(scanner, text)));
      }
    } catch (LexemeScanner.SyntaxProblem _) {
      throw syntaxError(text);
    }
    return of(lexemes);
  }

  private static QuiverException syntaxError(String text) {
    return new QuiverException(SqlState.SYNTAX_ERROR, "syntax error in tsvector: \"%s\"", text);
  }

  private static int[] positions(LexemeScanner scanner, String text)
      throws LexemeScanner.SyntaxProblem {
    int[] positions = {};
    if (!scanner.take(':')) {
      return positions;
    }
    do {
      int position = scanner.number();
      if (position < 0) {
        throw new LexemeScanner.SyntaxProblem();
      }
      if (position == 0) {
        throw new QuiverException(
            SqlState.SYNTAX_ERROR, "wrong position info in tsvector: \"%s\"", text);
      }
      int letter = scanner.peek() == '*' ? 'A' : scanner.peek();
      Weight weight = Weight.ofLetter(letter).orElse(Weight.D);
      scanner.skip(Weight.ofLetter(letter).isPresent() ? 1 : 0);
      positions = joined(positions, new int[] {Lexeme.entry(position, weight)});
    } while (scanner.take(','));
    if (scanner.peek() != -1 && !LexemeScanner.isBlank(scanner.peek())) {
      throw new LexemeScanner.SyntaxProblem();
    }
    return positions;
  }

  static void checkWord(String word) {
    int bytes = word.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > Lexeme.WORD_BYTES_MAX) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "word is too long (%d bytes, max %d bytes)",
          bytes,
          Lexeme.WORD_BYTES_MAX);
    }
  }

  /// In byte order of their words.
  public List<Lexeme> lexemes() {
    return lexemes;
  }

  public boolean isEmpty() {
    return lexemes.isEmpty();
  }

  /// How many positions the document has; lexemes without count as one.
  public int length() {
    return lexemes.stream().mapToInt(lexeme -> Math.max(1, lexeme.positions().length)).sum();
  }

  /// The greatest position, 0 when there is none.
  public int lastPosition() {
    int last = 0;
    for (Lexeme lexeme : lexemes) {
      if (lexeme.hasPositions()) {
        last = Math.max(last, lexeme.position(lexeme.positions().length - 1));
      }
    }
    return last;
  }

  /// The index of the first word that is not before `word`.
  public int lowerBound(String word) {
    int low = 0;
    int high = lexemes.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (TextOrder.compare(lexemes.get(middle).word(), word) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// The lexemes an operand of a query names: one, or with a prefix all that begin with it.
  public List<Lexeme> matching(TextQuery.Operand operand) {
    int from = lowerBound(operand.word());
    int to = from;
    while (to < lexemes.size()
        && (operand.prefix()
            ? lexemes.get(to).word().startsWith(operand.word())
            : to == from && lexemes.get(to).word().equals(operand.word()))) {
      to++;
    }
    return lexemes.subList(from, to);
  }

  private int dataBytes() {
    int bytes = 0;
    for (Lexeme lexeme : lexemes) {
      bytes += lexeme.word().getBytes(StandardCharsets.UTF_8).length;
      if (lexeme.hasPositions()) {
        bytes += (bytes & 1) + 2 + 2 * lexeme.positions().length;
      }
    }
    return bytes;
  }

  @Override
  public int compareTo(TextVector other) {
    int order =
        Integer.compare(
            dataBytes() + 4 * lexemes.size(), other.dataBytes() + 4 * other.lexemes.size());
    if (order == 0) {
      order = Integer.compare(lexemes.size(), other.lexemes.size());
    }
    for (int i = 0; order == 0 && i < lexemes.size(); i++) {
      order = compare(lexemes.get(i), other.lexemes.get(i));
    }
    return order;
  }

  /// Words upwards, everything else downwards.
  private static int compare(Lexeme left, Lexeme right) {
    if (left.hasPositions() != right.hasPositions()) {
      return left.hasPositions() ? -1 : 1;
    }
    int order = TextOrder.compare(left.word(), right.word());
    if (order == 0) {
      order = Integer.compare(right.positions().length, left.positions().length);
    }
    for (int i = 0; order == 0 && i < left.positions().length; i++) {
      order = Integer.compare(right.positions()[i], left.positions()[i]);
    }
    return order;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TextVector that && compareTo(that) == 0;
  }

  @Override
  public int hashCode() {
    ToIntFunction<Lexeme> hash = l -> 31 * l.word().hashCode() + Arrays.hashCode(l.positions());
    return lexemes.stream().mapToInt(hash).reduce(1, (a, b) -> 31 * a + b);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Lexeme lexeme : lexemes) {
      if (!text.isEmpty()) {
        text.append(' ');
      }
      LexemeScanner.quote(text, lexeme.word());
      for (int i = 0; i < lexeme.positions().length; i++) {
        text.append(i == 0 ? ':' : ',').append(lexeme.position(i));
        if (lexeme.weight(i) != Weight.D) {
          text.append(lexeme.weight(i));
        }
      }
    }
    return text.toString();
  }
}
