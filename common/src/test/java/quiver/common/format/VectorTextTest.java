package quiver.common.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import quiver.common.error.QuiverException;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;

/// pgvector's text forms and errors.
class VectorTextTest {
  private static String roundTrip(BaseType type, String text) {
    SqlType sqlType = SqlType.of(type);
    return TextFormat.format(
        sqlType, TextFormat.parse(sqlType, text, FormatSettings.DEFAULT), FormatSettings.DEFAULT);
  }

  private static void refused(BaseType type, String text, String state, String message) {
    assertThatThrownBy(() -> roundTrip(type, text))
        .isInstanceOfSatisfying(
            QuiverException.class,
            e -> {
              String detail =
                  e.field(QuiverException.Field.DETAIL).map(d -> " DETAIL: " + d).orElse("");
              assertThat(e.message() + detail).isEqualTo(message);
              assertThat(e.state().code()).isEqualTo(state);
            });
  }

  @Test
  void vectors() {
    assertThat(roundTrip(BaseType.VECTOR, " [ 1, 2.5 ,-0,1e-46] ")).isEqualTo("[1,2.5,-0,0]");
    assertThat(roundTrip(BaseType.VECTOR, "[1.,.5,0x10,1.5e38,1e-5]"))
        .isEqualTo("[1,0.5,16,1.5e+38,1e-05]");
    refused(
        BaseType.VECTOR,
        "1,2",
        "22P02",
        "invalid input syntax for type vector: \"1,2\""
            + " DETAIL: Vector contents must start with \"[\".");
    refused(
        BaseType.VECTOR,
        "[hello,1]",
        "22P02",
        "invalid input syntax for type vector: \"[hello,1]\"");
    refused(BaseType.VECTOR, "[1,2", "22P02", "invalid input syntax for type vector: \"[1,2\"");
    refused(BaseType.VECTOR, "[1,]", "22P02", "invalid input syntax for type vector: \"[1,]\"");
    refused(BaseType.VECTOR, "[1f]", "22P02", "invalid input syntax for type vector: \"[1f]\"");
    refused(
        BaseType.VECTOR,
        "[1]x",
        "22P02",
        "invalid input syntax for type vector: \"[1]x\" DETAIL: Junk after closing right brace.");
    refused(BaseType.VECTOR, "[]", "22000", "vector must have at least 1 dimension");
    refused(BaseType.VECTOR, "[NaN]", "22000", "NaN not allowed in vector");
    refused(BaseType.VECTOR, "[inf]", "22000", "infinite value not allowed in vector");
    refused(BaseType.VECTOR, "[4e38,1]", "22003", "\"4e38\" is out of range for type vector");
    refused(
        BaseType.VECTOR,
        "[" + "1,".repeat(16_000) + "1]",
        "54000",
        "vector cannot have more than 16000 dimensions");
    assertThatThrownBy(() ->
            TypeModifiers.apply(SqlType.of(BaseType.VECTOR, 2), new float[3], CastContext.EXPLICIT))
        .hasMessage("expected 2 dimensions, not 3");
  }

  @Test
  void halfVectors() {
    assertThat(roundTrip(BaseType.HALFVEC, "[1,2.5,1e-8,0.1]")).isEqualTo("[1,2.5,0,0.099975586]");
    refused(BaseType.HALFVEC, "[65520]", "22003", "\"65520\" is out of range for type halfvec");
    refused(BaseType.HALFVEC, "[infinity]", "22000", "infinite value not allowed in halfvec");
  }

  @Test
  void sparseVectors() {
    assertThat(roundTrip(BaseType.SPARSEVEC, "{3:2,1:1.5,2:0}/5")).isEqualTo("{1:1.5,3:2}/5");
    assertThat(roundTrip(BaseType.SPARSEVEC, " { } / 3 ")).isEqualTo("{}/3");
    refused(
        BaseType.SPARSEVEC,
        "{1:1}",
        "22P02",
        "invalid input syntax for type sparsevec: \"{1:1}\" DETAIL: Unexpected end of input.");
    refused(BaseType.SPARSEVEC, "{6:1}/5", "22000", "sparsevec index out of bounds");
    refused(BaseType.SPARSEVEC, "{0:1}/5", "22000", "sparsevec index out of bounds");
    refused(
        BaseType.SPARSEVEC,
        "{1:1,1:2}/5",
        "22000",
        "sparsevec indices must not contain duplicates");
    refused(
        BaseType.SPARSEVEC, "{1:1e-50}/5", "22003", "\"1e-50\" is out of range for type sparsevec");
    refused(BaseType.SPARSEVEC, "{}/0", "22000", "sparsevec must have at least 1 dimension");
  }
}
