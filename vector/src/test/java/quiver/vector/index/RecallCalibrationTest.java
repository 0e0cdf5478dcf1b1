package quiver.vector.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import quiver.common.column.RowMask;
import quiver.common.error.QuiverException;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.RecallCalibration.Point;
import quiver.vector.kernel.VectorKernels;

class RecallCalibrationTest {
  private static final RecallCalibration SAMPLE =
      new RecallCalibration(
          List.of(
              new Point(10, 10, 0.5f),
              new Point(10, 40, 0.9f),
              new Point(10, 100, 0.99f),
              new Point(100, 100, 0.8f),
              new Point(100, 400, 0.97f)));

  private static MemorySegment file(byte[] block) {
    byte[] file = new byte[64 + block.length];
    System.arraycopy(block, 0, file, 64, block.length);
    return MemorySegment.ofArray(file);
  }

  @Test
  void isReadBehindAnIndex() {
    MemorySegment file = file(SAMPLE.encode());
    assertThat(RecallCalibration.read(file)).contains(SAMPLE);
    assertThat(RecallCalibration.indexPart(file).byteSize()).isEqualTo(64);
    assertThat(RecallCalibration.read(file.asSlice(0, 64))).isEmpty();
    assertThat(RecallCalibration.indexPart(file.asSlice(0, 64)).byteSize()).isEqualTo(64);
    assertThat(RecallCalibration.read(MemorySegment.ofArray(new byte[3]))).isEmpty();
  }

  @Test
  void keepsItsStoredForm() {
    byte[] block = new RecallCalibration(List.of(new Point(10, 40, 0.5f))).encode();
    assertThat(HexFormat.of().formatHex(block))
        .isEqualTo(
            "0a00000028000000"
                + "0000003f"
                + "0100000001000000"
                + "77536ebc"
                + "00000000"
                + "51555643414c3151");
  }

  @Test
  void everyFlippedBitIsFound() {
    byte[] block = SAMPLE.encode();
    for (int bit = 0; bit < 8 * (block.length - 12); bit++) {
      byte[] damaged = block.clone();
      damaged[bit >>> 3] ^= (byte) (1 << (bit & 7));
      assertThatThrownBy(() -> RecallCalibration.read(file(damaged)))
          .isInstanceOf(QuiverException.class);
    }
  }

  @Test
  void choosesTheLeastEffortThatReachesTheTarget() {
    assertThat(SAMPLE.effortFor(10, 0.9)).contains(40);
    assertThat(SAMPLE.effortFor(3, 0.95)).contains(100);
    assertThat(SAMPLE.effortFor(10, 1)).contains(100);
    assertThat(SAMPLE.effortFor(50, 0.95)).contains(400);
    assertThat(SAMPLE.effortFor(200, 0.95)).contains(800);
    assertThat(new RecallCalibration(List.of()).effortFor(10, 0.5)).isEqualTo(Optional.empty());
  }

  @Test
  void measuresAGraph() {
    int rowCount = 3_000;
    int dimension = 24;
    SplittableRandom random = new SplittableRandom(5);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment values = arena.allocate((long) rowCount * dimension * Float.BYTES, 64);
      for (long i = 0; i < (long) rowCount * dimension; i++) {
        values.setAtIndex(LittleEndian.FLOAT, i, (float) random.nextGaussian());
      }
      VectorRows rows = VectorRows.of(dimension, rowCount, values, RowMask.all(rowCount));
      HnswIndex index =
          HnswIndex.build(
              VectorKernels.best(),
              rows,
              DistanceMetric.L2,
              HnswOptions.defaults(),
              BuildResources.onCaller(arena));
      RecallCalibration measured =
          RecallMeasurement.measure(VectorKernels.best(), index, rows, 1, BuildMonitor.NONE);
      assertThat(measured.points()).isNotEmpty();
      assertThat(measured.points().getFirst().recall())
          .isLessThan(measured.points().stream().map(Point::recall).max(Float::compare).get());
      assertThat(measured)
          .isEqualTo(
              RecallMeasurement.measure(VectorKernels.best(), index, rows, 1, BuildMonitor.NONE));
      int effort = measured.effortFor(10, 0.95).orElseThrow();
      assertThat(measured.effortFor(10, 0.5).orElseThrow()).isLessThanOrEqualTo(effort);
    }
  }
}
