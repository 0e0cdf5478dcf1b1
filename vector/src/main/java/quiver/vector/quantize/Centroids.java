package quiver.vector.quantize;

import java.util.Arrays;
import quiver.vector.kernel.CodeKernel;

/// Points that stand for clusters of rotated vectors, arranged for finding the nearest of many rows
/// at once. Immutable, safe for every thread.
public final class Centroids {
  private static final int COLUMNS = CodeKernel.PANEL_COLUMNS;

  /// Rows that share one pass over a panel: their products stay in the first cache level.
  private static final int ROWS_AT_ONCE = 32;

  private final CodeKernel kernel;
  private final int dimension;
  private final int count;
  private final float[] values;

  /// The values again, in panels of 32 columns.
  private final float[] panels;

  private final float[] squaredNorms;

  /// @param values `count × dimension`, row-major; owned by this object from now on
  public Centroids(CodeKernel kernel, int dimension, int count, float[] values) {
    if (values.length != count * dimension || count < 1) {
      throw new IllegalArgumentException(count + " centroids in " + values.length + " floats");
    }
    this.kernel = kernel;
    this.dimension = dimension;
    this.count = count;
    this.values = values;
    int panelCount = (count + COLUMNS - 1) / COLUMNS;
    this.panels = new float[panelCount * COLUMNS * dimension];
    this.squaredNorms = new float[panelCount * COLUMNS];
    for (int c = 0; c < panelCount * COLUMNS; c++) {
      if (c >= count) {
        squaredNorms[c] = Float.POSITIVE_INFINITY;
        continue;
      }
      int panel = c / COLUMNS * COLUMNS * dimension;
      float sum = 0;
      for (int i = 0; i < dimension; i++) {
        float value = values[c * dimension + i];
        panels[panel + i * COLUMNS + c % COLUMNS] = value;
        sum += value * value;
      }
      squaredNorms[c] = sum;
    }
  }

  public int dimension() {
    return dimension;
  }

  public int count() {
    return count;
  }

  /// `count × dimension`, row-major; not to be changed by the caller.
  public float[] values() {
    return values;
  }

  /// The squared norm of a centroid.
  public float squaredNorm(int centroid) {
    return squaredNorms[centroid];
  }

  /// Finds the nearest centroids (L2) of some rows.
  ///
  /// @param rows row-major rotated vectors, the first at element `offset`
  /// @param wanted centroids for each row, at most [#count]
  /// @param nearest output: `rowCount × wanted` numbers, nearest first
  /// @param scores output: their `|centroid|² - 2 × <row, centroid>`, or an empty array
  public void nearest(
      float[] rows, int offset, int rowCount, int wanted, int[] nearest, float[] scores) {
    float[] products = new float[ROWS_AT_ONCE * COLUMNS];
    float[] best = new float[ROWS_AT_ONCE * wanted];
    for (int from = 0; from < rowCount; from += ROWS_AT_ONCE) {
      int some = Math.min(ROWS_AT_ONCE, rowCount - from);
      int first = offset + from * dimension;
      Arrays.fill(best, Float.POSITIVE_INFINITY);
      for (int panel = 0; panel * COLUMNS < count; panel++) {
        int at = panel * COLUMNS * dimension;
        kernel.products(rows, first, dimension, some, panels, at, dimension, products);
        for (int row = 0; row < some; row++) {
          offerPanel(
              products,
              row * COLUMNS,
              panel * COLUMNS,
              best,
              row * wanted,
              wanted,
              nearest,
              (from + row) * wanted);
        }
      }
      if (scores.length > 0) {
        System.arraycopy(best, 0, scores, from * wanted, some * wanted);
      }
    }
  }

  /// Keeps the best of a panel's 32 columns for one row, by insertion.
  private void offerPanel(
      float[] products,
      int at,
      int firstCentroid,
      float[] best,
      int bestAt,
      int wanted,
      int[] nearest,
      int nearestAt) {
    int last = wanted - 1;
    float bound = best[bestAt + last];
    int end = Math.min(COLUMNS, count - firstCentroid);
    for (int c = 0; c < end; c++) {
      float score = squaredNorms[firstCentroid + c] - 2 * products[at + c];
      if (score < bound) {
        int place = last;
        for (; place > 0 && best[bestAt + place - 1] > score; place--) {
          best[bestAt + place] = best[bestAt + place - 1];
          nearest[nearestAt + place] = nearest[nearestAt + place - 1];
        }
        best[bestAt + place] = score;
        nearest[nearestAt + place] = firstCentroid + c;
        bound = best[bestAt + last];
      }
    }
  }
}
