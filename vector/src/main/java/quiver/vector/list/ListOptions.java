package quiver.vector.list;

import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// How a list index is built; `lists` is pgvector's option.
///
/// @param lists how many lists, 1 to 32768, or 0 for a number that suits the rows
/// @param seed of the sample and the first centroids: equal seed and rows give an equal index
public record ListOptions(int lists, long seed) {
  public static final int LISTS_MAX = 32_768;

  /// A number of lists chosen from the number of rows.
  public static final int LISTS_AUTO = 0;

  /// Lists for each square root of the row count: finer lists mean fewer rows read for the same
  /// recall, and more centroids to look at.
  private static final double LISTS_PER_ROOT = 2.4;

  public ListOptions {
    if (lists < 0 || lists > LISTS_MAX) {
      throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE,
              "value %d out of bounds for option \"lists\"",
              lists)
          .withDetail("Valid values are between \"1\" and \"" + LISTS_MAX + "\".");
    }
  }

  public static ListOptions defaults() {
    return new ListOptions(LISTS_AUTO, 1);
  }

  /// The lists for `rowCount` rows.
  int listsFor(int rowCount) {
    int wanted = lists == LISTS_AUTO ? (int) (LISTS_PER_ROOT * Math.sqrt(rowCount)) : lists;
    return Math.clamp(wanted, 1, LISTS_MAX);
  }
}
