package quiver.coordinators.root;

import java.util.Locale;
import java.util.Optional;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.DdlCommand.QualifiedName;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// What kind of relation a name means.
final class RelationKinds {
  private RelationKinds() {}

  /// As messages call it: `table`, `view`, `materialized view`, `sequence` or `index`.
  static Optional<String> kindOf(CatalogImage image, QualifiedName name) {
    return switch (image.relation(name.schema(), name.name()).orElse(null)) {
      case TableDefinition table ->
          Optional.of(image.materializedView(table.id()).map(ViewDefinition::kind).orElse("table"));
      case ViewDefinition view -> Optional.of(view.kind());
      case SequenceDefinition _ -> Optional.of("sequence");
      case null, default -> image.index(name.schema(), name.name()).map(_ -> "index");
    };
  }

  /// @throws QuiverException `42809` if the name means a relation that is not of the wanted kind
  static void requireNotOther(CatalogImage image, QualifiedName name, String wanted) {
    Optional<String> actual = kindOf(image, name);
    if (actual.isEmpty() || actual.get().equals(wanted)) {
      return;
    }
    throw new QuiverException(
            SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not %s", name.name(), withArticle(wanted))
        .withHint(
            String.format(
                Locale.ROOT,
                "Use DROP %s to remove %s.",
                actual.get().toUpperCase(Locale.ROOT),
                withArticle(actual.get())));
  }

  private static String withArticle(String kind) {
    return (kind.equals("index") ? "an " : "a ") + kind;
  }
}
