package quiver.jdbc.vector;

import java.util.Arrays;

/// A `halfvec`: numbers of 16 bits each. Immutable.
///
/// ```java
/// statement.setObject(1, HalfVector.of(0.5f, 1, 2));
/// float[] numbers = rows.getObject("embedding", HalfVector.class).toFloats();
/// ```
public final class HalfVector {
  private final short[] bits;

  private HalfVector(short[] bits) {
    this.bits = bits;
  }

  /// Rounds each number to the nearest one of 16 bits; one too large for them becomes infinite,
  /// which the server refuses.
  public static HalfVector of(float... numbers) {
    short[] bits = new short[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      bits[i] = HalfFloat.fromFloat(numbers[i]);
    }
    return new HalfVector(bits);
  }

  /// @param bits each number in the IEEE 754 format binary16; copied
  public static HalfVector ofBits(short... bits) {
    return new HalfVector(bits.clone());
  }

  /// The number of dimensions.
  public int dimension() {
    return bits.length;
  }

  /// The number at an index from 0.
  public float get(int index) {
    return HalfFloat.toFloat(bits[index]);
  }

  /// Each number in the IEEE 754 format binary16; a copy.
  public short[] toBits() {
    return bits.clone();
  }

  /// A new array of all numbers.
  public float[] toFloats() {
    float[] numbers = new float[bits.length];
    for (int i = 0; i < bits.length; i++) {
      numbers[i] = HalfFloat.toFloat(bits[i]);
    }
    return numbers;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HalfVector that && Arrays.equals(bits, that.bits);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bits);
  }

  /// As the server writes it, for example `[0.5,1,2]`.
  @Override
  public String toString() {
    return VectorText.format(toFloats());
  }
}
