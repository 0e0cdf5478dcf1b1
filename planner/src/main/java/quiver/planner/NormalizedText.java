package quiver.planner;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import quiver.common.type.SqlType;
import quiver.planner.parser.generated.GeneratedParserConstants;
import quiver.planner.parser.generated.Token;
import quiver.planner.parser.grammar.Lexer;
import quiver.planner.parser.grammar.SqlToken;

/// A statement's text with its literals replaced by parameters, so that statements that differ in
/// literals share a plan. Equal literals share a parameter, so that equal expressions stay equal.
///
/// Literals stay where a parameter would mean something else: numbers that are ordinals or type
/// modifiers, strings after a type name.
///
/// @param text with `$1 …`
record NormalizedText(String text, List<Literal> literals) {
  /// Statements with more literals than this are planned as they are: their plans are large and
  /// rarely needed twice.
  static final int LITERALS_MAX = 256;

  private static final Set<Integer> STATEMENTS =
      Set.of(
          GeneratedParserConstants.SELECT,
          GeneratedParserConstants.INSERT,
          GeneratedParserConstants.UPDATE,
          GeneratedParserConstants.DELETE,
          GeneratedParserConstants.WITH,
          GeneratedParserConstants.VALUES);

  /// Words an expression can follow.
  private static final Set<String> BEFORE_EXPRESSIONS =
      Set.of(
          "select", "where", "and", "or", "not", "then", "else", "when", "like", "ilike", "between",
          "having", "on", "limit", "offset");

  /// A literal that became a parameter.
  ///
  /// @param type of a number; empty for a string, whose type the context decides
  record Literal(String value, Optional<SqlType> type) {}

  /// The text of one statement; empty when it has parameters of its own, has too many literals or
  /// is none of the kinds whose plans are worth sharing.
  static Optional<NormalizedText> of(String statement) {
    List<SqlToken> tokens = tokens(statement);
    return tokens.isEmpty() || !STATEMENTS.contains(tokens.getFirst().kind)
        ? Optional.empty()
        : new Normalizer(statement, tokens).run();
  }

  private static List<SqlToken> tokens(String statement) {
    List<SqlToken> tokens = new ArrayList<>();
    Lexer lexer = new Lexer(statement);
    for (Token token = lexer.getNextToken();
        token.kind != GeneratedParserConstants.EOF;
        token = lexer.getNextToken()) {
      if (token.kind == GeneratedParserConstants.UNKNOWN_CHARACTER) {
        return List.of();
      }
      tokens.add((SqlToken) token);
    }
    return tokens;
  }

  /// One run over the tokens of a statement.
  private static final class Normalizer {
    private final String statement;
    private final List<SqlToken> tokens;
    private final StringBuilder text = new StringBuilder();
    private final List<Literal> literals = new ArrayList<>();
    private int depth;
    private int listDepth = -1;
    private int modifierDepth = -1;
    private int copied;

    Normalizer(String statement, List<SqlToken> tokens) {
      this.statement = statement;
      this.tokens = tokens;
    }

    Optional<NormalizedText> run() {
      for (int i = 0; i < tokens.size(); i++) {
        SqlToken token = tokens.get(i);
        switch (token.kind) {
          case GeneratedParserConstants.PARAMETER_NUMBER, GeneratedParserConstants.SEMICOLON -> {
            return Optional.empty();
          }
          case GeneratedParserConstants.LPAREN -> {
            depth++;
            if (modifierDepth < 0 && isTypeName(i - 1)) {
              modifierDepth = depth;
            }
          }
          case GeneratedParserConstants.RPAREN -> {
            depth--;
            listDepth = depth < listDepth ? -1 : listDepth;
            modifierDepth = depth < modifierDepth ? -1 : modifierDepth;
          }
          case GeneratedParserConstants.BY -> listDepth = depth;
          case GeneratedParserConstants.UNSIGNED_INTEGER_LITERAL,
              GeneratedParserConstants.DECIMAL_NUMERIC_LITERAL,
              GeneratedParserConstants.QUOTED_STRING -> {
            if (isFree(i)) {
              replace(token);
              if (literals.size() > LITERALS_MAX) {
                return Optional.empty();
              }
            }
          }
          default -> {}
        }
      }
      text.append(statement, copied, statement.length());
      return Optional.of(new NormalizedText(text.toString(), List.copyOf(literals)));
    }

