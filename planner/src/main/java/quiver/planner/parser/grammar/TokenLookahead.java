package quiver.planner.parser.grammar;

import org.apache.calcite.sql.parser.SqlAbstractParserImpl;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.planner.parser.generated.GeneratedParserConstants;
import quiver.planner.parser.generated.Token;
import quiver.planner.parser.grammar.Keywords.Category;

/// The tokens ahead of the parser, the names among them, and the errors at them. One thread, one
/// text.
abstract class TokenLookahead extends SqlAbstractParserImpl implements GeneratedParserConstants {
  private @Nullable Lexer lexer;

  /// Sets the text, once, before anything is parsed.
  public final void read(Lexer text) {
    lexer = text;
  }

  /// The token `distance` places ahead; 1 is the next one.
  protected final SqlToken ahead(int distance) {
    return (SqlToken) getToken(distance);
  }

  public abstract Token getToken(int distance);

  /// The last consumed token.
  protected final SqlToken last() {
    return (SqlToken) getToken(0);
  }

  protected final Lexer lexer() {
    Lexer present = lexer;
    if (present == null) {
      throw new IllegalStateException("the parser has no text");
    }
    return present;
  }

  protected final boolean at(int kind) {
    return ahead(1).kind == kind;
  }

  protected final boolean at(int first, int second) {
    return ahead(1).kind == first && ahead(2).kind == second;
  }

  protected final boolean at(int first, int second, int third) {
    return at(first, second) && ahead(3).kind == third;
  }

  protected final boolean atAny(int... kinds) {
    int next = ahead(1).kind;
    for (int kind : kinds) {
      if (next == kind) {
        return true;
      }
    }
    return false;
  }

  protected final boolean isColumnId(int distance) {
    return switch (ahead(distance).category) {
      case NAME, UNRESERVED, COLUMN_NAME -> true;
      case TYPE_OR_FUNCTION_NAME, RESERVED, NONE -> false;
    };
  }

  protected final boolean isFunctionId(int distance) {
    return switch (ahead(distance).category) {
      case NAME, UNRESERVED, TYPE_OR_FUNCTION_NAME -> true;
      case COLUMN_NAME, RESERVED, NONE -> false;
    };
  }

  protected final boolean isNonReserved(int distance) {
    return switch (ahead(distance).category) {
      case NAME, UNRESERVED, COLUMN_NAME, TYPE_OR_FUNCTION_NAME -> true;
      case RESERVED, NONE -> false;
    };
  }

  protected final boolean isLabel(int distance) {
    return ahead(distance).category != Category.NONE;
  }

  protected final boolean isBareLabel() {
    return ahead(1).category != Category.NONE && ahead(1).bareLabel;
  }

  /// PostgreSQL's syntax error at the next token.
  protected final QuiverException syntaxError() {
    return lexer().syntaxError(ahead(1));
  }

  protected final QuiverException unsupported(String feature, int position) {
    return new QuiverException(SqlState.FEATURE_NOT_SUPPORTED, "%s is not supported", feature)
        .at(position);
  }

  protected final QuiverException error(String message, int position) {
    return QuiverException.ofMessage(SqlState.SYNTAX_ERROR, message).at(position);
  }

  /// The source text from `start` to the last consumed token.
  protected final String textFrom(SqlToken start) {
    return lexer().sql().substring(start.startIndex, last().endIndex);
  }

  /// Words such as LEFT can name a function in FROM, not a table.
  protected final void refuseFunctionName() {
    if (ahead(1).category == Category.TYPE_OR_FUNCTION_NAME) {
      getNextToken();
      throw syntaxError();
    }
  }

  /// The last token's number, which must fit into an integer.
  protected final int intValue(SqlToken token) {
    try {
      return Integer.parseInt(token.value);
    } catch (NumberFormatException e) {
      throw lexer().syntaxError(token).withCause(e);
    }
  }

  /// Whether a word alone may name a function or type.
  protected static boolean isCallable(SqlToken word) {
    return switch (word.category) {
      case NAME, UNRESERVED, TYPE_OR_FUNCTION_NAME -> true;
      case COLUMN_NAME, RESERVED, NONE -> false;
    };
  }

  /// Whether a word may begin the name of a column.
  protected static boolean isColumn(SqlToken word) {
    return switch (word.category) {
      case NAME, UNRESERVED, COLUMN_NAME -> true;
      case TYPE_OR_FUNCTION_NAME, RESERVED, NONE -> false;
    };
  }

  /// A syntax error at the last consumed token.
  protected final QuiverException syntaxErrorBefore() {
    return lexer().syntaxError(last());
  }

  private void skipToken() {
    if (ahead(1).failure != null) {
      throw syntaxError();
    }
    getNextToken();
  }

  /// Consumes everything up to the end of the statement.
  protected final void skipStatement() {
    while (!at(SEMICOLON) && !at(EOF)) {
      skipToken();
    }
  }

  /// Consumes everything up to the end of one action of ALTER.
  protected final void skipAction() {
    int parentheses = 0;
    while (!at(SEMICOLON) && !at(EOF) && (parentheses > 0 || !at(COMMA))) {
      parentheses += at(LPAREN) ? 1 : at(RPAREN) ? -1 : 0;
      skipToken();
    }
  }

  public abstract Token getNextToken();
}
