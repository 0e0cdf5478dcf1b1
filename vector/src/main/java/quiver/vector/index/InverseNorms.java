package quiver.vector.index;

import java.lang.foreign.MemorySegment;

/// One over the Euclidean norm of every row, float32 off-heap; 0 for a zero vector.
record InverseNorms(MemorySegment values) {

  /// No norms, for metrics that need none.
  static final InverseNorms NONE = new InverseNorms(MemorySegment.NULL);

  float get(int row) {
    return values.getAtIndex(LittleEndian.FLOAT, row);
  }

  void set(int row, float value) {
    values.setAtIndex(LittleEndian.FLOAT, row, value);
  }

  /// The inverse norm for a squared norm; a square that overflowed is treated as the largest float.
  static float of(float squaredNorm) {
    if (squaredNorm == 0) {
      return 0;
    }
    return (float) (1 / Math.sqrt(Math.min(squaredNorm, Float.MAX_VALUE)));
  }
}
