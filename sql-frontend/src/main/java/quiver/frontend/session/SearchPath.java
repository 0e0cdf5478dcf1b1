package quiver.frontend.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.security.Authority;
import quiver.frontend.setting.SessionSettings;

/// The schemas of `search_path` that exist and that the current role may use, and that of the
/// session's temporary objects if it is named there; kept until the catalog or a setting changes.
/// Used by the session's thread only.
final class SearchPath {
  private @Nullable CatalogImage knownCatalog;
  private @Nullable Map<String, String> knownSettings;
  private String knownTemporary = "";
  private List<String> known = List.of();

  /// Both are immutable: another one has other contents.
  @SuppressWarnings("ReferenceEquality")
  List<String> of(
      CatalogImage catalog, SessionSettings settings, SessionRoles roles, String temporary) {
    if (knownCatalog != catalog
        || knownSettings != settings.values()
        || !knownTemporary.equals(temporary)) {
      known = find(catalog, settings, roles, temporary);
      knownTemporary = temporary;
      knownCatalog = catalog;
      knownSettings = settings.values();
    }
    return known;
  }

  private static List<String> find(
      CatalogImage catalog, SessionSettings settings, SessionRoles roles, String temporary) {
    long role = roles.currentRoleId(catalog, settings.values());
    Authority authority = new Authority(catalog);
    List<String> path = new ArrayList<>();
    for (String name : settings.searchPath()) {
      Optional<SchemaDefinition> schema = catalog.schema(name);
      if (name.equals("pg_temp")) {
        if (!temporary.isEmpty()) {
          path.add(temporary);
        }
        continue;
      }
      boolean isSystem = name.equals("pg_catalog") || name.equals("information_schema");
      if (isSystem || (schema.isPresent() && AccessChecks.mayUse(authority, role, schema.get()))) {
        path.add(name);
      }
    }
    return List.copyOf(path);
  }
}
