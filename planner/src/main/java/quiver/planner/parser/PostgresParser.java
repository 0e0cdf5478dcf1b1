package quiver.planner.parser;

import java.util.List;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Parses query strings. Stateless and thread-safe.
public final class PostgresParser {
  private PostgresParser() {}

  /// Parses all statements of a query string; an empty string gives an empty list.
  ///
  /// @throws QuiverException `42601` with the position of the offending token; `54001` when the
  ///   text nests too deeply
  public static List<ParsedStatement> parse(String sql) {
    throw new QuiverException(SqlState.FEATURE_NOT_SUPPORTED, "the parser is not there yet");
  }
}
