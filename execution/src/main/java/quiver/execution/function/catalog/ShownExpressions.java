package quiver.execution.function.catalog;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import quiver.common.catalog.CatalogImage;

/// Kept expressions as a session reads them: what is in `public` stands with its schema where the
/// search path lacks it.
final class ShownExpressions {
  private static final String SCHEMA = "public";
  private static final Pattern RELATION =
      Pattern.compile("'(\"(?:[^\"']|\"\")+\"|[^'.\"]+)'::regclass");

  /// A text in quotes, or a cast to a type without schema.
  private static final Pattern CAST =
      Pattern.compile("'(?:[^']|'')*'|::(\"(?:[^\"]|\"\")+\"|[a-z_][a-z_0-9$]*)(?![a-z_0-9$.\"])");

  private ShownExpressions() {}

  /// An expression, or a query or definition with expressions.
  ///
  /// @param path schemas that are searched
  static String of(String sql, CatalogImage catalog, List<String> path) {
    if (path.contains(SCHEMA) || !sql.contains("::")) {
      return sql;
    }
    String relations = RELATION.matcher(sql).replaceAll("'public.$1'::regclass");
    return CAST.matcher(relations)
        .replaceAll(match ->
            Matcher.quoteReplacement(
                match.group(1) != null && isOwn(match.group(1), catalog)
                    ? "::" + SCHEMA + "." + match.group(1)
                    : match.group()));
  }

  private static boolean isOwn(String name, CatalogImage catalog) {
    String plain =
        name.startsWith("\"") ? name.substring(1, name.length() - 1).replace("\"\"", "\"") : name;
    return catalog.type(SCHEMA, plain).isPresent();
  }
}
