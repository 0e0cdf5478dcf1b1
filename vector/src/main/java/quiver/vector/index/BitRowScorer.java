package quiver.vector.index;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.BitString;
import quiver.common.vector.DistanceMetric;

/// Scores bit strings by Hamming or Jaccard distance.
final class BitRowScorer implements RowScorer {
  private static final int CACHE_LINE_BYTES = 64;

  private final KeyRows rows;
  private final DistanceMetric metric;
  private final int wordCount;
  private final MemorySegment scratch;
  private MemorySegment query;

  BitRowScorer(KeyRows rows, DistanceMetric metric) {
    this.rows = rows;
    this.metric = metric;
    this.wordCount = KeyRows.wordCount(rows.dimension());
    this.scratch = Arena.ofAuto().allocate(8L * wordCount, CACHE_LINE_BYTES);
    this.query = scratch;
  }

  @Override
  public void setQuery(float[] values) {
    throw new IllegalArgumentException("bits are compared with bits");
  }

  @Override
  public void setQuery(VectorQuery newQuery) {
    BitString bits = ((VectorQuery.Bits) newQuery).value();
    if (bits.length() != rows.dimension()) {
      throw new QuiverException(
          SqlState.DATA_EXCEPTION,
          "different bit lengths %d and %d",
          rows.dimension(),
          bits.length());
    }
    scratch.fill((byte) 0);
    MemorySegment bytes = MemorySegment.ofArray(bits.bytes());
    MemorySegment.copy(bytes, 0, scratch, 0, bytes.byteSize());
    query = scratch;
  }

  @Override
  public void setQueryRow(int row) {
    query = rows.block().asSlice(rows.offset(row), 8L * wordCount);
  }

  @Override
  public void score(int[] rowNumbers, int count, float[] scores) {
    if (metric == DistanceMetric.HAMMING) {
      rows.kernel().gatherHamming(query, wordCount, rows.block(), rowNumbers, count, scores);
    } else {
      rows.kernel().gatherJaccard(query, wordCount, rows.block(), rowNumbers, count, scores);
    }
  }
}
