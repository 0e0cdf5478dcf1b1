package quiver.planner.parser;

import java.util.List;
import org.apache.calcite.sql.SqlNode;
import quiver.planner.parser.generated.GeneratedParser;
import quiver.planner.parser.grammar.Lexer;

/// Parses query strings. Stateless and thread-safe.
public final class PostgresParser {
  private PostgresParser() {}

  /// Parses all statements of a query string; an empty string gives an empty list. Cost: linear in
  /// the length of the text.
  ///
  /// @throws quiver.common.error.QuiverException `42601` with the position of the offending token;
  ///   `54001` when the text nests too deeply; `54000` when it has too many tokens
  public static List<ParsedStatement> parse(String sql) {
    return parser(sql).statements();
  }

  /// Parses one expression, such as the text the catalog keeps of a DEFAULT or CHECK.
  ///
  /// @throws quiver.common.error.QuiverException as [#parse(String)]
  public static SqlNode parseExpression(String sql) {
    return parser(sql).onlyExpression();
  }

  private static GeneratedParser parser(String sql) {
    Lexer lexer = new Lexer(sql);
    GeneratedParser parser = new GeneratedParser(lexer);
    parser.read(lexer);
    return parser;
  }
}
