package quiver.vector.index;

import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Continues a search by asking again for more and leaving out what was returned. Used by one
/// thread.
public final class Continuation {
  private @Nullable SearchRequest request;
  private int[] returned = new int[64];
  private int returnedCount;

  public void start(SearchRequest newRequest, SearchResult first) {
    request = newRequest;
    returnedCount = 0;
    remember(first.rows());
  }

  private void remember(int[] rows) {
    if (returned.length < returnedCount + rows.length) {
      returned =
          Arrays.copyOf(returned, Math.max(2 * returned.length, returnedCount + rows.length));
    }
    System.arraycopy(rows, 0, returned, returnedCount, rows.length);
    returnedCount += rows.length;
  }

  /// @param find a full search
  public SearchResult next(int k, Function<SearchRequest, SearchResult> find) {
    SearchRequest first = request;
    if (first == null) {
      throw new IllegalStateException("next before search");
    }
    // At most returnedCount rows of the larger answer are left out, so k remain if they exist.
    int total = (int) Math.min((long) returnedCount + k, Integer.MAX_VALUE);
    SearchResult all = find.apply(first.withK(total));
    int[] sorted = Arrays.copyOf(returned, returnedCount);
    Arrays.sort(sorted);
    int[] rows = new int[Math.min(k, all.count())];
    double[] distances = new double[rows.length];
    int count = 0;
    for (int i = 0; i < all.count() && count < rows.length; i++) {
      if (Arrays.binarySearch(sorted, all.rows()[i]) < 0) {
        rows[count] = all.rows()[i];
        distances[count++] = all.distances()[i];
      }
    }
    SearchResult result =
        new SearchResult(
            Arrays.copyOf(rows, count), Arrays.copyOf(distances, count), all.statistics());
    remember(result.rows());
    return result;
  }
}
