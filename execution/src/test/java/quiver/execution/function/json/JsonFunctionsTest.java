package quiver.execution.function.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import quiver.common.format.FormatSettings;
import quiver.common.format.TextFormat;
import quiver.common.function.FunctionRegistry;
import quiver.common.function.FunctionSignature;
import quiver.execution.function.FunctionContext;
import quiver.execution.function.ScalarFunction;

/// Expectations come from PostgreSQL 15.
class JsonFunctionsTest {
  private static final Map<String, ScalarFunction> FUNCTIONS = JsonFunctions.functions();
  private static final FunctionContext NO_SESSION =
      () -> {
        throw new IllegalStateException("JSON functions need no session");
      };

  @Test
  void everyKeyIsInTheRegistry() {
    FUNCTIONS
        .keySet()
        .forEach(key -> assertThat(FunctionRegistry.standard().function(key)).as(key).isPresent());
  }

  @Test
  void fieldsAndPaths() {
    assertThat(call("jsonb_object_field(jsonb,text)", "{\"a\": {\"b\": 1}}", "a"))
        .isEqualTo("{\"b\": 1}");
    assertThat(call("jsonb_object_field_text(jsonb,text)", "{\"a\": null}", "a"))
        .isEqualTo("<null>");
    assertThat(call("jsonb_array_element_text(jsonb,int4)", "[1,\"x\"]", "-1")).isEqualTo("x");
    assertThat(call("json_object_field(json,text)", "{\"a\":  [1, 2 ]}", "a")).isEqualTo("[1, 2 ]");
    assertThat(call("jsonb_extract_path_op(jsonb,_text)", "{\"a\":[{\"b\":7}]}", "{a,0,b}"))
        .isEqualTo("7");
    assertThat(call("json_extract_path_text_op(json,_text)", "{\"a\":\"\\u00e4\"}", "{a}"))
        .isEqualTo("ä");
  }

  @Test
  void containment() {
    assertThat(call("jsonb_contains(jsonb,jsonb)", "{\"a\":1,\"b\":[1,2]}", "{\"b\":[2]}"))
        .isEqualTo("t");
    assertThat(call("jsonb_contains(jsonb,jsonb)", "[1,2]", "1")).isEqualTo("t");
    assertThat(call("jsonb_contains(jsonb,jsonb)", "[[1,2]]", "[1]")).isEqualTo("f");
    assertThat(call("jsonb_contains(jsonb,jsonb)", "{\"a\":1}", "{\"a\":1.0}")).isEqualTo("t");
    assertThat(call("jsonb_exists(jsonb,text)", "[\"a\"]", "a")).isEqualTo("t");
    assertThat(call("jsonb_exists_all(jsonb,_text)", "{\"a\":1}", "{a,b}")).isEqualTo("f");
  }

  @Test
  void changes() {
    assertThat(call("jsonb_concat(jsonb,jsonb)", "{\"a\":1}", "{\"a\":2,\"b\":3}"))
        .isEqualTo("{\"a\": 2, \"b\": 3}");
    assertThat(call("jsonb_concat(jsonb,jsonb)", "1", "[2]")).isEqualTo("[1, 2]");
    assertThat(call("jsonb_set(jsonb,_text,jsonb,bool)", "{\"a\":[1,2]}", "{a,1}", "9", "t"))
        .isEqualTo("{\"a\": [1, 9]}");
    assertThat(call("jsonb_set(jsonb,_text,jsonb,bool)", "{\"a\":1}", "{b}", "9", "f"))
        .isEqualTo("{\"a\": 1}");
    assertThat(call("jsonb_insert(jsonb,_text,jsonb,bool)", "[1,2]", "{0}", "9", "t"))
        .isEqualTo("[1, 9, 2]");
    assertThat(call("jsonb_delete_path(jsonb,_text)", "{\"a\":{\"b\":1,\"c\":2}}", "{a,b}"))
        .isEqualTo("{\"a\": {\"c\": 2}}");
    assertThat(call("jsonb_strip_nulls(jsonb)", "{\"a\":null,\"b\":[null]}"))
        .isEqualTo("{\"b\": [null]}");
    assertThat(call("json_strip_nulls(json)", "{ \"a\" : null, \"b\" : 1 }"))
        .isEqualTo("{\"b\":1}");
    assertThatThrownBy(() -> call("jsonb_delete(jsonb,int4)", "{\"a\":1}", "0"))
        .hasMessage("cannot delete from object using integer index");
  }

  @Test
  void texts() {
    assertThat(call("jsonb_pretty(jsonb)", "{\"a\":[1]}"))
        .isEqualTo("{\n    \"a\": [\n        1\n    ]\n}");
    assertThat(call("jsonb_typeof(jsonb)", "1e3")).isEqualTo("number");
  }

  private static String call(String key, String... texts) {
    FunctionSignature signature = FunctionRegistry.standard().function(key).orElseThrow();
    @Nullable Object[] arguments = new @Nullable Object[texts.length];
    for (int i = 0; i < texts.length; i++) {
      arguments[i] =
          TextFormat.parse(signature.arguments().get(i), texts[i], FormatSettings.DEFAULT);
    }
    Object result = Objects.requireNonNull(FUNCTIONS.get(key)).call(NO_SESSION, arguments);
    return result == null
        ? "<null>"
        : TextFormat.format(signature.result(), result, FormatSettings.DEFAULT);
  }
}
