package quiver.common.type;

import java.util.Optional;
import java.util.Set;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.text.Identifiers;

/// A type as a column or expression has it: scalar or one-level array of it, with PostgreSQL's type
/// modifier (`atttypmod`: -1 for none; varchar(n) is n + 4; numeric(p,s) is ((p << 16) | s) + 4;
/// vector(n) is n; bit(n) is n).
///
/// @param array whether the type is the array of `base`
/// @param user the enum, composite type or domain it is. A domain has the base, the shape and the
///   modifier of the type below it, so that its values are handled as what they are; the array type
///   of an enum or a composite type has that; [BaseType#ENUM] without an enum is the pseudo-type
///   `anyenum`
public record SqlType(BaseType base, boolean array, int modifier, UserType user) {
  /// The modifier of a type that has none.
  public static final int NO_MODIFIER = -1;

  private static final Set<BaseType> INTEGERS = Set.of(BaseType.INT2, BaseType.INT4, BaseType.INT8);
  private static final Set<BaseType> TEXTS = Set.of(BaseType.TEXT, BaseType.VARCHAR);

  public static final SqlType BOOL = of(BaseType.BOOL);
  public static final SqlType INT2 = of(BaseType.INT2);
  public static final SqlType INT4 = of(BaseType.INT4);
  public static final SqlType INT8 = of(BaseType.INT8);
  public static final SqlType FLOAT4 = of(BaseType.FLOAT4);
  public static final SqlType FLOAT8 = of(BaseType.FLOAT8);
  public static final SqlType NUMERIC = of(BaseType.NUMERIC);
  public static final SqlType TEXT = of(BaseType.TEXT);
  public static final SqlType NAME = of(BaseType.NAME);
  public static final SqlType OID = of(BaseType.OID);
  public static final SqlType TIMESTAMPTZ = of(BaseType.TIMESTAMPTZ);
  public static final SqlType VECTOR = of(BaseType.VECTOR);
  public static final SqlType UNKNOWN = of(BaseType.UNKNOWN);

  /// A built-in type.
  public SqlType(BaseType base, boolean array, int modifier) {
    this(base, array, modifier, UserType.None.NONE);
  }

  /// An enum, without its array.
  public static SqlType of(UserType.OfEnum type) {
    return new SqlType(BaseType.ENUM, false, NO_MODIFIER, type);
  }

  /// A composite type, without its array.
  public static SqlType of(UserType.OfComposite type) {
    return new SqlType(BaseType.RECORD, false, NO_MODIFIER, type);
  }

  /// The scalar type without modifier.
  public static SqlType of(BaseType base) {
    return new SqlType(base, false, NO_MODIFIER);
  }

  /// The scalar type with a modifier.
  public static SqlType of(BaseType base, int modifier) {
    return new SqlType(base, false, modifier);
  }

  /// The array type without modifier.
  public static SqlType arrayOf(BaseType element) {
    return new SqlType(element, true, NO_MODIFIER);
  }

  /// The type with this OID (scalar or array), without modifier.
  public static Optional<SqlType> byOid(int oid) {
    Optional<SqlType> scalar = BaseType.byOid(oid).map(SqlType::of);
    return scalar.isPresent() ? scalar : BaseType.byArrayOid(oid).map(SqlType::arrayOf);
  }

  /// The OID values go by on the wire: that of the type below a domain.
  public int oid() {
    return withoutDomain().declaredOid();
  }

  /// `pg_type.oid`.
  public int declaredOid() {
    return switch (user) {
      case UserType.None _ -> array ? base.arrayOid() : base.oid();
      case UserType.OfEnum type -> array ? type.arrayOid() : type.oid();
      case UserType.OfComposite type -> array ? type.arrayOid() : type.oid();
      case UserType.OfDomain domain -> domain.oid();
    };
  }

  /// The same type with another modifier.
  public SqlType withModifier(int newModifier) {
    return newModifier == modifier ? this : new SqlType(base, array, newModifier, user);
  }

  public SqlType withoutModifier() {
    return withModifier(NO_MODIFIER);
  }

  /// The type below a domain, or this type itself.
  public SqlType withoutDomain() {
    return user instanceof UserType.OfDomain(_, _, _, _, UserType below)
        ? new SqlType(base, array, modifier, below)
        : this;
  }

  /// The type as the layers below the planner know it: what its values are, and no more.
  public SqlType stored() {
    return isBuiltIn() ? this : new SqlType(base, array, modifier);
  }

  public SqlType withUser(UserType newUser) {
    return new SqlType(base, array, modifier, newUser);
  }

  /// Whether the type is none that DDL has made.
  public boolean isBuiltIn() {
    return user instanceof UserType.None;
  }

