package quiver.common.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;

class FunctionResolverTest {
  private final FunctionResolver resolver = new FunctionResolver(FunctionRegistry.standard());

  private static SqlType type(String name) {
    return name.endsWith("[]")
        ? SqlType.arrayOf(BaseType.byTypeName(name.substring(0, name.length() - 2)).orElseThrow())
        : SqlType.of(BaseType.byTypeName(name).orElseThrow());
  }

  private static List<SqlType> types(String names) {
    return names.isEmpty()
        ? List.of()
        : Arrays.stream(names.split(" ", -1)).map(FunctionResolverTest::type).toList();
  }

  /// `int4 + int8` or `- int4`, to `function: result (operand types)`.
  private String operator(String expression) {
    String[] words = expression.split(" ", -1);
    ResolvedOperator resolved =
        words.length == 3
            ? resolver.operator(words[1], Optional.of(type(words[0])), type(words[2]))
            : resolver.operator(words[0], Optional.empty(), type(words[1]));
    return resolved.function().name()
        + ": "
        + resolved.result().sqlName()
        + resolved.operandTypes().stream()
            .map(SqlType::typeName)
            .collect(Collectors.joining(",", " (", ")"));
  }

  private String function(String name, String arguments) {
    ResolvedFunction resolved = resolver.function(name, types(arguments));
    return resolved.function().key()
        + ": "
        + resolved.result().sqlName()
        + resolved.argumentTypes().stream()
            .map(SqlType::typeName)
            .collect(Collectors.joining(",", " (", ")"));
  }

  @Test
  void operatorsAreChosenAsPostgresChoosesThem() {
    assertThat(operator("int4 + int8")).isEqualTo("int48pl: bigint (int4,int8)");
    assertThat(operator("int4 + unknown")).isEqualTo("int4pl: integer (int4,int4)");
    assertThat(operator("int4 + numeric")).isEqualTo("numeric_add: numeric (numeric,numeric)");
    assertThat(operator("int4 = float8")).isEqualTo("float8eq: boolean (float8,float8)");
    assertThat(operator("numeric * float4"))
        .isEqualTo("float84mul: double precision (float8,float4)");
    assertThat(operator("varchar = unknown")).isEqualTo("texteq: boolean (text,text)");
    assertThat(operator("varchar = varchar")).isEqualTo("texteq: boolean (text,text)");
    assertThat(operator("bpchar = unknown")).isEqualTo("bpchareq: boolean (bpchar,bpchar)");
    assertThat(operator("name = text")).isEqualTo("nameeqtext: boolean (name,text)");
    assertThat(operator("unknown || unknown")).isEqualTo("textcat: text (text,text)");
    assertThat(operator("int4 || text")).isEqualTo("anytextcat: text (int4,text)");
    assertThat(operator("int4[] || int4")).isEqualTo("array_append: integer[] (_int4,int4)");
    assertThat(operator("int4[] || int8[]")).isEqualTo("array_cat: bigint[] (_int8,_int8)");
    assertThat(operator("vector <-> unknown"))
        .isEqualTo("l2_distance: double precision (vector,vector)");
    assertThat(operator("- int4")).isEqualTo("int4um: integer (int4)");
    assertThat(operator("date - unknown")).isEqualTo("date_mi: integer (date,date)");
    assertThat(operator("timestamptz - interval"))
        .isEqualTo("timestamptz_mi_interval: timestamp with time zone (timestamptz,interval)");
    assertThat(operator("int4[] = int4[]")).isEqualTo("array_eq: boolean (_int4,_int4)");
    assertThat(operator("regclass = oid")).isEqualTo("oideq: boolean (oid,oid)");
    assertThat(operator("oid = unknown")).isEqualTo("oideq: boolean (oid,oid)");
    assertThat(operator("jsonb -> unknown")).isEqualTo("jsonb_object_field: jsonb (jsonb,text)");
    assertThat(operator("text ~ unknown")).isEqualTo("textregexeq: boolean (text,text)");
    assertThat(operator("oid = int8")).isEqualTo("oideq: boolean (oid,oid)");
    assertThat(operator("int2 != int4")).isEqualTo("int24ne: boolean (int2,int4)");
  }

