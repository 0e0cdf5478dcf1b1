package quiver.frontend.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import quiver.common.column.Column;
import quiver.common.error.QuiverException;
import quiver.common.error.QuiverException.Field;
import quiver.common.format.FormatSettings;
import quiver.common.plan.CopyOptions;
import quiver.common.plan.CopyOptions.Format;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;

class CopyReaderTest {
  private static final List<SqlType> ID_NAME = List.of(SqlType.INT8, SqlType.TEXT);
  private static final List<SqlType> ID_VECTOR =
      List.of(SqlType.INT8, SqlType.of(BaseType.VECTOR, 3));

  private static CopyOptions options(Format format, String nullText, boolean header) {
    return new CopyOptions(
        format,
        format == Format.CSV ? ',' : '\t',
        nullText,
        header,
        false,
        '"',
        '"',
        List.of(),
        List.of(),
        List.of());
  }

  private static CopyOptions text() {
    return options(Format.TEXT, "\\N", false);
  }

  private static CopyOptions csv() {
    return options(Format.CSV, "", false);
  }

  /// Rows as lists of datums, read in pieces of every size that matters.
  private static List<List<@Nullable Object>> read(
      CopyOptions options, List<SqlType> types, byte[] data, int pieceSize) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    CopyReader reader =
        CopyReader.create(
            options,
            new CopyReader.Target("items", List.of("id", "value")),
            types,
            FormatSettings.DEFAULT,
            (batch, context) -> {
              for (int row = 0; row < batch.rowCount(); row++) {
                List<@Nullable Object> values = new ArrayList<>();
                for (Column column : batch.columns()) {
                  Object value = column.valueAt(row);
                  values.add(value instanceof float[] floats ? Arrays.toString(floats) : value);
                }
                rows.add(values);
              }
            });
    for (int from = 0; from < data.length; from += pieceSize) {
      reader.read(Arrays.copyOfRange(data, from, Math.min(data.length, from + pieceSize)));
    }
    reader.finish();
    return rows;
  }

  private static List<List<@Nullable Object>> read(
      CopyOptions options, List<SqlType> types, String data) {
    byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
    List<List<@Nullable Object>> whole = read(options, types, bytes, Math.max(1, bytes.length));
    for (int size = 1; size < 8; size++) {
      assertThat(read(options, types, bytes, size)).isEqualTo(whole);
    }
    return whole;
  }

  private static QuiverException failure(CopyOptions options, List<SqlType> types, String data) {
    try {
      read(options, types, data.getBytes(StandardCharsets.UTF_8), 1 << 20);
    } catch (QuiverException e) {
      return e;
    }
    throw new AssertionError("no error");
  }

  @Test
  void textFieldsAreSplitAndUnescaped() {
    assertThat(read(text(), ID_NAME, "1\ta\\tb\\\\c\\x41\\101\n2\t\\N\n3\t\\\\N\n4\t\n"))
        .isEqualTo(
            List.of(
                List.of(1L, "a\tb\\cAA"),
                Arrays.asList(2L, null),
                List.of(3L, "\\N"),
                List.of(4L, "")));
  }

  @Test
  void everyLineEndIsUnderstood() {
    for (String end : List.of("\n", "\r\n", "\r")) {
      assertThat(read(text(), ID_NAME, "1\ta" + end + "2\tb" + end))
          .isEqualTo(List.of(List.of(1L, "a"), List.of(2L, "b")));
      assertThat(read(text(), ID_NAME, "1\ta" + end + "2\tb"))
          .isEqualTo(List.of(List.of(1L, "a"), List.of(2L, "b")));
    }
  }

  @Test
  void mixedLineEndsAreRefused() {
    QuiverException error = failure(text(), ID_NAME, "1\ta\r\n2\tb\n");
    assertThat(error.message()).isEqualTo("literal newline found in data");
    assertThat(error.field(Field.HINT)).hasValue("Use \"\\n\" to represent newline.");
    assertThat(failure(text(), ID_NAME, "1\ta\n2\tb\r\n").message())
        .isEqualTo("literal carriage return found in data");
    assertThat(failure(csv(), ID_NAME, "1,a\n2,b\r\n").message())
        .isEqualTo("unquoted carriage return found in data");
  }

  @Test
  void escapedNewlineIsData() {
    assertThat(read(text(), ID_NAME, "1\ta\\\nb\n")).isEqualTo(List.of(List.of(1L, "a\nb")));
  }

  @Test
  void markerEndsTheData() {
    assertThat(read(text(), ID_NAME, "1\ta\n\\.\ngarbage")).isEqualTo(List.of(List.of(1L, "a")));
    assertThat(read(csv(), ID_NAME, "1,a\n\\.\ngarbage")).isEqualTo(List.of(List.of(1L, "a")));
    assertThat(failure(text(), ID_NAME, "1\ta\n\\.x\n").message())
        .isEqualTo("end-of-copy marker corrupt");
  }

  @Test
  void csvQuotesHoldDelimitersQuotesAndNewlines() {
    assertThat(read(csv(), ID_NAME, "1,\"a,\"\"b\"\"\nc\"\n2,\n3,\"\"\n4,a\"b\"c\n"))
        .isEqualTo(
            List.of(
                List.of(1L, "a,\"b\"\nc"),
                Arrays.asList(2L, null),
                List.of(3L, ""),
                List.of(4L, "abc")));
  }

  @Test
  void csvUnterminatedQuoteIsRefused() {
    QuiverException error = failure(csv(), ID_NAME, "1,\"a\n2,b\n");
    assertThat(error.state().code()).isEqualTo("22P04");
    assertThat(error.message()).isEqualTo("unterminated CSV quoted field");
  }

  @Test
  void headerIsSkippedOrCompared() {
    assertThat(read(options(Format.CSV, "", true), ID_NAME, "id,value\n1,a\n"))
        .isEqualTo(List.of(List.of(1L, "a")));
    CopyOptions match =
        new CopyOptions(Format.CSV, ',', "", true, true, '"', '"', List.of(), List.of(), List.of());
    assertThat(failure(match, ID_NAME, "id,other\n").message())
        .isEqualTo(
            "column name mismatch in header line field 2: got \"other\", expected \"value\"");
  }

  @Test
  void wrongFieldCountsNameTheLine() {
    QuiverException missing = failure(text(), ID_NAME, "1\ta\n2\n");
    assertThat(missing.message()).isEqualTo("missing data for column \"value\"");
    assertThat(missing.field(Field.WHERE)).hasValue("COPY items, line 2: \"2\"");
    QuiverException extra = failure(text(), ID_NAME, "1\ta\tx\n");
    assertThat(extra.message()).isEqualTo("extra data after last expected column");
    assertThat(extra.state().code()).isEqualTo("22P04");
  }

  @Test
  void badValuesNameLineAndColumn() {
    QuiverException error = failure(text(), ID_VECTOR, "1\t[1,2,3]\n2\t[1,x,3]\n");
    assertThat(error.message()).isEqualTo("invalid input syntax for type vector: \"[1,x,3]\"");
    assertThat(error.field(Field.WHERE)).hasValue("COPY items, line 2, column value: \"[1,x,3]\"");
    assertThat(failure(text(), ID_VECTOR, "1\t[1,2]\n").message())
        .isEqualTo("expected 3 dimensions, not 2");
    QuiverException number = failure(text(), ID_NAME, "x\ta\n");
    assertThat(number.field(Field.WHERE)).hasValue("COPY items, line 1, column id: \"x\"");
    assertThat(number.state().code()).isEqualTo("22P02");
    assertThat(failure(text(), ID_NAME, "99999999999999999999\ta\n").state().code())
        .isEqualTo("22003");
  }

  @Test
  void longValuesAreShortenedInErrors() {
    QuiverException error = failure(text(), ID_NAME, "y".repeat(150) + "\ta\n");
    assertThat(error.field(Field.WHERE))
        .hasValue("COPY items, line 1, column id: \"" + "y".repeat(100) + "...\"");
  }

  @Test
  void vectorsAreReadExactly() {
    assertThat(read(text(), ID_VECTOR, "1\t[1,2.5,-3e-2]\n2\t\\N\n3\t[0.1, 16777217 ,1e38]\n"))
        .isEqualTo(
            List.of(
                List.of(1L, Arrays.toString(new float[] {1, 2.5f, -3e-2f})),
                Arrays.asList(2L, null),
                List.of(3L, Arrays.toString(new float[] {0.1f, 16777216f, 1e38f}))));
  }

  @Test
  void invalidUtf8IsRefused() {
    assertThatThrownBy(
            () -> read(text(), ID_NAME, new byte[] {'1', '\t', (byte) 0xc3, '(', '\n'}, 100))
        .isInstanceOfSatisfying(
            QuiverException.class, e -> assertThat(e.state().code()).isEqualTo("22021"));
  }

  private static byte[] binary(Writer writer) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(BinaryCopyReader.SIGNATURE);
    out.writeInt(0);
    out.writeInt(0);
    writer.write(out);
    return bytes.toByteArray();
  }

  private interface Writer {
    void write(DataOutputStream out) throws IOException;
  }

  @Test
  void binaryRowsAreRead() throws IOException {
    byte[] data =
        binary(out -> {
          out.writeShort(2);
          out.writeInt(8);
          out.writeLong(-7);
          out.writeInt(16);
          out.writeShort(3);
          out.writeShort(0);
          out.writeFloat(1);
          out.writeFloat(-2);
          out.writeFloat(0.5f);
          out.writeShort(2);
          out.writeInt(8);
          out.writeLong(8);
          out.writeInt(-1);
          out.writeShort(-1);
        });
    for (int size = 1; size <= data.length; size++) {
      assertThat(read(options(Format.BINARY, "", false), ID_VECTOR, data, size))
          .isEqualTo(
              List.of(
                  List.of(-7L, Arrays.toString(new float[] {1, -2, 0.5f})),
                  Arrays.asList(8L, null)));
    }
  }

  @Test
  void binaryFaultsAreRefused() throws IOException {
    CopyOptions options = options(Format.BINARY, "", false);
    assertThatThrownBy(
            () -> read(options, ID_NAME, "not a copy file".getBytes(StandardCharsets.UTF_8), 100))
        .hasMessage("COPY file signature not recognized");
    byte[] cut = binary(out -> out.writeShort(2));
    assertThatThrownBy(() -> read(options, ID_NAME, cut, 100))
        .hasMessage("unexpected EOF in COPY data");
    byte[] count = binary(out -> out.writeShort(5));
    assertThatThrownBy(() -> read(options, ID_NAME, count, 100))
        .hasMessage("row field count is 5, expected 2");
    byte[] nan =
        binary(out -> {
          out.writeShort(2);
          out.writeInt(8);
          out.writeLong(1);
          out.writeInt(16);
          out.writeShort(3);
          out.writeShort(0);
          out.writeFloat(Float.NaN);
          out.writeFloat(1);
          out.writeFloat(1);
        });
    assertThatThrownBy(() -> read(options, ID_VECTOR, nan, 100))
        .hasMessage("NaN not allowed in vector")
        .isInstanceOfSatisfying(
            QuiverException.class,
            e -> assertThat(e.field(Field.WHERE)).hasValue("COPY items, line 1, column value"));
  }
}
