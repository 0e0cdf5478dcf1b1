package quiver.planner.calcite;

import org.apache.calcite.rel.type.RelDataTypeFamily;
import org.apache.calcite.rel.type.RelDataTypeImpl;
import org.apache.calcite.sql.type.SqlTypeName;
import quiver.common.type.SqlType;

/// A PostgreSQL type other than bool. Calcite knows nothing about it but its identity, so that none
/// of Calcite's own type rules can apply; it is always nullable.
public final class ScalarType extends RelDataTypeImpl {
  private final SqlType sqlType;

  ScalarType(SqlType sqlType) {
    this.sqlType = sqlType;
    computeDigest();
  }

  public SqlType sqlType() {
    return sqlType;
  }

  @Override
  public SqlTypeName getSqlTypeName() {
    return SqlTypeName.OTHER;
  }

  @Override
  public boolean isNullable() {
    return true;
  }

  @Override
  public RelDataTypeFamily getFamily() {
    return this;
  }

  @Override
  protected void generateTypeString(StringBuilder text, boolean withDetail) {
    text.append(sqlType.typeName());
    if (!sqlType.isBuiltIn()) {
      text.append('#').append(sqlType.declaredOid());
    }
    if (sqlType.modifier() != SqlType.NO_MODIFIER) {
      text.append('(').append(sqlType.modifier()).append(')');
    }
  }
}
