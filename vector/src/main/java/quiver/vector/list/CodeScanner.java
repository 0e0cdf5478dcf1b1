package quiver.vector.list;

import java.lang.foreign.MemorySegment;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.CandidatePool;
import quiver.vector.index.LittleEndian;
import quiver.vector.kernel.CodeKernel;
import quiver.vector.kernel.VectorKernels;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeQuery;

/// Finds candidates in lists with codes: whatever the code's error bound does not rule out is
/// compared by its int8 vector, and whatever that one's error does not rule out is kept for full
/// precision. Scores are squared L2, or -2 times the product. Used by one thread.
final class CodeScanner {
  /// Candidates kept, `k` at most half of them. Few pass the threshold, except where many rows are
  /// so equally far that int8 cannot tell them apart: all of those go on to full precision.
  private static final int CANDIDATE_COUNT_MAX = 4_096;

  /// Rounding errors of int8 coordinates are spread evenly over a step: its standard deviation.
  private static final float STEP_DEVIATION = 0.2887f;

  /// Standard deviations an int8 score may be off.
  private static final float INT8_DEVIATIONS = 3;

  /// Below this share of allowed rows a block is looked up before it is scanned.
  private static final double LOOKUP_SHARE_MAX = 0.04;

  private final ListIndex index;
  private final CodeKernel kernel = VectorKernels.codes();
  private final CodeBlock layout;
  private final CodeQuery query;
  private final AllowedRows allowed;
  private final boolean product;
  private final int int8Bytes;
  private final long blockBytes;
  private final CandidatePool pool = new CandidatePool();
  private final float[] estimates = new float[CodeBlock.ROW_COUNT];
  private final int[] positions = new int[CodeBlock.ROW_COUNT];
  private final int[] rows = new int[CodeBlock.ROW_COUNT];
  private final int[] products = new int[CodeBlock.ROW_COUNT];
  private int k;
  private float limit;
  private float threshold;
  private float int8Error;
  private boolean lookFirst;
  private long codesScored;
  private long int8Scored;

  CodeScanner(ListIndex index, CodeQuery query, AllowedRows allowed) {
    this.index = index;
    this.layout = index.layout();
    this.query = query;
    this.allowed = allowed;
    this.product = index.metric() == DistanceMetric.INNER_PRODUCT;
    this.int8Bytes = index.header().int8Bytes();
    this.blockBytes = layout.sizeBytes();
  }

  /// Starts with a query that is set.
  ///
  /// @param newLimit candidates with a greater score are of no use
  /// @param allowedShare of the rows
  void start(int newK, float newLimit, double allowedShare) {
    query.prepareInt8();
    k = newK;
    pool.reset(CANDIDATE_COUNT_MAX);
    double row = index.header().meanStep() * Math.sqrt(query.squaredNorm());
    double own = query.int8Step() * index.header().meanNorm();
    int8Error = (float) (2 * INT8_DEVIATIONS * STEP_DEVIATION * Math.sqrt(row * row + own * own));
    limit = newLimit + int8Error;
    threshold = limit;
    lookFirst = allowedShare < LOOKUP_SHARE_MAX;
    codesScored = 0;
    int8Scored = 0;
  }

  /// Scans a list.
  void scan(int list, float base, float distance) {
    MemorySegment blocks = index.blocks();
    long offset = index.blockOffset(list);
    float slack = CodeQuery.errorBound(index.maxFactor(list), distance);
    int end = index.end(list);
    for (int position = index.start(list); position < end; position += CodeBlock.ROW_COUNT) {
      int lanes = lookFirst ? allowedLanes(blocks, offset) : -1;
      if (lanes != 0) {
        codesScored += CodeBlock.ROW_COUNT;
        lanes &= query.scan(blocks, offset, base, threshold + slack, estimates);
        if (lanes != 0) {
          offer(blocks, offset, lanes, position, distance);
        }
      }
      offset += blockBytes;
    }
  }

  private int allowedLanes(MemorySegment blocks, long offset) {
    int lanes = 0;
    long at = offset + layout.rowsOffset();
    for (int lane = 0; lane < CodeBlock.ROW_COUNT; lane++) {
      int row = blocks.get(LittleEndian.INT, at + 4L * lane);
      if (row >= 0 && allowed.contains(row)) {
        lanes |= 1 << lane;
      }
    }
    return lanes;
  }

  private void offer(MemorySegment blocks, long offset, int lanes, int position, float distance) {
    long rowsAt = offset + layout.rowsOffset();
    long factorsAt = offset + layout.factorOffset();
    int count = 0;
    for (int bits = lanes; bits != 0; bits &= bits - 1) {
      int lane = Integer.numberOfTrailingZeros(bits);
      float factor = blocks.get(LittleEndian.FLOAT, factorsAt + 4L * lane);
      if (estimates[lane] - CodeQuery.errorBound(factor, distance) < threshold) {
        int row = blocks.get(LittleEndian.INT, rowsAt + 4L * lane);
        if (allowed.contains(row)) {
          positions[count] = position + lane;
          rows[count++] = row;
        }
      }
    }
    compare(count);
  }

  /// Compares the first `count` of [#positions] by int8.
  private void compare(int count) {
    if (count == 0) {
      return;
    }
    int8Scored += count;
    kernel.int8Products(
        query.int8(), index.int8(), int8Bytes, positions, count, int8Bytes, products);
    for (int i = 0; i < count; i++) {
      float score = score(positions[i], products[i]);
      if (score < threshold && pool.insert(rows[i], score) && pool.size() >= k) {
        threshold = Math.min(limit, pool.score(k - 1) + int8Error);
      }
    }
  }

  private float score(int position, int int8Product) {
    float inner = int8Product * query.int8Step() * index.step(position);
    return product ? -2 * inner : query.squaredNorm() + index.squaredNorm(position) - 2 * inner;
  }

  /// Compares rows by int8, whatever list they are in.
  void compareRows(long[] presentWords, long[] allowedWords) {
    int count = 0;
    for (int word = 0; word < allowedWords.length; word++) {
      for (long bits = allowedWords[word] & presentWords[word]; bits != 0; bits &= bits - 1) {
        int row = (word << 6) + Long.numberOfTrailingZeros(bits);
        int position = index.position(row);
        if (position >= 0) {
          positions[count] = position;
          rows[count++] = row;
          if (count == positions.length) {
            compare(count);
            count = 0;
          }
        }
      }
    }
    compare(count);
  }

  /// How many candidates there are, `k` or more unless the lists held fewer.
  int size() {
    return pool.size();
  }

  /// Copies the rows that may be among the nearest `k` to `target`, which is long enough.
  ///
  /// @return how many
  int survivors(int[] target) {
    int count = 0;
    float bound = pool.size() >= k ? pool.score(k - 1) + 2 * int8Error : Float.POSITIVE_INFINITY;
    while (count < pool.size() && pool.score(count) <= bound) {
      target[count] = pool.node(count);
      count++;
    }
    return count;
  }

  long codesScored() {
    return codesScored;
  }

  /// Rows compared by int8.
  long int8Scored() {
    return int8Scored;
  }
}
