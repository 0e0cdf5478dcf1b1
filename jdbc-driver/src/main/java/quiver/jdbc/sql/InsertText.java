package quiver.jdbc.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An INSERT of one row of nothing but parameters, the only kind that COPY can stand for.
///
/// @param table the table's name as it is written, with its schema if it has one
/// @param columns the columns' names as they are written; empty if none are
/// @param casts for each parameter the type it is cast to, in lower case, or an empty text
public record InsertText(String table, List<String> columns, List<String> casts) {
  /// Takes over copies of the lists.
  public InsertText {
    columns = List.copyOf(columns);
    casts = List.copyOf(casts);
  }

  /// Nothing if the statement is anything else.
  public static Optional<InsertText> parse(String sql) {
    Tokens tokens = new Tokens(sql);
    if (!tokens.take("insert") || !tokens.take("into")) {
      return Optional.empty();
    }
    String table = name(tokens);
    List<String> columns = new ArrayList<>();
    if (tokens.take('(')) {
      do {
        if (!isName(tokens)) {
          return Optional.empty();
        }
        columns.add(tokens.text());
        tokens.advance();
      } while (tokens.take(','));
      if (!tokens.take(')')) {
        return Optional.empty();
      }
    }
    if (table.isEmpty() || !tokens.take("values") || !tokens.take('(')) {
      return Optional.empty();
    }
    List<String> casts = new ArrayList<>();
    do {
      if (tokens.kind() != Tokens.Kind.PARAMETER) {
        return Optional.empty();
      }
      tokens.advance();
      casts.add(cast(tokens));
    } while (tokens.take(','));
    if (!tokens.take(')')) {
      return Optional.empty();
    }
    tokens.take(';');
    boolean fits = columns.isEmpty() || columns.size() == casts.size();
    return tokens.isEnd() && fits
        ? Optional.of(new InsertText(table, columns, casts))
        : Optional.empty();
  }

  private static String cast(Tokens tokens) {
    if (!tokens.take(':')) {
      return "";
    }
    if (!tokens.take(':') || tokens.kind() != Tokens.Kind.WORD) {
      return "?";
    }
    String type = tokens.word();
    tokens.advance();
    return type;
  }

  private static String name(Tokens tokens) {
    if (!isName(tokens)) {
      return "";
    }
    StringBuilder name = new StringBuilder(tokens.text());
    tokens.advance();
    if (tokens.take('.')) {
      if (!isName(tokens)) {
        return "";
      }
      name.append('.').append(tokens.text());
      tokens.advance();
    }
    return name.toString();
  }

  private static boolean isName(Tokens tokens) {
    return tokens.kind() == Tokens.Kind.WORD || tokens.kind() == Tokens.Kind.QUOTED;
  }
}