  public boolean isDomain() {
    return user instanceof UserType.OfDomain;
  }

  /// Whether the type is a pseudo-type, which no value has.
  public boolean isPseudo() {
    boolean isNamed = base == BaseType.ENUM || base == BaseType.RECORD;
    return isNamed ? user.withoutDomains() == UserType.None.NONE : base.isPseudo();
  }

  /// The labels of an enum, of a domain over one, or of arrays of either.
  ///
  /// @throws IllegalStateException if the type is none
  public UserType.OfEnum requireEnum() {
    return user.enumType().orElseThrow(() -> new IllegalStateException(this + " is no enum"));
  }

  /// Whether the type is a composite one, or a domain over one.
  public boolean isComposite() {
    return !array && user.compositeType().isPresent();
  }

  /// `pg_type.typcategory`.
  public char category() {
    return array ? 'A' : base == BaseType.RECORD && !isPseudo() ? 'C' : base.category();
  }

  /// The element type of an array (the modifier belongs to the element), or this type itself.
  public SqlType element() {
    return array ? new SqlType(base, false, modifier, withoutDomain().user()) : this;
  }

  /// The type of the elements of an array value, which says itself what they are but not which enum
  /// or composite type made them so.
  public SqlType elementOf(BaseType element) {
    boolean isNamed = element == BaseType.ENUM || element == BaseType.RECORD;
    return isNamed && !isBuiltIn() ? element() : of(element);
  }

  /// Whether the type has an array type.
  public boolean hasArray() {
    return array || !isBuiltIn() || base.arrayOid() != 0;
  }

  /// The array of this type, with its modifier; arrays are arrays of as many dimensions as one
  /// likes.
  ///
  /// @throws QuiverException `42704` if there is none
  public SqlType arrayOf() {
    if (!hasArray()) {
      throw new QuiverException(
          SqlState.UNDEFINED_OBJECT, "could not find array type for data type %s", sqlName());
    }
    if (isDomain()) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED, "arrays of domain %s are not supported", sqlName());
    }
    return array ? this : new SqlType(base, true, modifier, user);
  }

  /// Whether both are the same type, whatever their modifiers, and whatever domain they are.
  public boolean sameTypeAs(SqlType other) {
    return base == other.base
        && array == other.array
        && user.withoutDomains().equals(other.user.withoutDomains());
  }

  /// Whether values that are equal are stored as the same datum.
  public boolean isStoredLike(SqlType other) {
    return sameTypeAs(other)
        || (isOneOf(INTEGERS) && other.isOneOf(INTEGERS))
        || (isOneOf(TEXTS) && other.isOneOf(TEXTS));
  }

  /// Whether it is `smallint`, `integer` or `bigint`.
  public boolean isInteger() {
    return isOneOf(INTEGERS);
  }

  private boolean isOneOf(Set<BaseType> bases) {
    return !array && bases.contains(base);
  }

  /// Arrays and untyped `vector` lie as objects; `vector(n)` as rows of one dimension.
  public Layout layout() {
    if (array) {
      return Layout.OBJECT;
    }
    return base == BaseType.VECTOR && modifier < 1 ? Layout.OBJECT : base.layout();
  }

  /// `pg_type.typname`: arrays are spelled with a leading underscore.
  public String typeName() {
    return switch (user) {
      case UserType.None _ -> array ? "_" + base.typeName() : base.typeName();
      case UserType.OfEnum type -> array ? "_" + type.name() : type.name();
      case UserType.OfComposite type -> array ? "_" + type.name() : type.name();
      case UserType.OfDomain domain -> domain.name();
    };
  }

  /// The name without modifier as error messages show it, for example `integer` or `text[]`.
  public String sqlName() {
    return switch (user) {
      case UserType.None _ -> array ? base.sqlName() + "[]" : base.sqlName();
      case UserType.OfEnum type ->
          array ? Identifiers.quoted(type.name()) + "[]" : Identifiers.quoted(type.name());
      case UserType.OfComposite type ->
          array ? Identifiers.quoted(type.name()) + "[]" : Identifiers.quoted(type.name());
      case UserType.OfDomain domain -> Identifiers.quoted(domain.name());
    };
  }

  /// As [#sqlName], with the schema of a user's type that is not in `public`.
  public String fullName() {
    return switch (user) {
      case UserType.None _ -> sqlName();
      case UserType.OfEnum type -> prefix(type.schema()) + sqlName();
      case UserType.OfComposite type -> prefix(type.schema()) + sqlName();
      case UserType.OfDomain domain -> prefix(domain.schema()) + sqlName();
    };
  }

  private static String prefix(String schema) {
    return schema.equals("public") ? "" : Identifiers.quoted(schema) + ".";
  }
}
