package quiver.vector.list;

import java.lang.foreign.MemorySegment;
import quiver.common.column.RowMask;
import quiver.vector.index.LittleEndian;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeQuery;

/// Finds candidates in lists with codes: whatever the code's error bound does not rule out is
/// compared by its int8 vector. Used by one thread.
final class CodeScanner {
  /// Candidates that wait for others to be compared at once, at the end of a list.
  private static final int WAITING_MAX = 8;

  private final ListIndex index;
  private final CodeBlock layout;
  private final CodeQuery query;
  private final AllowedRows allowed;
  private final AllowedPositions allowedPositions;
  private final Int8Candidates candidates;
  private final long blockBytes;
  private final float[] estimates = new float[CodeBlock.ROW_COUNT];
  private boolean placed;
  private boolean skipping;
  private boolean observing;
  private long observedCount;
  private long observedAllowed;
  private long codesScored;

  CodeScanner(ListIndex index, CodeQuery query, AllowedRows allowed) {
    this.index = index;
    this.layout = index.layout();
    this.query = query;
    this.allowed = allowed;
    this.allowedPositions = new AllowedPositions(index);
    this.candidates = new Int8Candidates(index, query);
    this.blockBytes = layout.sizeBytes();
  }

  /// Starts with a query that is set.
  ///
  /// @param limit candidates with a greater score are of no use
  void start(int k, float limit) {
    candidates.start(k, limit);
    placed = false;
    skipping = false;
    observing = false;
    observedCount = 0;
    observedAllowed = 0;
    codesScored = 0;
  }

  Int8Candidates candidates() {
    return candidates;
  }

  /// Skips blocks without allowed rows from now on; worth it where those are many.
  void skipBlocks(RowMask mask) {
    place(mask);
    skipping = true;
  }

  private void place(RowMask mask) {
    if (!placed) {
      allowedPositions.set(mask);
      placed = true;
    }
  }

  /// Whether the nearest rows are also looked for among those that are not allowed.
  void observe(boolean newObserving) {
    candidates.observe(newObserving);
    observing = newObserving;
  }

  /// Counts the allowed rows of a list, for [#correlation], once [#skipBlocks] knows them.
  void countAllowed(int list) {
    observedCount += index.end(list) - index.start(list);
    observedAllowed += allowedPositions.count(index.start(list), index.end(list));
  }

  /// As [ListCosts#correlation].
  double correlation(double share) {
    return ListCosts.correlation(share, observedCount, observedAllowed);
  }

  /// Scans a list.
  void scan(int list, float base, float distance) {
    MemorySegment blocks = index.blocks();
    long offset = index.blockOffset(list);
    float slack = CodeQuery.errorBound(index.maxFactor(list), distance);
    int end = index.end(list);
    for (int position = index.start(list); position < end; position += CodeBlock.ROW_COUNT) {
      int lanes = skipping ? allowedPositions.lanes(position, end) : -1;
      if (observing) {
        observe(blocks, offset, base, slack, lanes, position, distance);
      } else if (lanes != 0) {
        codesScored += CodeBlock.ROW_COUNT;
        lanes &= query.scan(blocks, offset, base, candidates.threshold() + slack, estimates);
        if (lanes != 0) {
          offer(blocks, offset, lanes, position, distance);
        }
      }
      offset += blockBytes;
    }
    candidates.flushMany(WAITING_MAX);
  }

  /// Scans a block for allowed rows and for the nearest of all.
  private void observe(
      MemorySegment blocks,
      long offset,
      float base,
      float slack,
      int lanes,
      int position,
      float distance) {
    codesScored += CodeBlock.ROW_COUNT;
    float bound = candidates.observedThreshold();
    if (!skipping) {
      bound = Math.max(bound, candidates.threshold());
    }
    int below = query.scan(blocks, offset, base, bound + slack, estimates);
    if (skipping) {
      // The few that are allowed, however far; until k of them are found every row would be near.
      below |= lanes;
    }
    offerAll(blocks, offset, below, position, distance);
  }

  private void offer(MemorySegment blocks, long offset, int lanes, int position, float distance) {
    long rowsAt = offset + layout.rowsOffset();
    float threshold = candidates.threshold();
    for (int bits = lanes; bits != 0; bits &= bits - 1) {
      int lane = Integer.numberOfTrailingZeros(bits);
      if (least(blocks, offset, lane, distance) < threshold) {
        int row = blocks.get(LittleEndian.INT, rowsAt + 4L * lane);
        if (skipping || allowed.contains(row)) {
          candidates.add(position + lane, row);
        }
      }
    }
  }

  /// The least score that the row of a lane can have.
  private float least(MemorySegment blocks, long offset, int lane, float distance) {
    float factor = blocks.get(LittleEndian.FLOAT, offset + layout.factorOffset() + 4L * lane);
    return estimates[lane] - CodeQuery.errorBound(factor, distance);
  }

  /// As [#offer], and the nearest of the rows that are not allowed.
  private void offerAll(
      MemorySegment blocks, long offset, int below, int position, float distance) {
    long rowsAt = offset + layout.rowsOffset();
    for (int bits = below; bits != 0; bits &= bits - 1) {
      int lane = Integer.numberOfTrailingZeros(bits);
      float least = least(blocks, offset, lane, distance);
      boolean near = least < candidates.observedThreshold();
      if (near || least < candidates.threshold()) {
        int row = blocks.get(LittleEndian.INT, rowsAt + 4L * lane);
        boolean isAllowed = allowed.contains(row);
        if (near && !skipping) {
          observedCount++;
          observedAllowed += isAllowed ? 1 : 0;
        }
        if (isAllowed) {
          candidates.add(position + lane, row);
        } else if (near) {
          candidates.addObserved(position + lane);
        }
      }
    }
  }

  /// Compares all rows of the filter by int8, and forgets what was found before.
  void compareAllowed(RowMask mask) {
    place(mask);
    candidates.restart();
    long[] words = allowedPositions.words();
    int list = 0;
    for (int word = 0; word < words.length; word++) {
      for (long bits = words[word]; bits != 0; bits &= bits - 1) {
        int position = (word << 6) + Long.numberOfTrailingZeros(bits);
        while (index.end(list) <= position) {
          list++;
        }
        candidates.addPlace(position, list);
      }
    }
    candidates.flush();
  }

  long codesScored() {
    return codesScored;
  }
}
