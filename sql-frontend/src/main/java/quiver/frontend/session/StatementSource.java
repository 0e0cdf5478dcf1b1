package quiver.frontend.session;

import java.util.List;
import quiver.common.type.SqlType;
import quiver.planner.parser.ParsedStatement;

/// A statement before planning.
///
/// @param query the whole query string, for error positions
/// @param declaredTypes types the client gave for `$1 …`; `unknown` where it gave none
public record StatementSource(
    ParsedStatement statement, String query, List<SqlType> declaredTypes) {
  public StatementSource {
    declaredTypes = List.copyOf(declaredTypes);
  }
}
