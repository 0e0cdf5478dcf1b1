package quiver.planner.parser.grammar;

import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.planner.parser.generated.GeneratedParserConstants;
import quiver.planner.parser.generated.Token;

/// A token with its place in the source and its value: the folded name of a word, the content of a
/// string, the digits of a number or parameter, the symbol of an operator.
///
/// `beginColumn` and `endColumn` are 1-based character positions; the line is always 1.
public final class SqlToken extends Token {
  private static final long serialVersionUID = 1L;

  final String value;
  final Keywords.Category category;
  final boolean bareLabel;
  final int startIndex;
  final int endIndex;

  /// Why the text is no token. Kept until the parser gets here, since what comes before may be a
  /// syntax error that is to be reported first.
  final transient @Nullable QuiverException failure;

  SqlToken(
      int kind,
      String value,
      Keywords.Category category,
      boolean bareLabel,
      int startIndex,
      int endIndex) {
    this(kind, value, category, bareLabel, startIndex, endIndex, null);
  }

  private SqlToken(
      int kind,
      String value,
      Keywords.Category category,
      boolean bareLabel,
      int startIndex,
      int endIndex,
      @Nullable QuiverException failure) {
    this.failure = failure;
    this.kind = kind;
    this.value = value;
    this.image = value;
    this.category = category;
    this.bareLabel = bareLabel;
    this.startIndex = startIndex;
    this.endIndex = endIndex;
    this.beginLine = 1;
    this.endLine = 1;
  }

  static SqlToken failed(QuiverException failure, int startIndex, int endIndex) {
    return new SqlToken(
        GeneratedParserConstants.UNKNOWN_CHARACTER,
        "",
        Keywords.Category.NONE,
        false,
        startIndex,
        endIndex,
        failure);
  }

  /// The value, see the class.
  public String value() {
    return value;
  }

  /// 1-based position of the first character.
  public int position() {
    return beginColumn;
  }

  /// Index of the first `char` in the source.
  public int startIndex() {
    return startIndex;
  }

  /// Index after the last `char` in the source.
  public int endIndex() {
    return endIndex;
  }
}
