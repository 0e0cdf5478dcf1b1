package quiver.common.catalog;

import java.util.List;
import java.util.Optional;
import quiver.common.catalog.TableDefinition.CheckConstraint;
import quiver.common.type.SqlType;

/// A type that DDL has made: an enum or a domain.
///
/// @param id also `pg_type.oid`
/// @param arrayId the OID of its array type
/// @param labels of an enum, in order
/// @param base of a domain
/// @param checks of a domain, over VALUE
public record TypeDefinition(
    long id,
    long arrayId,
    String schema,
    String name,
    List<Label> labels,
    Optional<SqlType> base,
    boolean notNull,
    Optional<String> defaultSql,
    List<CheckConstraint> checks)
    implements CatalogObject {
  public TypeDefinition {
    labels = List.copyOf(labels);
    checks = List.copyOf(checks);
  }

  /// A value of an enum.
  ///
  /// @param id also `pg_enum.oid`
  /// @param order the value as it is stored: values are ordered by it
  public record Label(long id, long order, String text) {}

  public boolean isEnum() {
    return base.isEmpty();
  }

  public TypeDefinition withName(String newSchema, String newName) {
    return new TypeDefinition(
        id, arrayId, newSchema, newName, labels, base, notNull, defaultSql, checks);
  }

  public TypeDefinition withLabels(List<Label> newLabels) {
    return new TypeDefinition(
        id, arrayId, schema, name, newLabels, base, notNull, defaultSql, checks);
  }

  public TypeDefinition withRules(
      boolean newNotNull, Optional<String> newDefault, List<CheckConstraint> newChecks) {
    return new TypeDefinition(
        id, arrayId, schema, name, labels, base, newNotNull, newDefault, newChecks);
  }
}
