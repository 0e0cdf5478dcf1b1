package quiver.planner.binder;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.DefinitionText;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.planner.context.PlanningContext;

/// The name of a table, view or sequence in a literal such as `nextval('s')` has. In what the
/// catalog keeps, a name without schema is one of `public`.
///
/// @param schema null: not said
record RelationLiteral(@Nullable String schema, String name) {
  private static final String PUBLIC = "public";
  private static final String PART = "(\"(?:[^\"]|\"\")+\"|[\\p{L}_][\\p{L}\\d_$]*)";
  private static final Pattern NAME =
      Pattern.compile("\\s*(?:" + PART + "\\s*\\.\\s*)?" + PART + "\\s*");

  static Optional<RelationLiteral> of(String text) {
    Matcher matcher = NAME.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new RelationLiteral(
                matcher.group(1) == null ? null : unquoted(matcher.group(1)),
                unquoted(matcher.group(2))))
        : Optional.empty();
  }

  private static String unquoted(String part) {
    return part.startsWith("\"")
        ? part.substring(1, part.length() - 1).replace("\"\"", "\"")
        : part.toLowerCase(Locale.ROOT);
  }

  /// What a session means by it.
  Optional<CatalogObject> find(PlanningContext context) {
    for (String candidate : context.schemas(schema)) {
      Optional<CatalogObject> found = context.catalog().relation(candidate, name);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /// What the catalog means by it.
  Optional<CatalogObject> findKept(CatalogImage catalog) {
    return catalog.relation(schema == null ? PUBLIC : schema, name);
  }

  /// As the catalog keeps it.
  static Optional<String> kept(CatalogObject object) {
    return switch (object) {
      case TableDefinition table ->
          Optional.of(DefinitionText.keptName(table.schema(), table.name()));
      case ViewDefinition view -> Optional.of(DefinitionText.keptName(view.schema(), view.name()));
      case SequenceDefinition sequence ->
          Optional.of(DefinitionText.keptName(sequence.schema(), sequence.name()));
      default -> Optional.empty();
    };
  }
}
