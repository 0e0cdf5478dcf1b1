package quiver.common.value;

import java.util.Arrays;

/// A pgvector `halfvec`: IEEE 754 binary16 elements. Immutable; ordered like an array of its
/// elements.
public final class HalfVector implements Comparable<HalfVector> {
  private final short[] halves;

  private HalfVector(short[] halves) {
    this.halves = halves;
  }

  /// Owns `halves` (binary16 bit patterns) from now on.
  public static HalfVector of(short[] halves) {
    return new HalfVector(halves);
  }

  public int dimension() {
    return halves.length;
  }

  public float at(int index) {
    return Float.float16ToFloat(halves[index]);
  }

  /// The bit patterns, not to be changed.
  public short[] halves() {
    return halves;
  }

  public float[] toFloats() {
    float[] floats = new float[halves.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = at(i);
    }
    return floats;
  }

  @Override
  public int compareTo(HalfVector other) {
    int common = Math.min(halves.length, other.halves.length);
    for (int i = 0; i < common; i++) {
      float mine = at(i);
      float theirs = other.at(i);
      if (mine != theirs) {
        return mine < theirs ? -1 : 1;
      }
    }
    return Integer.compare(halves.length, other.halves.length);
  }

  /// By value: the two zeros are equal.
  @Override
  public boolean equals(Object other) {
    return other instanceof HalfVector that && compareTo(that) == 0;
  }

  @Override
  public int hashCode() {
    float[] floats = toFloats();
    for (int i = 0; i < floats.length; i++) {
      floats[i] += 0f;
    }
    return Arrays.hashCode(floats);
  }
}
