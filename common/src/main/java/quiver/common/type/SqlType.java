package quiver.common.type;

import java.util.Optional;

/// A type as a column or expression has it: scalar or one-level array of it, with PostgreSQL's type
/// modifier (`atttypmod`: -1 for none; varchar(n) is n + 4; numeric(p,s) is ((p << 16) | s) + 4;
/// vector(n) is n; bit(n) is n).
///
/// @param array whether the type is the array of `base`
public record SqlType(BaseType base, boolean array, int modifier) {
  /// The modifier of a type that has none.
  public static final int NO_MODIFIER = -1;

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

  public int oid() {
    return array ? base.arrayOid() : base.oid();
  }

  /// The same type with another modifier.
  public SqlType withModifier(int newModifier) {
    return new SqlType(base, array, newModifier);
  }

  public SqlType withoutModifier() {
    return withModifier(NO_MODIFIER);
  }

  /// The element type of an array (the modifier belongs to the element), or this type itself.
  public SqlType element() {
    return new SqlType(base, false, modifier);
  }

  /// Whether both are the same type, whatever their modifiers.
  public boolean sameTypeAs(SqlType other) {
    return base == other.base && array == other.array;
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
    return array ? "_" + base.typeName() : base.typeName();
  }

  /// The name without modifier as error messages show it, for example `integer` or `text[]`.
  public String sqlName() {
    return array ? base.sqlName() + "[]" : base.sqlName();
  }
}
