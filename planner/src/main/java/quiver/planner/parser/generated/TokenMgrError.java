package quiver.planner.parser.generated;

/// Named by the generated parser; our lexer reports its errors itself.
public final class TokenMgrError extends Error {
  private static final long serialVersionUID = 1L;

  public TokenMgrError(String message) {
    super(message);
  }
}
