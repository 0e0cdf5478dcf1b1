package quiver.common.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;

/// Values whose text or bytes somebody has tampered with are read as something that is written and
/// read alike, or refused with an error of the client's. `-Dquiver.fuzz.rounds=N` runs longer,
/// `-Dquiver.fuzz.seed=N` elsewhere.
class FormatFuzzTest {
  private static final int ROUNDS = Integer.getInteger("quiver.fuzz.rounds", 3_000);
  private static final long SEED = Long.getLong("quiver.fuzz.seed", 20_261_123);
  private static final String NOISE = "0123456789 -+.,:;eE{}[]()\"'\\/NaninfTZ\u00e9\u0000\uffff";

  record Sample(SqlType type, String text) {
    @Override
    public String toString() {
      return type.sqlName() + " " + text;
    }
  }

  private static Sample sample(BaseType base, String text) {
    return new Sample(SqlType.of(base), text);
  }

  static Stream<Sample> samples() {
    return Stream.of(
        sample(BaseType.BOOL, "true"),
        sample(BaseType.INT2, "-32768"),
        sample(BaseType.INT4, "2147483647"),
        sample(BaseType.INT8, "-9223372036854775808"),
        sample(BaseType.FLOAT4, "1.5e-7"),
        sample(BaseType.FLOAT8, "-Infinity"),
        sample(BaseType.NUMERIC, "-12345678901234567890.00012"),
        sample(BaseType.TEXT, "snow \u2603 \\ 'quoted'"),
        sample(BaseType.BPCHAR, "abc"),
        sample(BaseType.BYTEA, "\\x00ff7f80"),
        sample(BaseType.UUID, "0e37df36-f698-11e6-8dd4-cb9ced3df976"),
        sample(BaseType.DATE, "2026-11-23"),
        sample(BaseType.TIME, "23:59:59.999999"),
        sample(BaseType.TIMETZ, "01:02:03-08"),
        sample(BaseType.TIMESTAMP, "2026-11-23 01:02:03.4"),
        sample(BaseType.TIMESTAMPTZ, "0044-03-15 12:00:00+00 BC"),
        sample(BaseType.INTERVAL, "1 year 2 mons -3 days 04:05:06.789"),
        sample(BaseType.JSON, "{\"a\": [1, 2.5e3, \"\\u2603\", null]}"),
        sample(BaseType.JSONB, "{\"a\": [1, 2.5e3, \"x\", null]}"),
        sample(BaseType.INET, "192.168.0.1/24"),
        sample(BaseType.VECTOR, "[1,-2.5,3e10]"),
        sample(BaseType.HALFVEC, "[1,-2.5,3]"),
        sample(BaseType.SPARSEVEC, "{1:1,3:-2.5}/5"),
        sample(BaseType.BIT, "10110"),
        sample(BaseType.VARBIT, "1011001110001"),
        sample(BaseType.TSVECTOR, "'fat':2A,4 'rat':3"),
        sample(BaseType.TSQUERY, "'fat' & ( 'rat':AB | !'cat':* ) <2> 'x'"),
        new Sample(SqlType.arrayOf(BaseType.INT4), "{{1,NULL},{3,4}}"),
        new Sample(SqlType.arrayOf(BaseType.TEXT), "[0:1]={\"a \\\"b\",NULL}"));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void bytesAreReadOrRefused(Sample sample) {
    SplittableRandom random = new SplittableRandom(SEED);
    byte[] valid = BinaryFormat.write(sample.type(), parse(sample.type(), sample.text()));
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = mutated(valid, random);
      Object value = readOrRefused(sample.type(), bytes);
      if (value != null) {
        byte[] written = BinaryFormat.write(sample.type(), value);
        Object again = BinaryFormat.read(sample.type(), ByteBuffer.wrap(written), written.length);
        assertThat(format(sample.type(), again))
            .as("seed %d round %d: %s", SEED, round, Arrays.toString(bytes))
            .isEqualTo(format(sample.type(), value));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void textsAreReadOrRefused(Sample sample) {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      String text = mutated(sample.text(), random);
      Object value = parseOrRefused(sample.type(), text);
      if (value != null) {
        String formatted = format(sample.type(), value);
        assertThat(format(sample.type(), parse(sample.type(), formatted)))
            .as("seed %d round %d: %s", SEED, round, text)
            .isEqualTo(formatted);
      }
    }
  }

  private static @Nullable Object readOrRefused(SqlType type, byte[] bytes) {
    try {
      return BinaryFormat.read(type, ByteBuffer.wrap(bytes), bytes.length);
    } catch (QuiverException e) {
      // PostgreSQL calls an unknown version of jsonb an internal error, too.
      if (!String.valueOf(e.getMessage()).startsWith("unsupported jsonb version")) {
        assertThat(e.state()).as(e.getMessage()).isNotEqualTo(SqlState.INTERNAL_ERROR);
      }
      return null;
    }
  }

  private static @Nullable Object parseOrRefused(SqlType type, String text) {
    try {
      return parse(type, text);
    } catch (QuiverException e) {
      assertThat(e.state()).as(e.getMessage()).isNotEqualTo(SqlState.INTERNAL_ERROR);
      return null;
    }
  }

  private static Object parse(SqlType type, String text) {
    return TextFormat.parse(type, text, FormatSettings.DEFAULT);
  }

  private static String format(SqlType type, Object value) {
    return TextFormat.format(type, value, FormatSettings.DEFAULT);
  }

  private static byte[] mutated(byte[] valid, SplittableRandom random) {
    byte[] bytes =
        switch (random.nextInt(4)) {
          case 0 -> Arrays.copyOf(valid, random.nextInt(valid.length + 1));
          case 1 -> Arrays.copyOf(valid, valid.length + 1 + random.nextInt(8));
          default -> valid.clone();
        };
    for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
      int at = random.nextInt(bytes.length);
      bytes[at] =
          random.nextBoolean()
              ? (byte) random.nextInt(256)
              : (byte) (bytes[at] ^ 1 << random.nextInt(8));
    }
    return bytes;
  }

  private static String mutated(String valid, SplittableRandom random) {
    List<Integer> points = new ArrayList<>(valid.codePoints().boxed().toList());
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      int at = random.nextInt(points.size() + 1);
      switch (random.nextInt(4)) {
        case 0 -> points.add(at, (int) NOISE.charAt(random.nextInt(NOISE.length())));
        case 1 -> points.subList(at, Math.min(points.size(), at + 1 + random.nextInt(5))).clear();
        case 2 -> points.addAll(at, List.copyOf(points.subList(at, points.size())));
        default -> {
          if (at < points.size()) {
            points.set(at, (int) NOISE.charAt(random.nextInt(NOISE.length())));
          }
        }
      }
    }
    StringBuilder text = new StringBuilder();
    points.forEach(text::appendCodePoint);
    // What no client can send is no text either.
    byte[] bytes = text.toString().replace("\0", "").getBytes(StandardCharsets.UTF_8);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
