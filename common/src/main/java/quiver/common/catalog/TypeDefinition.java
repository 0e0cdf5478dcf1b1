package quiver.common.catalog;

import java.util.List;
import java.util.Optional;
import quiver.common.catalog.TableDefinition.CheckConstraint;
import quiver.common.text.Identifiers;
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

  /// The distance of the values of neighboring labels of a new enum: what is added between them
  /// finds room by halving.
  public static final long ORDER_STEP = 1L << 40;

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

  public TypeDefinition withIds(
      long newId, long newArrayId, List<EnumLabel> newLabels, List<CheckConstraint> newChecks) {
    return new TypeDefinition(
        newId, newArrayId, schema, name, newLabels, base, notNull, defaultSql, newChecks);
  }

  /// As messages call it.
  public String sqlName() {
    return Identifiers.quoted(name);
  }

  /// The name with its schema, but for `public`: what expressions that are kept as text say.
  public String fullName() {
    return schema.equals("public") ? sqlName() : Identifiers.quoted(schema) + "." + sqlName();
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
