package quiver.common.catalog;

import java.util.List;
import java.util.Optional;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.type.TypeNames;

/// What the names of types mean in one catalog: built-in types, then those of the schemas of a
/// search path.
public final class TypeLookup {
  private final CatalogImage catalog;
  private final List<String> searchPath;

  public TypeLookup(CatalogImage catalog, List<String> searchPath) {
    this.catalog = catalog;
    this.searchPath = searchPath;
  }

  /// The type a name stands for; see [TypeNames#resolve].
  ///
  /// @throws QuiverException `42704` unknown name, `22023` bad modifier
  public SqlType resolve(
      Optional<String> schema, String name, List<String> modifiers, int arrayDimensions) {
    Optional<SqlType> found = user(schema, name);
    if (found.isEmpty()) {
      requireType(schema, name);
      return TypeNames.resolve(schema, name, modifiers, arrayDimensions);
    }
    if (!modifiers.isEmpty()) {
      throw new QuiverException(
          SqlState.SYNTAX_ERROR,
          "type modifier is not allowed for type \"%s\"",
          found.get().typeName());
    }
    return arrayDimensions == 0 ? found.get() : found.get().arrayOf();
  }

  /// The type of users, or the array type of one, a name stands for.
  public Optional<SqlType> user(Optional<String> schema, String name) {
    if (schema.isEmpty() && isBuiltIn(name)) {
      return Optional.empty();
    }
    for (String candidate : schema.map(List::of).orElse(searchPath)) {
      Optional<SqlType> type = catalog.type(candidate, name).map(TypeDefinition::sqlType);
      if (type.isEmpty() && name.startsWith("_")) {
        type =
            catalog
                .type(candidate, name.substring(1))
                .filter(each -> !each.isDomain())
                .map(each -> each.sqlType().arrayOf());
      }
      if (type.isEmpty()) {
        type = rowType(candidate, name);
      }
      if (type.isPresent()) {
        return type;
      }
    }
    return Optional.empty();
  }

  /// The row type of a table or view, or its array type.
  private Optional<SqlType> rowType(String schema, String name) {
    Optional<SqlType> own = catalog.relation(schema, name).flatMap(RowTypes::of).map(SqlType::of);
    return own.isEmpty() && name.startsWith("_")
        ? catalog
            .relation(schema, name.substring(1))
            .flatMap(RowTypes::of)
            .map(type -> SqlType.of(type).arrayOf())
        : own;
  }

  /// The definition of an enum or domain.
  public Optional<TypeDefinition> definition(Optional<String> schema, String name) {
    return schema.map(List::of).orElse(searchPath).stream()
        .flatMap(candidate -> catalog.type(candidate, name).stream())
        .findFirst();
  }

  private static boolean isBuiltIn(String name) {
    return BaseType.byTypeName(name.startsWith("_") ? name.substring(1) : name).isPresent();
  }

  private void requireType(Optional<String> schema, String name) {
    boolean isUserSchema =
        schema
            .filter(each -> !each.equals("public") && catalog.schema(each).isPresent())
            .isPresent();
    if (isUserSchema) {
      throw new QuiverException(
          SqlState.UNDEFINED_OBJECT, "type \"%s.%s\" does not exist", schema.get(), name);
    }
  }

  /// Whether the name of a type is enough to find it.
  public boolean isVisible(TypeDefinition type) {
    return definition(Optional.empty(), type.name())
        .filter(found -> found.id() == type.id())
        .isPresent();
  }
}
