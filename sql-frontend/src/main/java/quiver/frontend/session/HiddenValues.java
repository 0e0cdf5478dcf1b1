package quiver.frontend.session;

import java.util.Optional;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.ForeignKey;
import quiver.common.catalog.Privilege;
import quiver.common.catalog.SecuredKind;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.QuiverException.Field;
import quiver.common.security.Authority;

/// Keeps values out of messages to those who may not read the table the values are of.
final class HiddenValues {
  private final CatalogImage catalog;
  private final long roleId;

  HiddenValues(CatalogImage catalog, long roleId) {
    this.catalog = catalog;
    this.roleId = roleId;
  }

  QuiverException without(QuiverException error) {
    return switch (error.state()) {
      case UNIQUE_VIOLATION, FOREIGN_KEY_VIOLATION, CHECK_VIOLATION, NOT_NULL_VIOLATION ->
          table(error).filter(table -> isHidden(table, error)).isPresent()
              ? withoutDetail(error)
              : error;
      default -> error;
    };
  }

  /// The table whose values are shown.
  private Optional<TableDefinition> table(QuiverException error) {
    Optional<TableDefinition> named =
        error
            .field(Field.SCHEMA)
            .flatMap(
                schema -> error.field(Field.TABLE).flatMap(table -> catalog.table(schema, table)));
    if (!error.message().startsWith("update or delete on table")) {
      return named;
    }
    return named
        .flatMap(table ->
            table.foreignKeys().stream()
                .filter(key -> error.field(Field.CONSTRAINT).equals(Optional.of(key.name())))
                .findFirst())
        .map(ForeignKey::referencedTableId)
        .flatMap(catalog::table);
  }

  private boolean isHidden(TableDefinition table, QuiverException error) {
    Authority authority = new Authority(catalog);
    if (authority.seesByPolicy(roleId, table.id())) {
      return true;
    }
    boolean isKey =
        switch (error.state()) {
          case UNIQUE_VIOLATION, FOREIGN_KEY_VIOLATION -> true;
          default -> false;
        };
    return isKey
        && !Privilege.SELECT.isIn(authority.privileges(roleId, SecuredKind.TABLE, table.id()))
        && !authority.onAnyColumn(roleId, table.id(), Privilege.SELECT);
  }

  private static QuiverException withoutDetail(QuiverException error) {
    String detail = error.field(Field.DETAIL).orElse("");
    int end =
        Math.max(
            detail.lastIndexOf(") is still referenced from table "),
            detail.lastIndexOf(") is not present in table "));
    return end < 0
        ? error.without(Field.DETAIL)
        : error.withDetail("Key" + detail.substring(end + 1));
  }
}
