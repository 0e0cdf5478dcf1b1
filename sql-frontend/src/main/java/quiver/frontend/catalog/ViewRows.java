package quiver.frontend.catalog;

import java.util.function.LongPredicate;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.catalog.ViewText;

/// Relations about views and materialized views.
final class ViewRows {
  private final CatalogImage catalog;
  private final LongPredicate visible;

  ViewRows(SystemState state) {
    this.catalog = state.catalog();
    this.visible = state::isVisible;
  }

  private String definition(ViewDefinition view) {
    return ViewText.definition(view, catalog, visible, false);
  }

  void views(RowSet rows) {
    for (ViewDefinition view : catalog.views()) {
      if (!view.isMaterialized()) {
        rows.add(
            "schemaname", view.schema(),
            "viewname", view.name(),
            "viewowner", SystemState.SUPERUSER,
            "definition", definition(view));
      }
    }
  }

  void materializedViews(RowSet rows) {
    for (ViewDefinition view : catalog.views()) {
      if (view.isMaterialized()) {
        boolean indexed =
            catalog.table(view.relationId()).map(TableDefinition::indexes).stream()
                .anyMatch(indexes -> !indexes.isEmpty());
        rows.add(
            "schemaname", view.schema(),
            "matviewname", view.name(),
            "matviewowner", SystemState.SUPERUSER,
            "hasindexes", indexed,
            "ispopulated", view.populated(),
            "definition", definition(view));
      }
    }
  }

  /// Every view is a rule `_RETURN`; its OID is that of the view, which is another relation's.
  void rules(RowSet rows) {
    for (ViewDefinition view : catalog.views()) {
      rows.add(
          "oid", view.id(),
          "rulename", "_RETURN",
          "ev_class", view.relationId(),
          "ev_type", "1",
          "ev_enabled", "O",
          "is_instead", true,
          "ev_qual", "<>",
          "ev_action", "<>");
    }
  }
}
