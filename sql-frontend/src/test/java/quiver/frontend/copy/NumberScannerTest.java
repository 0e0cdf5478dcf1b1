package quiver.frontend.copy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NumberScannerTest {
  private final NumberScanner scanner = new NumberScanner();

  private boolean scan(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return scanner.scan(bytes, 0, bytes.length) && scanner.position() == bytes.length;
  }

  @Test
  void whatItReadsIsExact() {
    SplittableRandom random = new SplittableRandom(42);
    int fast = 0;
    for (int i = 0; i < 200_000; i++) {
      float value =
          switch (i % 3) {
            case 0 -> (float) (random.nextDouble() * 2 - 1);
            case 1 -> Float.intBitsToFloat(random.nextInt());
            default -> random.nextInt() / 1000f;
          };
      if (!Float.isFinite(value)) {
        continue;
      }
      for (String text :
          new String[] {
            Float.toString(value), Double.toString(value), String.format(Locale.ROOT, "%.9g", value)
          }) {
        if (scan(text)) {
          assertThat(scanner.value()).isEqualTo(Double.parseDouble(text));
          if (scanner.isFloat()) {
            fast++;
            assertThat((float) scanner.value()).as(text).isEqualTo(Float.parseFloat(text));
          }
        }
      }
    }
    assertThat(fast).isGreaterThan(200_000);
  }

  @Test
  void halfwayValuesAreLeftToTheSlowPath() {
    // 16777217 lies between two floats.
    assertThat(scan("16777217") && scanner.isFloat()).isFalse();
    assertThat(scan("16777216") && scanner.isFloat()).isTrue();
  }

  @Test
  void whatIsNoNumberIsRefused() {
    for (String text : new String[] {"", "-", ".", "e5", "1e", "1e+", "--1", "nan", "1x"}) {
      assertThat(scan(text)).as(text).isFalse();
    }
    assertThat(scan("1.")).isTrue();
    assertThat(scan(".5")).isTrue();
    assertThat(scan("+1.5e3")).isTrue();
    assertThat(scanner.value()).isEqualTo(1500);
  }
}
