package quiver.vector.graph;

import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.vector.quantize.CodeBlock;

/// How a code graph is built.
///
/// @param degree neighbours of a vertex, a multiple of 32 up to 128
/// @param buildBeam candidates kept while a vertex looks for better neighbours. 0 to 1000; 0 keeps
///   those found in the lists
/// @param seed of the clusters: equal seed and rows give an equal graph
public record CodeGraphOptions(int degree, int buildBeam, long seed) {
  public static final int DEGREE_DEFAULT = 32;
  public static final int BUILD_BEAM_DEFAULT = 0;
  public static final int DEGREE_MAX = 128;
  public static final int BUILD_BEAM_MAX = 1_000;

  public CodeGraphOptions {
    if (degree < CodeBlock.ROW_COUNT || degree > DEGREE_MAX || degree % CodeBlock.ROW_COUNT != 0) {
      throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE,
              "value %d out of bounds for option \"degree\"",
              degree)
          .withDetail("Valid values are 32, 64, 96 and 128.");
    }
    if (buildBeam < 0 || buildBeam > BUILD_BEAM_MAX) {
      throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE,
              "value %d out of bounds for option \"build_beam\"",
              buildBeam)
          .withDetail("Valid values are between \"0\" and \"" + BUILD_BEAM_MAX + "\".");
    }
  }

  public static CodeGraphOptions defaults() {
    return new CodeGraphOptions(DEGREE_DEFAULT, BUILD_BEAM_DEFAULT, 1);
  }
}
