package quiver.frontend.copy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import quiver.common.column.Column;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.format.BinaryFormat;
import quiver.common.format.FormatSettings;
import quiver.common.format.TextFormat;
import quiver.common.plan.CopyOptions;
import quiver.common.plan.CopyOptions.Format;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;

/// Streams of COPY that somebody has tampered with give rows or an error of the client's, the same
/// whichever pieces they come in. `-Dquiver.fuzz.rounds=N` runs longer, `-Dquiver.fuzz.seed=N`
/// elsewhere.
class CopyFuzzTest {
  private static final int ROUNDS = Integer.getInteger("quiver.fuzz.rounds", 3_000);
  private static final long SEED = Long.getLong("quiver.fuzz.seed", 20_261_123);
  private static final int ROW_COUNT_MAX = 6;
  private static final String NOISE = "\t\n\r\\\",;.N0-9[]{}x\u00e9";

  private static final List<SqlType> TYPES =
      List.of(
          SqlType.INT8,
          SqlType.TEXT,
          SqlType.of(BaseType.VECTOR, 2),
          SqlType.of(BaseType.NUMERIC),
          SqlType.of(BaseType.TIMESTAMPTZ),
          SqlType.arrayOf(BaseType.INT4),
          SqlType.of(BaseType.BYTEA));

  private static final List<List<String>> VALUES =
      List.of(
          List.of("1", "-9223372036854775808", "42"),
          List.of("plain", "tab\\tand \"quote\"", "\u2603", ""),
          List.of("[1,2]", "[-1e-3,3.5]"),
          List.of("0", "-12.500", "NaN"),
          List.of("2026-11-23 01:02:03+00", "infinity"),
          List.of("{}", "{1,NULL,3}", "{{1},{2}}"),
          List.of("\\x", "\\x00ff"));

  @ParameterizedTest
  @EnumSource(Format.class)
  void streamsAreReadOrRefusedInAnyPieces(Format format) {
    SplittableRandom random = new SplittableRandom(SEED);
    int readCount = 0;
    for (int round = 0; round < ROUNDS; round++) {
      CopyOptions options = options(format, random);
      byte[] stream = mutated(stream(options, random), random);
      String whole = outcome(options, stream, List.of(stream));
      String pieces = outcome(options, stream, pieces(stream, random));
      assertThat(pieces)
          .as("%s, seed %d round %d: %s", format, SEED, round, Arrays.toString(stream))
          .isEqualTo(whole);
      readCount += whole.startsWith("COPY items, line ") ? 1 : 0;
    }
    // Not all of them are refused.
    assertThat(readCount).isGreaterThan(ROUNDS / 20);
  }

  private static CopyOptions options(Format format, SplittableRandom random) {
    boolean isCsv = format == Format.CSV;
    return new CopyOptions(
        format,
        random.nextBoolean() ? '|' : isCsv ? ',' : '\t',
        isCsv ? "" : "\\N",
        format != Format.BINARY && random.nextInt(4) == 0,
        false,
        '"',
        random.nextBoolean() ? '"' : '\\',
        List.of(),
        List.of(),
        List.of());
  }

  private static byte[] stream(CopyOptions options, SplittableRandom random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (options.format() == Format.BINARY) {
      out.writeBytes(BinaryCopyReader.SIGNATURE);
      out.writeBytes(new byte[8]);
    }
    int count = random.nextInt(ROW_COUNT_MAX);
    for (int row = 0; row < count; row++) {
      if (options.format() == Format.BINARY) {
        out.writeBytes(new byte[] {0, (byte) TYPES.size()});
      }
      for (int column = 0; column < TYPES.size(); column++) {
        List<String> choices = VALUES.get(column);
        String text = random.nextInt(5) == 0 ? null : choices.get(random.nextInt(choices.size()));
        if (options.format() == Format.BINARY) {
          binaryField(TYPES.get(column), text, out);
        } else {
          textField(options, text, column, out);
        }
      }
    }
    if (options.format() == Format.BINARY) {
      out.writeBytes(new byte[] {-1, -1});
    } else if (random.nextInt(4) == 0) {
      out.writeBytes("\\.\n".getBytes(StandardCharsets.UTF_8));
    }
    return out.toByteArray();
  }

  private static void binaryField(SqlType type, @Nullable String text, ByteArrayOutputStream out) {
    byte[] value =
        text == null
            ? new byte[0]
            : BinaryFormat.write(type, TextFormat.parse(type, text, FormatSettings.DEFAULT));
    out.writeBytes(ByteBuffer.allocate(4).putInt(text == null ? -1 : value.length).array());
    out.writeBytes(value);
  }

  private static void textField(
      CopyOptions options, @Nullable String text, int column, ByteArrayOutputStream out) {
    String written;
    if (text == null) {
      written = options.nullText();
    } else if (options.format() == Format.CSV) {
      written = '"' + text.replace("\"", options.escape() + "\"") + '"';
    } else {
      written = text.replace("\\", "\\\\").replace("\t", "\\t");
    }
    boolean isLast = column == TYPES.size() - 1;
    out.writeBytes(written.getBytes(StandardCharsets.UTF_8));
    out.write(isLast ? '\n' : options.delimiter());
  }

  private static byte[] mutated(byte[] valid, SplittableRandom random) {
    byte[] bytes =
        random.nextInt(4) == 0
            ? Arrays.copyOf(valid, random.nextInt(valid.length + 1))
            : valid.clone();
    for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
      bytes[random.nextInt(bytes.length)] =
          random.nextBoolean()
              ? (byte) NOISE.charAt(random.nextInt(NOISE.length()))
              : (byte) random.nextInt(256);
    }
    return bytes;
  }

  private static List<byte[]> pieces(byte[] stream, SplittableRandom random) {
    List<byte[]> pieces = new ArrayList<>();
    for (int from = 0; from < stream.length; ) {
      int to = Math.min(stream.length, from + 1 + random.nextInt(20));
      pieces.add(Arrays.copyOfRange(stream, from, to));
      from = to;
    }
    return pieces;
  }

  /// The rows, or the error with its place.
  private static String outcome(CopyOptions options, byte[] stream, List<byte[]> pieces) {
    List<String> rows = new ArrayList<>();
    List<String> names = List.of("a", "b", "c", "d", "e", "f", "g");
    CopyReader reader =
        CopyReader.create(
            options,
            new CopyReader.Target("items", names),
            TYPES,
            FormatSettings.DEFAULT,
            (batch, context) -> {
              for (int row = 0; row < batch.rowCount(); row++) {
                StringBuilder values = new StringBuilder(context.of(row));
                for (int i = 0; i < batch.columns().size(); i++) {
                  Column column = batch.columns().get(i);
                  Object value = column.valueAt(row);
                  values
                      .append('|')
                      .append(
                          value == null
                              ? "null"
                              : TextFormat.format(TYPES.get(i), value, FormatSettings.DEFAULT));
                }
                rows.add(values.toString());
              }
            });
    try {
      pieces.forEach(reader::read);
      reader.finish();
      return String.join("\n", rows);
    } catch (QuiverException e) {
      assertThat(e.state())
          .as("%s: %s", e.getMessage(), Arrays.toString(stream))
          .isNotEqualTo(SqlState.INTERNAL_ERROR);
      return e.getMessage() + e.field(QuiverException.Field.WHERE).orElse("");
    }
  }
}
