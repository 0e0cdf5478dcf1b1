package quiver.common.catalog;

import quiver.common.type.SqlType;

/// An operator class: how an index method handles a type.
///
/// @param oid `pg_opclass.oid`
/// @param type the type it is for, maybe a pseudo-type such as `anyarray`
/// @param isDefault whether it is taken when none is named
/// @param storedTypeOid the type the index keeps, 0 for `type` itself
public record OperatorClass(
    int oid,
    IndexMethod method,
    String name,
    int familyOid,
    String familyName,
    SqlType type,
    boolean isDefault,
    int storedTypeOid) {
  /// Whether it is one of pgvector's or ours, not PostgreSQL's.
  public boolean isExtension() {
    return oid >= 16_384;
  }
}