    /// Whether the words up to token `index` are a type name after `::` or AS.
    private boolean isTypeName(int index) {
      int i = index;
      while (i >= 0 && isWord(tokens.get(i)) && !tokens.get(i).value().equals("as")) {
        i--;
      }
      return i >= 0
          && i < index
          && (tokens.get(i).kind == GeneratedParserConstants.TYPECAST
              || tokens.get(i).value().equals("as"));
    }

    private static boolean isWord(SqlToken token) {
      return !token.value().isEmpty()
          && (Character.isLetter(token.value().charAt(0)) || token.value().charAt(0) == '_')
          && token.kind != GeneratedParserConstants.QUOTED_STRING;
    }

    private boolean isFree(int index) {
      if (index == 0 || modifierDepth >= 0) {
        return false;
      }
      SqlToken before = tokens.get(index - 1);
      boolean separator =
          before.kind == GeneratedParserConstants.COMMA
              || before.kind == GeneratedParserConstants.BY;
      if (separator && depth == listDepth) {
        return false;
      }
      if (isDistinctOn(index)) {
        return false;
      }
      SqlToken token = tokens.get(index);
      boolean plainString =
          token.kind != GeneratedParserConstants.QUOTED_STRING
              || (statement.charAt(token.startIndex()) == '\''
                  && (index + 1 == tokens.size()
                      || tokens.get(index + 1).kind != GeneratedParserConstants.QUOTED_STRING));
      return plainString && isBeforeExpression(before);
    }

    private boolean isDistinctOn(int index) {
      return index >= 3
          && tokens.get(index - 1).kind == GeneratedParserConstants.LPAREN
          && tokens.get(index - 2).value().equals("on")
          && tokens.get(index - 3).value().equals("distinct");
    }

    private static boolean isBeforeExpression(SqlToken before) {
      return switch (before.kind) {
        case GeneratedParserConstants.COMMA,
            GeneratedParserConstants.LPAREN,
            GeneratedParserConstants.LBRACKET ->
            true;
        case GeneratedParserConstants.RPAREN,
            GeneratedParserConstants.RBRACKET,
            GeneratedParserConstants.TYPECAST,
            GeneratedParserConstants.QUOTED_STRING ->
            false;
        default ->
            isWord(before) ? BEFORE_EXPRESSIONS.contains(before.value()) : isOperator(before);
      };
    }

    private static boolean isOperator(SqlToken token) {
      return !token.value().isEmpty() && "+-*/<>=~!@#%^&|`?".indexOf(token.value().charAt(0)) >= 0;
    }

    private void replace(SqlToken token) {
      Optional<Literal> literal = literal(token);
      if (literal.isEmpty()) {
        return;
      }
      int number = literals.indexOf(literal.get());
      if (number < 0) {
        number = literals.size();
        literals.add(literal.get());
      }
      text.append(statement, copied, token.startIndex());
      // Blanks keep the number apart from what stands next to it.
      text.append(" $").append(number + 1).append(' ');
      copied = token.endIndex();
    }

    private static Optional<Literal> literal(SqlToken token) {
      String value = token.value();
      if (token.kind == GeneratedParserConstants.QUOTED_STRING) {
        return Optional.of(new Literal(value, Optional.empty()));
      }
      if (token.kind == GeneratedParserConstants.DECIMAL_NUMERIC_LITERAL) {
        return Optional.of(new Literal(value, Optional.of(SqlType.NUMERIC)));
      }
      // The types of larger numbers depend on their sign.
      return value.length() <= 9
          ? Optional.of(new Literal(value, Optional.of(SqlType.INT4)))
          : Optional.empty();
    }
  }
}