  @Test
  void functionsAreChosenAsPostgresChoosesThem() {
    assertThat(function("round", "float8 int4".replace("float8", "numeric")))
        .isEqualTo("round(numeric,int4): numeric (numeric,int4)");
    assertThat(function("round", "int4")).isEqualTo("round(float8): double precision (float8)");
    assertThat(function("abs", "unknown")).isEqualTo("abs(float8): double precision (float8)");
    assertThat(function("length", "unknown")).isEqualTo("length(text): integer (text)");
    assertThat(function("length", "varchar")).isEqualTo("length(text): integer (text)");
    assertThat(function("concat", "int4 unknown text"))
        .isEqualTo("concat(any...): text (int4,unknown,text)");
    assertThat(function("sum", "int4")).isEqualTo("sum(int4): bigint (int4)");
    assertThat(function("avg", "vector")).isEqualTo("avg(vector): vector (vector)");
    assertThat(function("count", "")).isEqualTo("count(): bigint ()");
    assertThat(function("min", "varchar")).isEqualTo("min(text): text (text)");
    assertThat(function("array_agg", "int4")).isEqualTo("array_agg(anynonarray): integer[] (int4)");
    assertThat(function("array_append", "int4[] unknown"))
        .isEqualTo("array_append(anycompatiblearray,anycompatible): integer[] (_int4,int4)");
    assertThat(function("unnest", "vector[]")).isEqualTo("unnest(anyarray): vector (_vector)");
    assertThat(function("array_upper", "int2vector int4"))
        .isEqualTo("array_upper(anyarray,int4): integer (int2vector,int4)");
    assertThat(function("generate_series", "int4 int8"))
        .isEqualTo("generate_series(int8,int8): bigint (int8,int8)");
    assertThat(function("generate_series", "unknown unknown int4".replace("unknown", "int4")))
        .isEqualTo("generate_series(int4,int4,int4): integer (int4,int4,int4)");
    assertThat(function("jsonb_build_object", "unknown int4"))
        .isEqualTo("jsonb_build_object(any...): jsonb (unknown,int4)");
    assertThat(function("jsonb_set", "jsonb unknown unknown"))
        .isEqualTo("jsonb_set(jsonb,_text,jsonb,bool): jsonb (jsonb,_text,jsonb)");
    assertThat(function("lag", "int4 int4 int4"))
        .isEqualTo("lag(anycompatible,int4,anycompatible): integer (int4,int4,int4)");
    assertThat(function("date_trunc", "unknown date"))
        .isEqualTo("date_trunc(text,timestamptz): timestamp with time zone (text,timestamptz)");
    assertThat(function("to_char", "int4 unknown"))
        .isEqualTo("to_char(int4,text): text (int4,text)");
    assertThat(function("l2_distance", "vector unknown"))
        .isEqualTo("l2_distance(vector,vector): double precision (vector,vector)");
    assertThat(function("power", "int4 int4"))
        .isEqualTo("power(float8,float8): double precision (float8,float8)");
    assertThat(function("mod", "int4 unknown")).isEqualTo("mod(int4,int4): integer (int4,int4)");
    assertThat(function("current_setting", "unknown"))
        .isEqualTo("current_setting(text): text (text)");
    assertThat(function("has_table_privilege", "oid unknown"))
        .isEqualTo("has_table_privilege(oid,text): boolean (oid,text)");
    assertThat(function("max", "unknown")).isEqualTo("max(text): text (text)");
    assertThat(function("make_interval", ""))
        .isEqualTo("make_interval(int4,int4,int4,int4,int4,int4,float8): interval ()");
  }

  @Test
  void errorsAreInPostgresWords() {
    assertThatThrownBy(() -> operator("int4 + text"))
        .isInstanceOf(QuiverException.class)
        .hasMessage("operator does not exist: integer + text");
    assertThatThrownBy(() -> operator("- text")).hasMessage("operator does not exist: - text");
    assertThatThrownBy(() -> operator("unknown + unknown"))
        .hasMessage("operator is not unique: unknown + unknown");
    assertThatThrownBy(() -> function("foo", "int4 text[]"))
        .hasMessage("function foo(integer, text[]) does not exist")
        .satisfies(e ->
            assertThat(((QuiverException) e).field(QuiverException.Field.HINT))
                .contains(
                    "No function matches the given name and argument types. "
                        + "You might need to add explicit type casts."));
    assertThatThrownBy(() -> function("int8", "unknown"))
        .hasMessage("function int8(unknown) does not exist");
    assertThatThrownBy(() -> function("vector_dims", "unknown"))
        .hasMessage("function vector_dims(unknown) is not unique")
        .satisfies(
            e -> assertThat(((QuiverException) e).state()).isEqualTo(SqlState.AMBIGUOUS_FUNCTION));
  }

  @Test
  void commonTypes() {
    assertThat(resolver.commonType(types("int4 int8 int2"), "CASE")).isEqualTo(SqlType.INT8);
    assertThat(resolver.commonType(types("int4 unknown"), "CASE")).isEqualTo(SqlType.INT4);
    assertThat(resolver.commonType(types("unknown unknown"), "CASE")).isEqualTo(SqlType.TEXT);
    assertThat(resolver.commonType(types("int4 numeric float8"), "CASE")).isEqualTo(SqlType.FLOAT8);
    assertThat(resolver.commonType(types("date timestamptz"), "UNION"))
        .isEqualTo(SqlType.TIMESTAMPTZ);
    assertThatThrownBy(() -> resolver.commonType(types("int4 text"), "UNION"))
        .hasMessage("UNION types integer and text cannot be matched");
  }

  @Test
  void coercions() {
    assertThat(resolver.coercion(SqlType.INT4, SqlType.INT8, CastContext.IMPLICIT)).isPresent();
    assertThat(resolver.coercion(SqlType.INT8, SqlType.INT4, CastContext.IMPLICIT)).isEmpty();
    assertThat(resolver.coercion(SqlType.INT8, SqlType.INT4, CastContext.ASSIGNMENT)).isPresent();
    assertThat(resolver.coercion(SqlType.INT8, SqlType.TEXT, CastContext.ASSIGNMENT))
        .contains(Coercion.INOUT);
    assertThat(resolver.coercion(SqlType.TEXT, SqlType.INT4, CastContext.ASSIGNMENT)).isEmpty();
    assertThat(resolver.coercion(SqlType.TEXT, SqlType.INT4, CastContext.EXPLICIT))
        .contains(Coercion.INOUT);
    assertThat(resolver.coercion(type("int4[]"), type("int8[]"), CastContext.IMPLICIT))
        .map(Coercion::method)
        .contains(CastMethod.ARRAY);
    assertThat(resolver.coercion(type("int4[]"), SqlType.VECTOR, CastContext.ASSIGNMENT))
        .map(Coercion::method)
        .contains(CastMethod.FUNCTION);
    assertThat(resolver.coercion(type("int4[]"), SqlType.VECTOR, CastContext.IMPLICIT)).isEmpty();
  }
}
