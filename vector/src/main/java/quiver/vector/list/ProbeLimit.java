package quiver.vector.list;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import quiver.common.vector.DistanceMetric;

/// How many lists a search under a filter reads to find as large a part of its nearest rows as an
/// unfiltered search with the same effort finds.
///
/// A row `x = c + u` of a list around `c` is at `|q - x|² = |q - c|² + |u|² - 2 <q - c, u>`, and in
/// a rotated space the product is about normally distributed, its deviation in proportion to `|q -
/// c| |u|`. The factor, which says how many dimensions the rows really have, is chosen so that the
/// lists hold the `k` rows that an unfiltered search found. That tells which part of the rows
/// between two distances is in lists beyond a given one: the unfiltered search leaves out a part of
/// its rows, the filtered one goes on until it leaves out no more of its own, which are farther.
/// The lists are counted by the scores of their centroids in [#BIN_COUNT] steps. Used by one
/// thread.
final class ProbeLimit {
  private static final int BIN_COUNT = 32;
  private static final int FIT_ROUNDS = 8;

  /// The deviation is fitted within these, as a part of `|q - c| |u|`: 1 to 10,000 dimensions.
  private static final double DEVIATION_MIN = 0.01;

  private static final double DEVIATION_MAX = 1;

  private final ProbeOrder order;
  private final boolean product;
  private final double[] binRows = new double[BIN_COUNT];
  private final double[] binScores = new double[BIN_COUNT];
  private double binFrom;
  private double binWidth;
  private double squaredRadius;
  private double querySquaredNorm;
  private double deviation;
  private double leftOut;
  private double scoreMax;

  ProbeLimit(ProbeOrder order, DistanceMetric metric) {
    this.order = order;
    this.product = metric == DistanceMetric.INNER_PRODUCT;
  }

  /// Learns from the rows of the lists that an unfiltered search reads.
  ///
  /// @param rowsOfList how many each list has
  /// @param newSquaredRadius the mean squared distance of rows and their centroids
  /// @param probes lists that have been read
  /// @param nearest the score of the nearest row in those, filtered or not
  /// @param kth the score of the `k`-th nearest
  /// @param caution what may be left out, of what the unfiltered search leaves out
  void start(
      IntUnaryOperator rowsOfList,
      double newSquaredRadius,
      float newQuerySquaredNorm,
      int probes,
      int k,
      float nearest,
      float kth,
      double caution) {
    squaredRadius = newSquaredRadius;
    querySquaredNorm = newQuerySquaredNorm;
    scoreMax = Double.POSITIVE_INFINITY;
    count(rowsOfList);
    double low = DEVIATION_MIN;
    double high = DEVIATION_MAX;
    for (int round = 0; round < FIT_ROUNDS; round++) {
      deviation = Math.sqrt(low * high);
      if (rowsBeyond(Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY, kth) < k) {
        low = deviation;
      } else {
        high = deviation;
      }
    }
    leftOut = partBeyond(order.base(order.list(probes - 1)), nearest, kth);
    leftOut *= caution;
  }

  private void count(IntUnaryOperator rowsOfList) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (int at = 0; at < order.listCount(); at++) {
      min = Math.min(min, order.anyScore(at));
      max = Math.max(max, order.anyScore(at));
    }
    binFrom = min;
    binWidth = Math.max((max - min) / BIN_COUNT, Float.MIN_NORMAL);
    Arrays.fill(binRows, 0);
    Arrays.fill(binScores, 0);
    for (int at = 0; at < order.listCount(); at++) {
      double score = order.anyScore(at);
      int rows = rowsOfList.applyAsInt(order.anyList(at));
      int bin = Math.min(BIN_COUNT - 1, (int) ((score - binFrom) / binWidth));
      binRows[bin] += rows;
      binScores[bin] += rows * score;
    }
  }

  /// The part of the rows with scores in `(nearest, kth]` that is in lists beyond `score`.
  private double partBeyond(double score, double nearest, double kth) {
    double all = rowsBeyond(Double.NEGATIVE_INFINITY, nearest, kth);
    return all <= 0 ? 0 : rowsBeyond(score, nearest, kth) / all;
  }

  private double rowsBeyond(double score, double nearest, double kth) {
    double rows = 0;
    for (int bin = 0; bin < BIN_COUNT; bin++) {
      double from = binFrom + bin * binWidth;
      if (binRows[bin] > 0 && from + binWidth > score) {
        double part = Math.min(1, (from + binWidth - score) / binWidth);
        rows += part * rowsWithin(bin, nearest, kth);
      }
    }
    return rows;
  }

  private double rowsWithin(int bin, double nearest, double kth) {
    double score = binScores[bin] / binRows[bin];
    return binRows[bin] * (partBelow(score, kth) - partBelow(score, nearest));
  }

  /// The part of a list's rows with scores below `bound`.
  private double partBelow(double centroidScore, double bound) {
    if (bound == Double.NEGATIVE_INFINITY) {
      return 0;
    }
    double mean = product ? centroidScore : centroidScore + squaredRadius;
    double distance = product ? querySquaredNorm : Math.max(centroidScore, 0);
    double width = 2 * deviation * Math.sqrt(distance * squaredRadius) + Float.MIN_NORMAL;
    double z = (mean - bound) / width;
    // The normal distribution to within 2e-4 (Bowling and others, 2009).
    return 1 / (1 + Math.exp(z * (1.5976 + 0.07056 * z * z)));
  }

  /// Takes what has been found under the filter.
  ///
  /// @param nearest the score of the nearest row found
  /// @param kth the score of the `k`-th, +infinity while there are fewer
  void update(double nearest, double kth) {
    if (kth == Double.POSITIVE_INFINITY) {
      scoreMax = kth;
      return;
    }
    double all = rowsBeyond(Double.NEGATIVE_INFINITY, nearest, kth);
    double beyond = 0;
    for (int bin = BIN_COUNT - 1; bin >= 0; bin--) {
      double rows = binRows[bin] == 0 ? 0 : rowsWithin(bin, nearest, kth);
      if (beyond + rows > leftOut * all) {
        double part = (leftOut * all - beyond) / rows;
        scoreMax = binFrom + (bin + 1 - part) * binWidth;
        return;
      }
      beyond += rows;
    }
    scoreMax = Double.NEGATIVE_INFINITY;
  }

  /// Whether a list is to be read.
  ///
  /// @param centroidScore of its centroid, as [ProbeOrder#base]
  boolean includes(float centroidScore) {
    return centroidScore <= scoreMax;
  }

  /// How many lists are to be read, about.
  int listsToRead() {
    int lists = 0;
    for (int at = 0; at < order.listCount(); at++) {
      lists += includes(order.anyScore(at)) ? 1 : 0;
    }
    return lists;
  }

  /// Rows in the lists to be read, of all.
  double rowsToRead() {
    double rows = 0;
    for (int bin = 0; bin < BIN_COUNT; bin++) {
      double part = (scoreMax - binFrom - bin * binWidth) / binWidth;
      rows += binRows[bin] * Math.clamp(part, 0, 1);
    }
    return rows;
  }
}
