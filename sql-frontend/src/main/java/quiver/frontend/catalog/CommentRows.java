package quiver.frontend.catalog;

import java.util.stream.Stream;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CommentClasses;
import quiver.common.catalog.CommentDefinition;

/// Relations about comments.
final class CommentRows {
  private final CatalogImage catalog;

  CommentRows(SystemState state) {
    this.catalog = state.catalog();
  }

  void descriptions(RowSet rows) {
    CommentClasses.ofPublic(catalog)
        .ifPresent(text ->
            rows.add(
                "objoid",
                CommentClasses.PUBLIC_SCHEMA_OID,
                "classoid",
                CommentClasses.NAMESPACE_RELATION,
                "objsubid",
                0,
                "description",
                text));
    comments(false)
        .forEach(comment ->
            rows.add(
                "objoid", comment.objectId(),
                "classoid", CommentClasses.oidOf(catalog, comment.objectId()),
                "objsubid", comment.columnId(),
                "description", comment.text()));
  }

  void sharedDescriptions(RowSet rows) {
    comments(true)
        .forEach(comment ->
            rows.add(
                "objoid", comment.objectId(),
                "classoid", CommentClasses.oidOf(catalog, comment.objectId()),
                "description", comment.text()));
  }

  private Stream<CommentDefinition> comments(boolean isShared) {
    return catalog.objects().stream()
        .filter(CommentDefinition.class::isInstance)
        .map(CommentDefinition.class::cast)
        .filter(comment -> CommentClasses.isShared(catalog, comment.objectId()) == isShared);
  }
}
