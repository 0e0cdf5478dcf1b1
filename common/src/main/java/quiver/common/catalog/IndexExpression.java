package quiver.common.catalog;

import java.util.List;
import quiver.common.expression.Expression;

/// An expression over columns of a table that an index keeps: a key or a predicate. It does not
/// mention column names, so that renaming columns leaves it as it is.
///
/// @param template its SQL text, normalised by the planner, with `"$1"` for the first of
///   `columnIds`, `"$2"` for the second, …
/// @param columnIds the columns it reads
/// @param expression its [Expression.InputColumn]s are positions in `columnIds`
public record IndexExpression(String template, List<Integer> columnIds, Expression expression) {
  public IndexExpression {
    columnIds = List.copyOf(columnIds);
  }

  /// The name that stands for column `position` (from 0) in [#template].
  public static String placeholder(int position) {
    return "$" + (position + 1);
  }

  /// The text over the table's column names of today.
  public String sql(TableDefinition table) {
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (at < template.length()) {
      char c = template.charAt(at);
      int end = c == '\'' ? literalEnd(at) : c == '"' ? quotedEnd(at) : at + 1;
      if (c == '"' && template.charAt(at + 1) == '$') {
        int position = Integer.parseInt(template, at + 2, end - 1, 10) - 1;
        int ordinal = table.ordinalOfId(columnIds.get(position));
        text.append(DefinitionText.identifier(table.columns().get(ordinal).name()));
      } else {
        text.append(template, at, end);
      }
      at = end;
    }
    return text.toString();
  }

  /// The end of a literal; in `E'…'` a backslash takes the next character with it.
  private int literalEnd(int start) {
    boolean escapes = start > 0 && template.charAt(start - 1) == 'E';
    int at = start + 1;
    while (template.charAt(at) != '\'') {
      at += escapes && template.charAt(at) == '\\' ? 2 : 1;
    }
    return at + 1;
  }

  private int quotedEnd(int start) {
    return template.indexOf('"', start + 1) + 1;
  }
}
