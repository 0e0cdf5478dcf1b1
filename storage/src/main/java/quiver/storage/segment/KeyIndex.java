package quiver.storage.segment;

import java.lang.foreign.MemorySegment;

/// The keys of a segment as sorted 64-bit hashes with their rows, searched where they lie in the
/// file. Equal hashes are neighbours; whether a key is equal the caller decides from the row.
///
/// ```java
/// for (int at = index.find(hash); at < index.count() && index.hash(at) == hash; at++) {
///   int row = index.row(at);
/// }
/// ```
public final class KeyIndex {
  private final MemorySegment hashes;
  private final MemorySegment rows;
  private final int count;

  KeyIndex(MemorySegment hashes, MemorySegment rows, int count) {
    this.hashes = hashes;
    this.rows = rows;
    this.count = count;
  }

  public int count() {
    return count;
  }

  /// The hash at a place; hashes ascend as unsigned numbers.
  public long hash(int at) {
    return hashes.get(SegmentFormat.LONG, 8L * at);
  }

  /// The row whose key has the hash at a place.
  public int row(int at) {
    return rows.get(SegmentFormat.INT, 4L * at);
  }

  /// The first place whose hash is at least `hash`, or [#count()]. Hashes are spread evenly, so the
  /// search starts where the hash should be and widens from there: it touches few pages.
  public int find(long hash) {
    if (count == 0) {
      return 0;
    }
    int guess = (int) Math.unsignedMultiplyHigh(hash, count);
    int low = 0;
    int high = count;
    int step = 16;
    if (isBelow(guess, hash)) {
      low = guess + 1;
      while (low + step < count && isBelow(low + step, hash)) {
        low += step + 1;
        step *= 2;
      }
      high = Math.min(count, low + step);
    } else {
      high = guess;
      while (high - step > 0 && !isBelow(high - step, hash)) {
        high -= step;
        step *= 2;
      }
      low = Math.max(0, high - step);
    }
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isBelow(middle, hash)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private boolean isBelow(int at, long hash) {
    return Long.compareUnsigned(hash(at), hash) < 0;
  }
}
