package quiver.common.catalog;

import java.util.List;
import java.util.Optional;
import quiver.common.catalog.TableDefinition.CheckConstraint;
import quiver.common.text.Identifiers;
import quiver.common.type.CompositeField;
import quiver.common.type.EnumLabel;
import quiver.common.type.SqlType;
import quiver.common.type.UserType;

/// A type that DDL has made: an enum, a composite type or a domain.
///
/// @param id also `pg_type.oid`
/// @param arrayId the OID of its array type
/// @param labels of an enum, by their order
/// @param base of a domain
/// @param checks of a domain, over VALUE
/// @param fields of a composite type
public record TypeDefinition(
    long id,
    long arrayId,
    String schema,
    String name,
    List<EnumLabel> labels,
    Optional<SqlType> base,
    boolean notNull,
    Optional<String> defaultSql,
    List<CheckConstraint> checks,
    Optional<List<CompositeField>> fields)
    implements CatalogObject {
  public TypeDefinition {
    labels = List.copyOf(labels);
    checks = List.copyOf(checks);
    fields = fields.map(List::copyOf);
  }

  /// An enum or a domain.
  public TypeDefinition(
      long id,
      long arrayId,
      String schema,
      String name,
      List<EnumLabel> labels,
      Optional<SqlType> base,
      boolean notNull,
      Optional<String> defaultSql,
      List<CheckConstraint> checks) {
    this(id, arrayId, schema, name, labels, base, notNull, defaultSql, checks, Optional.empty());
  }

  /// A composite type.
  public static TypeDefinition composite(
      long id, long arrayId, String schema, String name, List<CompositeField> fields) {
    return new TypeDefinition(
        id,
        arrayId,
        schema,
        name,
        List.of(),
        Optional.empty(),
        false,
        Optional.empty(),
        List.of(),
        Optional.of(fields));
  }

  /// The distance of the values of neighboring labels of a new enum: what is added between them
  /// finds room by halving.
  public static final long ORDER_STEP = 1L << 40;

  public boolean isEnum() {
    return base.isEmpty() && fields.isEmpty();
  }

  public boolean isComposite() {
    return fields.isPresent();
  }

  public boolean isDomain() {
    return base.isPresent();
  }

  /// The type as columns and expressions have it.
  public SqlType sqlType() {
    int oid = (int) id;
    int arrayOid = (int) arrayId;
    if (fields.isPresent()) {
      return SqlType.of(new UserType.OfComposite(oid, arrayOid, schema, name, fields.get()));
    }
    return base.map(below ->
            below.withUser(
                new UserType.OfDomain(oid, arrayOid, schema, name, below.withoutDomain().user())))
        .orElseGet(() -> SqlType.of(new UserType.OfEnum(oid, arrayOid, schema, name, labels)));
  }

  public TypeDefinition withName(String newSchema, String newName) {
    return new TypeDefinition(
        id, arrayId, newSchema, newName, labels, base, notNull, defaultSql, checks, fields);
  }

  TypeDefinition withBase(Optional<SqlType> newBase) {
    return new TypeDefinition(
        id, arrayId, schema, name, labels, newBase, notNull, defaultSql, checks, fields);
  }

  /// The composite type with other fields.
  public TypeDefinition withFields(List<CompositeField> newFields) {
    return composite(id, arrayId, schema, name, newFields);
  }

  public TypeDefinition withIds(
      long newId, long newArrayId, List<EnumLabel> newLabels, List<CheckConstraint> newChecks) {
    return new TypeDefinition(
        newId, newArrayId, schema, name, newLabels, base, notNull, defaultSql, newChecks, fields);
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
        id, arrayId, schema, name, newLabels, base, notNull, defaultSql, checks, fields);
  }

  public TypeDefinition withRules(
      boolean newNotNull, Optional<String> newDefault, List<CheckConstraint> newChecks) {
    return new TypeDefinition(
        id, arrayId, schema, name, labels, base, newNotNull, newDefault, newChecks, fields);
  }
}
