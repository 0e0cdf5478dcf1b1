package quiver.planner.parser;

import java.util.Optional;
import quiver.planner.parser.node.Statement;

/// One statement of a query string. Positions inside `statement` count characters of the whole
/// query string, from 1, as PostgreSQL reports them.
///
/// @param text the statement without its semicolon and without surrounding blanks and comments
/// @param offset index of the first `char` of `text` in the query string, from 0
/// @param parameterCount the highest `$n`, 0 if there is none
/// @param firstParameter the `$n` that stands first
public record ParsedStatement(
    String text,
    int offset,
    int parameterCount,
    Optional<ParameterUse> firstParameter,
    Statement statement) {
  /// A `$number` in the text.
  public record ParameterUse(int number, int position) {}

  /// The same statement for one who has no parameters for it.
  public ParsedStatement withoutParameters() {
    return new ParsedStatement(text, offset, 0, Optional.empty(), statement);
  }
}
