package quiver.jdbc.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class VectorValuesTest {
  @Test
  void everyHalfGoesThroughAFloatAndBack() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float number = HalfFloat.toFloat((short) bits);
      if (!Float.isNaN(number)) {
        assertThat(HalfFloat.fromFloat(number)).isEqualTo((short) bits);
      }
    }
    assertThat(HalfFloat.toFloat((short) 0x3c00)).isEqualTo(1);
    assertThat(HalfFloat.toFloat((short) 0x0001)).isEqualTo(0x1p-24f);
    assertThat(HalfFloat.toFloat((short) 0x7bff)).isEqualTo(65504);
  }

  @Test
  void halvesAreRoundedToTheNearestEvenOne() {
    assertThat(HalfVector.of(2049, 2051, 65519, 65520, 0x1p-25f, 0x1.8p-25f, 1e-10f).toFloats())
        .containsExactly(2048, 2052, 65504, Float.POSITIVE_INFINITY, 0, 0x1p-24f, 0);
    assertThat(Float.isNaN(HalfVector.of(Float.NaN).get(0))).isTrue();
    assertThat(HalfVector.of(1, 2)).isEqualTo(HalfVector.of(1, 2)).hasToString("[1,2]");
  }

  @Test
  void sparseVectorsKeepWhatIsNotZero() {
    SparseVector vector = SparseVector.of(0, 1.5f, 0, -2);
    assertThat(vector.indices()).containsExactly(1, 3);
    assertThat(vector.toFloats()).containsExactly(0, 1.5f, 0, -2);
    assertThat(vector)
        .isEqualTo(SparseVector.of(Map.of(3, -2f, 1, 1.5f, 0, 0f), 4))
        .hasToString("{2:1.5,4:-2}/4");
    assertThat(VectorText.parseSparse("{2:1.5,4:-2}/4")).isEqualTo(vector);
    assertThat(VectorText.parseSparse("{}/3")).isEqualTo(SparseVector.of(0, 0, 0));
    assertThatThrownBy(() -> SparseVector.of(Map.of(4, 1f), 4))
        .hasMessage("index 4 must be above -1 and below 4");
  }

  @Test
  void bitsAreKeptInTheirOrder() {
    BitVector bits = BitVector.of(true, false, true, true, false, false, false, false, true);
    assertThat(bits).hasToString("101100001").isEqualTo(BitVector.parse("101100001"));
    assertThat(bits.toBytes()).containsExactly(0xb0, 0x80);
    assertThat(BitVector.ofBytes(new byte[] {(byte) 0xb0, (byte) 0x80}, 9)).isEqualTo(bits);
    assertThatThrownBy(() -> BitVector.ofBytes(new byte[] {1}, 7))
        .hasMessage("bits from 7 on must be 0");
    assertThatThrownBy(() -> BitVector.parse("12")).hasMessage("\"2\" is not a binary digit");
  }

  @Test
  void textOfVectorsIsReadBack() {
    float[] numbers = {1, -0.0f, 2.5f, 1e20f, -1e-20f, Float.MIN_VALUE};
    assertThat(VectorText.parse(VectorText.format(numbers))).containsExactly(numbers);
    assertThat(VectorText.parse(" [ 1 , 2 ] ")).containsExactly(1, 2);
  }
}
