package quiver.vector.index;

/// The rows found, nearest first; equal distances by row number; NaN (a zero vector under cosine)
/// after every number.
///
/// @param rows row numbers, owned by the receiver
/// @param distances pgvector's value for each row, in full precision, owned by the receiver
public record SearchResult(int[] rows, double[] distances, SearchStatistics statistics) {
  public SearchResult {
    if (rows.length != distances.length) {
      throw new IllegalArgumentException(rows.length + " rows, " + distances.length);
    }
  }

  public int count() {
    return rows.length;
  }
}
