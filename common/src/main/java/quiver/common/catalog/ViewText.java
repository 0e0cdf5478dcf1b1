package quiver.common.catalog;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import quiver.common.catalog.ViewDefinition.ViewColumn;

/// The query of a view as the catalog keeps it: SQL text in PostgreSQL's layout in which relations
/// and their columns stand as ids, so that they can be renamed.
///
/// A reference is `\1 kind \3 field … \2`; `\4 … \5` goes around an expression, from which the
/// pretty form takes parentheses; `\6 … \7` around a query inside an expression.
public final class ViewText {
  private static final char OPEN = '\u0001';
  private static final char CLOSE = '\u0002';
  private static final char FIELD = '\u0003';
  private static final char EXPRESSION = '\u0004';
  private static final char EXPRESSION_END = '\u0005';
  private static final char QUERY = '\u0006';
  private static final char QUERY_END = '\u0007';

  private final CatalogImage catalog;
  private final List<ViewColumn> columns;
  private final LongPredicate visible;
  private final boolean pretty;

  private ViewText(
      CatalogImage catalog, List<ViewColumn> columns, LongPredicate visible, boolean pretty) {
    this.catalog = catalog;
    this.columns = columns;
    this.visible = visible;
    this.pretty = pretty;
  }

  // ---- writing

  private static String reference(String kind, String... fields) {
    StringBuilder text = new StringBuilder().append(OPEN).append(kind);
    for (String field : fields) {
      text.append(FIELD).append(field);
    }
    return text.append(CLOSE).toString();
  }

  /// A relation in FROM.
  public static String relation(long relationId) {
    return reference("r", String.valueOf(relationId));
  }

  /// The name a relation without alias goes by.
  public static String relationName(long relationId) {
    return reference("a", String.valueOf(relationId));
  }

  /// After a relation in FROM: names of all its columns, if one of `fixed` has been renamed since.
  ///
  /// @param bare whether the relation has no alias
  /// @param fixed names that the query goes by, by id of the column
  public static String columnsIfRenamed(long relationId, boolean bare, Map<Integer, String> fixed) {
    List<String> fields = new ArrayList<>();
    fields.add(String.valueOf(relationId));
    fields.add(bare ? "bare" : "");
    fixed.forEach((id, name) -> {
      fields.add(String.valueOf(id));
      fields.add(name);
    });
    return reference("u", fields.toArray(String[]::new));
  }

  /// A column of a relation.
  public static String column(long relationId, int columnId) {
    return reference("c", String.valueOf(relationId), String.valueOf(columnId));
  }

  /// `AS name` of an output column of the view itself, left out if it is `natural`.
  ///
  /// @param position from 1
  /// @param natural what the column would be called without; empty for an expression
  public static String outputLabel(int position, String natural) {
    return reference("o", String.valueOf(position), escaped(natural));
  }

  /// `AS name` of an output column of a query inside the view.
  public static String label(String name, String natural) {
    return reference("l", name, escaped(natural));
  }

  // References inside a field.
  private static String escaped(String natural) {
    return natural.replace(OPEN, '\u000e').replace(CLOSE, '\u000f').replace(FIELD, '\u0010');
  }

  private static String unescaped(String natural) {
    return natural.replace('\u000e', OPEN).replace('\u000f', CLOSE).replace('\u0010', FIELD);
  }

  /// Text, such as parentheses, that the pretty form leaves out.
  public static String unlessPretty(String text) {
    return reference("p", text);
  }

  public static String expression(String text) {
    return EXPRESSION + text + EXPRESSION_END;
  }

  /// A query inside an expression, with the operator that makes a value of it.
  public static String queryInExpression(String text) {
    return QUERY + text + QUERY_END;
  }

  /// Whether text can be part of a template as it is.
  public static boolean isPlain(String text) {
    return text.chars().allMatch(c -> c > QUERY_END && (c < '\u000e' || c > '\u0010'));
  }

  // ---- reading

  /// The query for the planner: every relation with its schema.
  public static String query(ViewDefinition view, CatalogImage catalog) {
    return new ViewText(catalog, view.columns(), _ -> false, false).rendered(view.template());
  }

  /// A condition of a policy.
  ///
  /// @param visible whether a relation is found without its schema
  public static String condition(
      PolicyExpression expression, CatalogImage catalog, LongPredicate visible) {
    return new ViewText(catalog, List.of(), visible, false).rendered(expression.template());
  }

  static boolean hasQuery(String template) {
    return template.indexOf(QUERY) >= 0;
  }

  /// What `pg_get_viewdef` shows.
  ///
  /// @param visible whether a relation is found without its schema
  public static String definition(
      ViewDefinition view, CatalogImage catalog, LongPredicate visible, boolean pretty) {
    return new ViewText(catalog, view.columns(), visible, pretty).rendered(view.template()) + ";";
  }

  private String rendered(String template) {
    String text = withNames(template);
    return pretty ? withoutParentheses(text) : plain(text);
  }

