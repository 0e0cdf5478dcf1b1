package quiver.planner.parser.generated;

import org.jspecify.annotations.Nullable;

/// What the generated parser throws where no production fits. It never leaves the parser: the error
/// the user sees is made from the token at which it happened.
public final class ParseException extends Exception {
  private static final long serialVersionUID = 1L;

  public @Nullable Token currentToken;
  public int @Nullable [][] expectedTokenSequences;
  public String @Nullable [] tokenImage;

  public ParseException() {}

  public ParseException(String message) {
    super(message);
  }

  public ParseException(Token currentToken, int[][] expectedTokenSequences, String[] tokenImage) {
    this.currentToken = currentToken;
    this.expectedTokenSequences = expectedTokenSequences;
    this.tokenImage = tokenImage;
  }
}
