package quiver.vector.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Adds the lanes of a vector as a pairwise tree. `reduceLanes` promises no order, and adds in
/// another one when it is interpreted: the same values would give other bits before and after a
/// method is compiled, and two builds of the same rows other indexes.
final class LaneSum {
  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
  private static final int LANE_COUNT = LANES.length();
  private static final VectorShuffle<Float> SWAP_HALVES = exchange(LANE_COUNT / 2);
  private static final VectorShuffle<Float> SWAP_QUARTERS = exchange(LANE_COUNT / 4);
  private static final VectorShuffle<Float> SWAP_EIGHTHS = exchange(LANE_COUNT / 8);
  private static final VectorShuffle<Float> SWAP_SIXTEENTHS = exchange(LANE_COUNT / 16);

  private LaneSum() {}

  private static VectorShuffle<Float> exchange(int distance) {
    return VectorShuffle.fromOp(LANES, lane -> lane ^ distance);
  }

  /// @param lanes of the preferred species
  static float of(FloatVector lanes) {
    FloatVector sum = lanes.add(lanes.rearrange(SWAP_HALVES));
    sum = sum.add(sum.rearrange(SWAP_QUARTERS));
    if (LANE_COUNT >= 8) {
      sum = sum.add(sum.rearrange(SWAP_EIGHTHS));
    }
    if (LANE_COUNT >= 16) {
      sum = sum.add(sum.rearrange(SWAP_SIXTEENTHS));
    }
    return sum.lane(0);
  }
}
