package quiver.frontend.catalog;

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
    catalog.objects().stream()
        .filter(CommentDefinition.class::isInstance)
        .map(CommentDefinition.class::cast)
        .forEach(comment ->
            rows.add(
                "objoid", comment.objectId(),
                "classoid", CommentClasses.oidOf(catalog, comment.objectId()),
                "objsubid", comment.columnId(),
                "description", comment.text()));
  }
}
