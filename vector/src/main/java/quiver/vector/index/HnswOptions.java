package quiver.vector.index;

import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// How an HNSW graph is built; pgvector's names, limits and defaults.
///
/// @param m neighbours of a node above the base level; twice as many on it. 2 to 100
/// @param efConstruction candidates kept while a node looks for its neighbours. 4 to 1000
/// @param seed of the levels and the insertion order: equal seed and rows give an equal graph
public record HnswOptions(int m, int efConstruction, long seed) {
  public static final int M_DEFAULT = 16;
  public static final int EF_CONSTRUCTION_DEFAULT = 64;
  private static final int M_MIN = 2;
  private static final int M_MAX = 100;
  private static final int EF_CONSTRUCTION_MIN = 4;
  private static final int EF_CONSTRUCTION_MAX = 1_000;

  public HnswOptions {
    requireInBounds("m", m, M_MIN, M_MAX);
    requireInBounds("ef_construction", efConstruction, EF_CONSTRUCTION_MIN, EF_CONSTRUCTION_MAX);
    if (efConstruction < 2 * m) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "ef_construction must be greater than or equal to 2 * m");
    }
  }

  private static void requireInBounds(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE,
              "value %d out of bounds for option \"%s\"",
              value,
              name)
          .withDetail("Valid values are between \"" + min + "\" and \"" + max + "\".");
    }
  }

  /// pgvector's defaults.
  public static HnswOptions defaults() {
    return new HnswOptions(M_DEFAULT, EF_CONSTRUCTION_DEFAULT, 1);
  }
}
