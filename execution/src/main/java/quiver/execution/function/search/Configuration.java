package quiver.execution.function.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import quiver.common.search.Lexeme;
import quiver.common.search.TextVector;
import quiver.common.search.Weight;

/// A text-search configuration at work: the parser and the dictionaries of one language. Used by
/// one thread; cheap to make.
public final class Configuration {
  private final Dictionary words;
  private final Dictionary asciiWords;
  private final Dictionary others;

  public Configuration(Language language) {
    this.words = new Dictionary(language);
    this.asciiWords = language.ofAscii() == language ? words : new Dictionary(language.ofAscii());
    this.others = new Dictionary(Language.SIMPLE);
  }

  /// A word of a text as it is indexed.
  ///
  /// @param position from 1; stop words count
  public record Word(String lexeme, int position) {}

  /// The lexemes of a text in the order of their places.
  List<Word> words(String text) {
    return words(text, 0);
  }

  /// @param before the position of the last word before this text
  private List<Word> words(String text, int before) {
    List<Word> found = new ArrayList<>();
    int position = before;
    for (Token token : TextParser.parse(text)) {
      if (!token.type().isIndexed() || utf8Length(token.text()) > Lexeme.WORD_BYTES_MAX) {
        continue;
      }
      position++;
      Optional<String> lexeme = lexeme(token);
      if (lexeme.isPresent()) {
        found.add(new Word(lexeme.get(), position));
      }
    }
    return found;
  }

  private static int utf8Length(String text) {
    return text.length() * 3 <= Lexeme.WORD_BYTES_MAX
        ? text.length()
        : quiver.common.value.JsonText.utf8Length(text);
  }

  /// The lexeme of one token, empty for stop words and for what is not indexed.
  Optional<String> lexeme(Token token) {
    if (!token.type().isIndexed()) {
      return Optional.empty();
    }
    TokenType type = token.type();
    Dictionary dictionary = !type.isStemmed() ? others : type.isAscii() ? asciiWords : words;
    return dictionary.lexeme(token.text());
  }

  /// `to_tsvector`. This is also where an index over an expression takes its lexemes from.
  public TextVector vector(String text) {
    return vector(List.of(text));
  }

  /// As [#vector] of several texts one after the other, with a gap between them.
  public TextVector vector(List<String> texts) {
    List<Lexeme> lexemes = new ArrayList<>();
    int position = 0;
    for (String text : texts) {
      int last = position;
      for (Token token : TextParser.parse(text)) {
        if (!token.type().isIndexed() || utf8Length(token.text()) > Lexeme.WORD_BYTES_MAX) {
          continue;
        }
        position++;
        int place = position;
        lexeme(token)
            .ifPresent(lexeme ->
                lexemes.add(new Lexeme(lexeme, new int[] {Lexeme.entry(place, Weight.D)})));
      }
      position += position > last ? 1 : 0;
    }
    return TextVector.of(lexemes);
  }
}