  private static String plain(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < EXPRESSION || c > QUERY_END) {
        out.append(c);
      }
    }
    return out.toString();
  }

  private String withNames(String template) {
    StringBuilder out = new StringBuilder();
    int at = 0;
    while (at < template.length()) {
      int open = template.indexOf(OPEN, at);
      if (open < 0) {
        break;
      }
      out.append(template, at, open);
      int close = template.indexOf(CLOSE, open);
      String[] fields = template.substring(open + 1, close).split(String.valueOf(FIELD), -1);
      out.append(name(fields));
      at = close + 1;
    }
    return out.append(template, at, template.length()).toString();
  }

  private String name(String[] fields) {
    return switch (fields[0]) {
      case "r" -> relationText(Long.parseLong(fields[1]));
      case "a" -> DefinitionText.identifier(relationOf(Long.parseLong(fields[1])).name());
      case "u" -> columnsText(fields);
      case "c" ->
          DefinitionText.identifier(
              columnName(Long.parseLong(fields[1]), Integer.parseInt(fields[2])));
      case "o" ->
          labelText(columns.get(Integer.parseInt(fields[1]) - 1).name(), unescaped(fields[2]));
      case "l" -> labelText(fields[1], unescaped(fields[2]));
      case "p" -> pretty ? "" : fields[1];
      default -> throw new IllegalStateException("reference of kind " + fields[0]);
    };
  }

  private String labelText(String label, String natural) {
    String quoted = DefinitionText.identifier(label);
    return withNames(natural).equals(quoted) ? "" : " AS " + quoted;
  }

  private record RelationName(String schema, String name) {}

  private RelationName relationOf(long id) {
    return switch (catalog.object(id).orElse(null)) {
      case TableDefinition table -> new RelationName(table.schema(), table.name());
      case ViewDefinition view -> new RelationName(view.schema(), view.name());
      case null, default -> throw new IllegalStateException("a view reads relation " + id);
    };
  }

  private String relationText(long id) {
    RelationName relation = relationOf(id);
    String name = DefinitionText.identifier(relation.name());
    return visible.test(id) ? name : DefinitionText.identifier(relation.schema()) + "." + name;
  }

  private String columnsText(String[] fields) {
    long relation = Long.parseLong(fields[1]);
    Map<Integer, String> fixed = new HashMap<>();
    for (int i = 3; i < fields.length; i += 2) {
      fixed.put(Integer.parseInt(fields[i]), fields[i + 1]);
    }
    Map<Integer, String> names = columnNames(relation);
    if (fixed.entrySet().stream()
        .allMatch(each -> each.getValue().equals(names.get(each.getKey())))) {
      return "";
    }
    names.putAll(fixed);
    String list =
        names.values().stream()
            .map(DefinitionText::identifier)
            .collect(Collectors.joining(", ", "(", ")"));
    String name = DefinitionText.identifier(relationOf(relation).name());
    return fields[2].isEmpty() ? list : " " + name + list;
  }

  /// Of all columns, by id, in order.
  private Map<Integer, String> columnNames(long relationId) {
    Map<Integer, String> names = new LinkedHashMap<>();
    switch (catalog.object(relationId).orElse(null)) {
      case TableDefinition table ->
          table.columns().forEach(column -> names.put(column.id(), column.name()));
      case ViewDefinition view -> {
        for (int i = 0; i < view.columns().size(); i++) {
          names.put(i + 1, view.columns().get(i).name());
        }
      }
      case null, default -> {}
    }
    return names;
  }

  private String columnName(long relationId, int columnId) {
    Optional<String> name =
        switch (catalog.object(relationId).orElse(null)) {
          case TableDefinition table -> table.columnOfId(columnId).map(ColumnDefinition::name);
          case ViewDefinition view -> Optional.of(view.columns().get(columnId - 1).name());
          case null, default -> Optional.empty();
        };
    return name.orElseThrow(() ->
        new IllegalStateException(
            String.format(Locale.ROOT, "a view reads column %d of %d", columnId, relationId)));
  }

  // ---- the pretty form

  private static String withoutParentheses(String text) {
    StringBuilder out = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c != EXPRESSION) {
        out.append(c == QUERY || c == QUERY_END || c == EXPRESSION_END ? "" : c);
        at++;
        continue;
      }
      int end = matching(text, at, EXPRESSION, EXPRESSION_END);
      out.append(prettyExpression(text.substring(at + 1, end)));
      at = end + 1;
    }
    return out.toString();
  }

  /// Queries inside stand as words while parentheses are taken out.
  private static String prettyExpression(String text) {
    List<String> queries = new ArrayList<>();
    StringBuilder outer = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      if (text.charAt(at) == QUERY) {
        int end = matching(text, at, QUERY, QUERY_END);
        outer.append("$q").append(queries.size()).append('$');
        queries.add(withoutParentheses(text.substring(at + 1, end)));
        at = end + 1;
      } else {
        outer.append(text.charAt(at++));
      }
    }
    String result = PrettyExpression.of(outer.toString());
    for (int i = queries.size() - 1; i >= 0; i--) {
      result = result.replace("$q" + i + "$", queries.get(i));
    }
    return result;
  }

  private static int matching(String text, int start, char open, char close) {
    int depth = 0;
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      depth += c == open ? 1 : c == close ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    throw new IllegalStateException("unbalanced template");
  }
}
