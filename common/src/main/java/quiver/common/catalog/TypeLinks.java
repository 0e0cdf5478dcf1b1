package quiver.common.catalog;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import quiver.common.type.CompositeField;
import quiver.common.type.SqlType;
import quiver.common.type.UserType;

/// Gives the types of columns the definitions they refer to, as they are in one catalog.
final class TypeLinks {
  private final Map<Long, TypeDefinition> types = new HashMap<>();
  private final Map<Long, CatalogObject> relations = new HashMap<>();

  TypeLinks(Collection<? extends CatalogObject> objects) {
    for (CatalogObject object : objects) {
      if (object instanceof TypeDefinition type) {
        types.put(type.id(), type);
      } else if (object instanceof TableDefinition || object instanceof ViewDefinition) {
        relations.put(object.id(), object);
      }
    }
  }

  CatalogObject linked(CatalogObject object) {
    return switch (object) {
      case TableDefinition table -> linked(table);
      case ViewDefinition view -> linked(view);
      case TypeDefinition type when type.isComposite() ->
          type.withFields(linked(type.fields().orElseThrow()));
      case TypeDefinition type -> type.withBase(type.base().map(this::linked));
      default -> object;
    };
  }

  private TableDefinition linked(TableDefinition table) {
    boolean isBuiltIn = table.columns().stream().allMatch(column -> column.type().isBuiltIn());
    return isBuiltIn
        ? table
        : table.withColumns(
            table.columns().stream()
                .map(column -> column.withType(linked(column.type())))
                .toList());
  }

  private ViewDefinition linked(ViewDefinition view) {
    List<ViewDefinition.ViewColumn> columns =
        view.columns().stream()
            .map(column -> new ViewDefinition.ViewColumn(column.name(), linked(column.type())))
            .toList();
    return columns.stream().allMatch(column -> column.type().isBuiltIn())
        ? view
        : view.withColumns(columns);
  }

  private List<CompositeField> linked(List<CompositeField> fields) {
    return fields.stream()
        .map(field -> new CompositeField(field.name(), linked(field.type())))
        .toList();
  }

  private SqlType linked(SqlType type) {
    return type.isBuiltIn() ? type : type.withUser(linked(type.user()));
  }

  private UserType linked(UserType user) {
    return switch (user) {
      case UserType.None none -> none;
      case UserType.OfEnum type -> {
        TypeDefinition found = types.get((long) type.oid());
        yield found == null ? type : found.sqlType().user();
      }
      case UserType.OfComposite type ->
          definition(type)
              .<UserType>map(found ->
                  new UserType.OfComposite(
                      found.oid(),
                      found.arrayOid(),
                      found.schema(),
                      found.name(),
                      linked(found.fields())))
              .orElse(type);
      case UserType.OfDomain domain -> {
        TypeDefinition found = types.get((long) domain.oid());
        yield found == null
            ? domain
            : new UserType.OfDomain(
                domain.oid(),
                domain.arrayOid(),
                found.schema(),
                found.name(),
                linked(domain.below()));
      }
    };
  }

  private Optional<UserType.OfComposite> definition(UserType.OfComposite type) {
    if (RowTypes.isRowType(type)) {
      return RowTypes.originOf(type.oid())
          .flatMap(id -> Optional.ofNullable(relations.get(id)))
          .flatMap(RowTypes::of);
    }
    return Optional.ofNullable(types.get((long) type.oid()))
        .flatMap(found -> found.sqlType().user().compositeType());
  }
}
