package quiver.frontend.catalog;

import java.util.List;
import quiver.common.function.FunctionKind;
import quiver.common.function.FunctionSignature;
import quiver.common.function.OutputColumn;
import quiver.common.function.Volatility;
import quiver.common.type.SqlType;

/// `routines` and `parameters` of the information schema.
final class RoutineRows {
  private static final int FIRST_USER_OID = 16_384;

  private final SystemState state;

  RoutineRows(SystemState state) {
    this.state = state;
  }

  static String schema(FunctionSignature function) {
    return function.oid() >= FIRST_USER_OID ? "public" : "pg_catalog";
  }

  static String specificName(FunctionSignature function) {
    return function.name() + "_" + function.oid();
  }

  void routines(RowSet rows) {
    for (FunctionSignature function : state.functions().functions()) {
      SqlType result = function.result();
      boolean plain =
          function.kind() == FunctionKind.SCALAR || function.kind() == FunctionKind.SET_RETURNING;
      rows.add(
          "specific_catalog",
          state.database(),
          "specific_schema",
          schema(function),
          "specific_name",
          specificName(function),
          "routine_catalog",
          state.database(),
          "routine_schema",
          schema(function),
          "routine_name",
          function.name(),
          "routine_type",
          plain ? "FUNCTION" : null,
          "data_type",
          InformationSchemaRows.dataType(result),
          "type_udt_catalog",
          state.database(),
          "type_udt_schema",
          InformationSchemaRows.udtSchema(result),
          "type_udt_name",
          result.typeName(),
          "dtd_identifier",
          "0",
          "routine_body",
          "EXTERNAL",
          "routine_definition",
          function.name(),
          "external_name",
          function.name(),
          "external_language",
          "INTERNAL",
          "parameter_style",
          "GENERAL",
          "is_deterministic",
          function.volatility() == Volatility.IMMUTABLE ? "YES" : "NO",
          "sql_data_access",
          "MODIFIES",
          "is_null_call",
          plain ? function.strict() ? "YES" : "NO" : null,
          "schema_level_routine",
          "YES",
          "max_dynamic_result_sets",
          0,
          "security_type",
          "INVOKER",
          "as_locator",
          "NO",
          "is_udt_dependent",
          "NO",
          "result_cast_as_locator",
          null);
    }
  }

  void parameters(RowSet rows) {
    for (FunctionSignature function : state.functions().functions()) {
      int position = 1;
      for (SqlType type : function.declaredArguments()) {
        parameter(rows, function, position++, "IN", "", type);
      }
      for (OutputColumn column : state.functions().outputColumns(function)) {
        parameter(rows, function, position++, "OUT", column.name(), column.type());
      }
    }
  }

  private void parameter(
      RowSet rows,
      FunctionSignature function,
      int position,
      String mode,
      String name,
      SqlType type) {
    rows.add(
        "specific_catalog", state.database(),
        "specific_schema", schema(function),
        "specific_name", specificName(function),
        "ordinal_position", position,
        "parameter_mode", mode,
        "is_result", "NO",
        "as_locator", "NO",
        "parameter_name", name.isEmpty() ? null : name,
        "data_type", InformationSchemaRows.dataType(type),
        "udt_catalog", state.database(),
        "udt_schema", InformationSchemaRows.udtSchema(type),
        "udt_name", type.typeName(),
        "dtd_identifier", String.valueOf(position));
  }

  /// Every type of a collation there is.
  void collations(RowSet rows) {
    for (String name : List.of("default", "C", "POSIX")) {
      rows.add(
          "collation_catalog",
          state.database(),
          "collation_schema",
          "pg_catalog",
          "collation_name",
          name,
          "pad_attribute",
          "NO PAD");
    }
  }

  void collationCharacterSets(RowSet rows) {
    for (String name : List.of("default", "C", "POSIX")) {
      rows.add(
          "collation_catalog",
          state.database(),
          "collation_schema",
          "pg_catalog",
          "collation_name",
          name,
          "character_set_name",
          "UTF8");
    }
  }
}
