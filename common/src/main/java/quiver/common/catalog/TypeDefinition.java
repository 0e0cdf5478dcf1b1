package quiver.common.catalog;

import java.util.List;
import java.util.Optional;
import quiver.common.catalog.TableDefinition.CheckConstraint;
import quiver.common.type.EnumLabel;
import quiver.common.type.SqlType;
import quiver.common.type.UserType;

/// A type that DDL has made: an enum or a domain.
///
/// @param id also `pg_type.oid`
/// @param arrayId the OID of its array type
/// @param labels of an enum, by their order
/// @param base of a domain
/// @param checks of a domain, over VALUE
public record TypeDefinition(
    long id,
    long arrayId,
    String schema,
    String name,
    List<EnumLabel> labels,
    Optional<SqlType> base,
    boolean notNull,
    Optional<String> defaultSql,
    List<CheckConstraint> checks)
    implements CatalogObject {
  public TypeDefinition {
    labels = List.copyOf(labels);
    checks = List.copyOf(checks);
  }

  public boolean isEnum() {
    return base.isEmpty();
  }

  /// The type as columns and expressions have it.
  public SqlType sqlType() {
    int oid = (int) id;
    int arrayOid = (int) arrayId;
    return base.map(below ->
            below.withUser(
                new UserType.OfDomain(oid, arrayOid, schema, name, below.withoutDomain().user())))
        .orElseGet(() -> SqlType.of(new UserType.OfEnum(oid, arrayOid, schema, name, labels)));
  }

  public TypeDefinition withName(String newSchema, String newName) {
    return new TypeDefinition(
        id, arrayId, newSchema, newName, labels, base, notNull, defaultSql, checks);
  }

  TypeDefinition withBase(Optional<SqlType> newBase) {
    return new TypeDefinition(
        id, arrayId, schema, name, labels, newBase, notNull, defaultSql, checks);
  }

  public TypeDefinition withLabels(List<EnumLabel> newLabels) {
    return new TypeDefinition(
        id, arrayId, schema, name, newLabels, base, notNull, defaultSql, checks);
  }

  public TypeDefinition withRules(
      boolean newNotNull, Optional<String> newDefault, List<CheckConstraint> newChecks) {
    return new TypeDefinition(
        id, arrayId, schema, name, labels, base, newNotNull, newDefault, newChecks);
  }
}
