package quiver.common.catalog;

import java.util.List;
import java.util.Optional;
import quiver.common.type.CompositeField;
import quiver.common.type.UserType;

/// The composite types that go with relations: every table and view has a row type of its name.
/// Their OIDs, and those of the `pg_class` rows of composite types, follow from the relation's.
public final class RowTypes {
  private static final long ROW_TYPE = 0x4000_0000L;
  private static final long ROW_TYPE_ARRAY = 0x6000_0000L;
  private static final long END = 0x8000_0000L;

  private RowTypes() {}

  /// OID of the row type of a table or view, or of the `pg_class` row of a composite type.
  public static long companionOf(long id) {
    return ROW_TYPE + id;
  }

  /// OID of the array of the row type of a table or view.
  public static long arrayOf(long relationId) {
    return ROW_TYPE_ARRAY + relationId;
  }

  /// What [#companionOf] made an OID of, if it did.
  public static Optional<Long> originOf(long oid) {
    return oid >= ROW_TYPE && oid < ROW_TYPE_ARRAY ? Optional.of(oid - ROW_TYPE) : Optional.empty();
  }

  /// The relation whose row type has an array type of this OID.
  static Optional<Long> originOfArray(long oid) {
    return oid >= ROW_TYPE_ARRAY && oid < END
        ? Optional.of(oid - ROW_TYPE_ARRAY)
        : Optional.empty();
  }

  /// Whether a type is the row type of a table or view.
  public static boolean isRowType(UserType.OfComposite type) {
    return type.oid() >= ROW_TYPE;
  }

  /// The row type of a table or view; other objects have none.
  public static Optional<UserType.OfComposite> of(CatalogObject relation) {
    return switch (relation) {
      case TableDefinition table ->
          Optional.of(
              rowType(
                  table.id(),
                  table.schema(),
                  table.name(),
                  table.columns().stream()
                      .map(column -> new CompositeField(column.name(), column.type()))
                      .toList()));
      case ViewDefinition view when !view.isMaterialized() ->
          Optional.of(
              rowType(
                  view.id(),
                  view.schema(),
                  view.name(),
                  view.columns().stream()
                      .map(column -> new CompositeField(column.name(), column.type()))
                      .toList()));
      default -> Optional.empty();
    };
  }

  private static UserType.OfComposite rowType(
      long id, String schema, String name, List<CompositeField> fields) {
    return new UserType.OfComposite((int) companionOf(id), (int) arrayOf(id), schema, name, fields);
  }
}
