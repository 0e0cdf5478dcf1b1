package quiver.planner.calcite;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rel.type.RelDataTypeFieldImpl;
import org.apache.calcite.rel.type.RelDataTypeSystem;
import org.apache.calcite.rel.type.RelRecordType;
import org.apache.calcite.sql.type.SqlTypeFactoryImpl;
import org.apache.calcite.sql.type.SqlTypeName;
import quiver.common.type.SqlType;

/// Makes [ScalarType]s and row types. bool is Calcite's BOOLEAN, because conditions have to be;
/// everything but TRUE and FALSE is nullable, so that nothing is ever derived from nullability. One
/// per statement, used by one thread.
public final class TypeFactory extends SqlTypeFactoryImpl {
  private final RelDataType bool;
  private final Map<SqlType, RelDataType> types = new HashMap<>();

  public TypeFactory() {
    super(RelDataTypeSystem.DEFAULT);
    this.bool = super.createTypeWithNullability(super.createSqlType(SqlTypeName.BOOLEAN), true);
  }

  /// The type as Calcite sees it.
  public RelDataType of(SqlType type) {
    return type.base() == SqlType.BOOL.base() && !type.array()
        ? bool
        : types.computeIfAbsent(type, ScalarType::new);
  }

  /// The type behind one of [#of].
  public static SqlType sqlType(RelDataType type) {
    if (type instanceof ScalarType scalar) {
      return scalar.sqlType();
    }
    if (type.getSqlTypeName() == SqlTypeName.BOOLEAN) {
      return SqlType.BOOL;
    }
    throw new IllegalArgumentException("not a PostgreSQL type: " + type.getFullTypeString());
  }

  /// The types of a row's columns.
  public static List<SqlType> sqlTypes(RelDataType row) {
    List<SqlType> columns = new ArrayList<>(row.getFieldCount());
    for (RelDataTypeField field : row.getFieldList()) {
      columns.add(sqlType(field.getType()));
    }
    return columns;
  }

  /// A row of unnamed columns.
  public RelDataType row(List<SqlType> columns) {
    List<RelDataTypeField> fields = new ArrayList<>(columns.size());
    for (SqlType column : columns) {
      fields.add(new RelDataTypeFieldImpl(columnName(fields.size()), fields.size(), of(column)));
    }
    return new RelRecordType(fields);
  }

  /// The name of column `index`: names mean nothing in the algebra, the binder keeps them.
  public static String columnName(int index) {
    return "c" + index;
  }

  /// Names for `count` columns.
  public static List<String> columnNames(int count) {
    List<String> names = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      names.add(columnName(i));
    }
    return names;
  }

  @Override
  public RelDataType createTypeWithNullability(RelDataType type, boolean nullable) {
    return type instanceof ScalarType ? type : super.createTypeWithNullability(type, nullable);
  }

  @Override
  public RelDataType leastRestrictive(List<RelDataType> alternatives) {
    RelDataType first = alternatives.getFirst();
    if (first.isStruct()) {
      // Set operations: the binder has made the inputs' types equal.
      return first;
    }
    return first instanceof ScalarType
        ? first
        : java.util.Objects.requireNonNull(super.leastRestrictive(alternatives));
  }
}
