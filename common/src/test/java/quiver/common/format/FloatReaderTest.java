package quiver.common.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FloatReaderTest {
  @Test
  void readsWhatFloatParseFloatReads() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 30_000; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      if (!Float.isFinite(value)) {
        continue;
      }
      check(Float.toString(value));
      int scale = random.nextInt(25);
      check(
          BigDecimal.valueOf(random.nextLong(1L << random.nextInt(1, 63)), scale).toPlainString());
      // Exactly half way between two floats, and one digit off it.
      float normal = random.nextFloat() + 0.5f;
      BigDecimal middle =
          new BigDecimal(normal)
              .add(new BigDecimal(Math.nextUp(normal)))
              .divide(BigDecimal.valueOf(2));
      check(middle.toPlainString());
      check(middle.toPlainString().substring(0, 17));
    }
  }

  private static void check(String text) {
    FloatReader reader = new FloatReader("[" + text + ",");
    assertThat(reader.read(1)).as(text).isEqualTo(Float.parseFloat(text));
    assertThat(reader.end()).isEqualTo(text.length() + 1);
  }
}
