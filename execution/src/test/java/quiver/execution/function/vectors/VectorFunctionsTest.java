package quiver.execution.function.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import quiver.common.format.FormatSettings;
import quiver.common.format.TextFormat;
import quiver.common.function.FunctionKind;
import quiver.common.function.FunctionRegistry;
import quiver.common.function.FunctionSignature;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.execution.function.FunctionContext;
import quiver.execution.function.ScalarFunction;

class VectorFunctionsTest {
  private static final Map<String, ScalarFunction> FUNCTIONS = VectorFunctions.functions();
  private static final FunctionContext NO_SESSION =
      () -> {
        throw new IllegalStateException("vector functions need no session");
      };

  @Test
  void everyVectorFunctionOfTheRegistryIsHere() {
    for (FunctionSignature signature : FunctionRegistry.standard().functions()) {
      if (signature.oid() >= 17_000
          && signature.oid() < 17_500
          && signature.kind() == FunctionKind.SCALAR) {
        assertThat(FUNCTIONS).containsKey(signature.key());
      }
    }
  }

  /// Expectations: pgvector's regression tests.
  @Test
  void distancesAreThoseOfPgvector() {
    assertThat(call("l2_distance(vector,vector)", "[0,0]", "[3,4]")).isEqualTo("5");
    assertThat(call("l2_distance(vector,vector)", "[3e38]", "[-3e38]")).isEqualTo("Infinity");
    assertThat(call("inner_product(vector,vector)", "[1,2]", "[3,4]")).isEqualTo("11");
    assertThat(call("cosine_distance(vector,vector)", "[1,2]", "[2,4]")).isEqualTo("0");
    assertThat(call("cosine_distance(vector,vector)", "[1,2]", "[0,0]")).isEqualTo("NaN");
    assertThat(call("cosine_distance(vector,vector)", "[1,1]", "[-1,-1]")).isEqualTo("2");
    assertThat(call("l1_distance(vector,vector)", "[0,0]", "[3,4]")).isEqualTo("7");
    assertThat(call("l2_distance(sparsevec,sparsevec)", "{1:3}/2", "{2:4}/2")).isEqualTo("5");
    assertThat(call("inner_product(halfvec,halfvec)", "[1,2]", "[3,4]")).isEqualTo("11");
    assertThat(call("hamming_distance(bit,bit)", "111", "110")).isEqualTo("1");
    assertThat(call("jaccard_distance(bit,bit)", "1111", "1110")).isEqualTo("0.25");
  }

  @Test
  void differentDimensionsAreRefused() {
    assertThatThrownBy(() -> call("l2_distance(vector,vector)", "[1,2]", "[3]"))
        .hasMessage("different vector dimensions 2 and 1");
    assertThatThrownBy(() -> call("inner_product(sparsevec,sparsevec)", "{}/1", "{}/2"))
        .hasMessage("different sparsevec dimensions 1 and 2");
  }

  @Test
  void elementsAndOrder() {
    assertThat(call("subvector(vector,int4,int4)", "[1,2,3,4,5]", "1", "3")).isEqualTo("[1,2,3]");
    assertThat(call("subvector(vector,int4,int4)", "[1,2,3,4,5]", "-1", "3")).isEqualTo("[1]");
    assertThatThrownBy(() -> call("subvector(vector,int4,int4)", "[1,2,3]", "4", "1"))
        .hasMessage("vector must have at least 1 dimension");
    assertThat(call("binary_quantize(vector)", "[1,0,-1,2]")).isEqualTo("1001");
    assertThat(call("vector_concat(vector,vector)", "[1,2]", "[3]")).isEqualTo("[1,2,3]");
    assertThat(call("vector_lt(vector,vector)", "[1,2]", "[1,2,3]")).isEqualTo("t");
    assertThat(call("l2_normalize(vector)", "[3,4]")).isEqualTo("[0.6,0.8]");
    assertThat(call("vector_dims(vector)", "[1,2,3]")).isEqualTo("3");
  }

  @Test
  void arraysBecomeVectors() {
    assertThat(call("array_to_vector(_int4,int4,bool)", "{1,2,3}", "3", "t")).isEqualTo("[1,2,3]");
    assertThatThrownBy(() -> call("array_to_vector(_int4,int4,bool)", "{1,2,3}", "2", "t"))
        .hasMessage("expected 2 dimensions, not 3");
    assertThatThrownBy(() -> call("array_to_vector(_int4,int4,bool)", "{1,NULL}", "-1", "t"))
        .hasMessage("array must not contain nulls");
    assertThat(call("vector_to_halfvec(vector,int4,bool)", "[1,2]", "-1", "t")).isEqualTo("[1,2]");
  }

  private static String call(String key, String... texts) {
    FunctionSignature signature = FunctionRegistry.standard().function(key).orElseThrow();
    @Nullable Object[] arguments = new @Nullable Object[texts.length];
    for (int i = 0; i < texts.length; i++) {
      SqlType type = signature.arguments().get(i);
      arguments[i] =
          TextFormat.parse(
              type.base() == BaseType.BIT ? SqlType.of(BaseType.VARBIT) : type,
              texts[i],
              FormatSettings.DEFAULT);
    }
    Object result = Objects.requireNonNull(FUNCTIONS.get(key)).call(NO_SESSION, arguments);
    return TextFormat.format(
        signature.result(), Objects.requireNonNull(result), FormatSettings.DEFAULT);
  }
}
