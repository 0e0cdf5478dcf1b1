package quiver.common.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import quiver.common.error.QuiverException;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;

class BinaryFormatTest {
  private static Object read(SqlType type, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    return BinaryFormat.read(type, ByteBuffer.wrap(bytes), bytes.length);
  }

  @Test
  void binaryFormsAreThoseOfPostgres() throws IOException {
    try (BufferedReader table =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    BinaryFormatTest.class.getResourceAsStream("binary-format.tsv")),
                StandardCharsets.UTF_8))) {
      for (String line : table.lines().filter(l -> !l.startsWith("#")).toList()) {
        String[] cells = line.split("\t", -1);
        SqlType type = TextFormatTest.type(cells[0]);
        String text = TextFormatTest.unescape(cells[1]);
        Object parsed = TextFormat.parse(type, text, FormatSettings.DEFAULT);
        Object value = TypeModifiers.apply(type, parsed, CastContext.ASSIGNMENT);
        assertThat(HexFormat.of().formatHex(BinaryFormat.write(type, value)))
            .as(line)
            .isEqualTo(cells[2]);
        Object read = read(type, cells[2]);
        assertThat(TextFormat.format(type, read, FormatSettings.DEFAULT))
            .as(line)
            .isEqualTo(TextFormat.format(type, value, FormatSettings.DEFAULT));
      }
    }
  }

  @Test
  void badBytesAreRefused() {
    assertThatThrownBy(() -> read(SqlType.INT4, "0001"))
        .isInstanceOf(QuiverException.class)
        .hasMessage("insufficient data left in message");
    assertThatThrownBy(() -> read(SqlType.INT4, "0000000001"))
        .hasMessage("incorrect binary data format");
    assertThatThrownBy(() -> read(SqlType.TEXT, "c328"))
        .hasMessage("invalid byte sequence for encoding \"UTF8\": 0xc3 0x28");
    assertThatThrownBy(() -> read(SqlType.TEXT, "6100"))
        .hasMessage("invalid byte sequence for encoding \"UTF8\": 0x00");
    assertThatThrownBy(() -> read(SqlType.TEXT, "eda080"))
        .hasMessage("invalid byte sequence for encoding \"UTF8\": 0xed 0xa0 0x80");
    assertThatThrownBy(() -> read(SqlType.VECTOR, "00000000"))
        .hasMessage("vector must have at least 1 dimension");
    assertThatThrownBy(() -> read(SqlType.VECTOR, "000100013f800000"))
        .hasMessage("expected unused to be 0, not 1");
    assertThatThrownBy(() -> read(SqlType.VECTOR, "000100007fc00000"))
        .hasMessage("NaN not allowed in vector");
    assertThatThrownBy(() -> read(SqlType.VECTOR, "000200003f800000"))
        .hasMessage("insufficient data left in message");
    assertThatThrownBy(
            () -> read(SqlType.arrayOf(BaseType.INT4), "00000001000000000000001700ffffff00000001"))
        .hasMessage("insufficient data left in message");
    assertThatThrownBy(() ->
            read(SqlType.arrayOf(BaseType.INT4), "000000010000000000000019000000010000000100"))
        .hasMessage(
            "binary data has array element type 25 (text) instead of expected 23 (integer)");
  }
}
