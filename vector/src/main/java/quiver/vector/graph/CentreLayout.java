package quiver.vector.graph;

import java.lang.foreign.MemorySegment;
import quiver.vector.index.LittleEndian;
import quiver.vector.quantize.Int8Quantizer;

/// The layout of a list's centre: its int8 vector, its squared norm and padding to 64 bytes.
///
/// @param rotatedDimension coordinates of a rotated vector
record CentreLayout(int rotatedDimension) {
  private static final int ALIGNMENT = 64;

  int vectorBytes() {
    return Int8Quantizer.vectorBytes(rotatedDimension);
  }

  long sizeBytes() {
    return ((long) vectorBytes() + Float.BYTES + ALIGNMENT - 1) & -ALIGNMENT;
  }

  float squaredNorm(MemorySegment centres, int list) {
    return centres.get(LittleEndian.FLOAT, list * sizeBytes() + vectorBytes());
  }

  void setSquaredNorm(MemorySegment centres, int list, float value) {
    centres.set(LittleEndian.FLOAT, list * sizeBytes() + vectorBytes(), value);
  }
}
