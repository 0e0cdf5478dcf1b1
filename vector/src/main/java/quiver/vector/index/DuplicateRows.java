package quiver.vector.index;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import quiver.vector.parallel.ParallelLoop;

/// Groups rows with equal bytes, so that a graph has one node for each distinct vector.
public final class DuplicateRows {
  private static final int CHUNK_ROWS = 1_024;
  private static final long HASH_FACTOR = 0x9E37_79B9_7F4A_7C15L;

  /// The first row of each group, ascending.
  public final int[] firstRows;

  /// The following rows of each group that has any: `chains[i]` belongs to `chainHeads[i]`.
  public final int[] chainHeads;

  public final int[][] chains;

  private DuplicateRows(int[] firstRows, int[] chainHeads, int[][] chains) {
    this.firstRows = firstRows;
    this.chainHeads = chainHeads;
    this.chains = chains;
  }

  /// Writes for each row the next of its group, -1 at the end.
  ///
  /// @param next one i32 for each row; empty when there is no group
  public void writeChains(MemorySegment next) {
    next.fill((byte) -1);
    for (int i = 0; i < chains.length; i++) {
      int row = chainHeads[i];
      for (int following : chains[i]) {
        next.setAtIndex(LittleEndian.INT, row, following);
        row = following;
      }
    }
  }

  /// Where the bytes of a row are.
  interface RowBytes {
    MemorySegment block();

    int rowCount();

    long offset(int row);

    /// A multiple of four.
    long length(int row);
  }

  /// @param candidates ascending row numbers
  public static DuplicateRows find(VectorRows rows, int[] candidates, ParallelLoop loop) {
    MemorySegment block = rows.block(0);
    long rowBytes = rows.rowBytes();
    RowBytes bytes =
        new RowBytes() {
          @Override
          public MemorySegment block() {
            return block;
          }

          @Override
          public int rowCount() {
            return rows.rowCount();
          }

          @Override
          public long offset(int row) {
            return row * rowBytes;
          }

          @Override
          public long length(int row) {
            return rowBytes;
          }
        };
    return find(bytes, candidates, loop);
  }

  /// @param candidates ascending row numbers
  static DuplicateRows find(RowBytes rows, int[] candidates, ParallelLoop loop) {
    MemorySegment block = rows.block();
    long[] keys = new long[candidates.length];
    loop.run(
        candidates.length,
        CHUNK_ROWS,
        (slot, from, to) -> {
          for (int i = from; i < to; i++) {
            long hash = hash(block, rows.offset(candidates[i]), rows.length(candidates[i]));
            keys[i] = (hash & 0xffff_ffff_0000_0000L) | candidates[i];
          }
        });
    Arrays.sort(keys);
    boolean[] repeats = new boolean[rows.rowCount()];
    int[] heads = new int[16];
    int[][] chains = new int[16][];
    int chainCount = 0;
    int repeatCount = 0;
    for (int from = 0; from < keys.length; ) {
      int to = from + 1;
      while (to < keys.length && keys[to] >>> 32 == keys[from] >>> 32) {
        to++;
      }
      // Rows of one hash, ascending. Different vectors with one hash are rare: a square loop does.
      for (int i = from; to - from > 1 && i < to; i++) {
        int head = (int) keys[i];
        if (repeats[head]) {
          continue;
        }
        int[] chain = new int[to - i];
        int length = 0;
        for (int j = i + 1; j < to; j++) {
          int row = (int) keys[j];
          if (!repeats[row] && equal(rows, head, row)) {
            repeats[row] = true;
            chain[length++] = row;
          }
        }
        if (length > 0) {
          if (chainCount == heads.length) {
            heads = Arrays.copyOf(heads, 2 * chainCount);
            chains = Arrays.copyOf(chains, 2 * chainCount);
          }
          heads[chainCount] = head;
          chains[chainCount++] = Arrays.copyOf(chain, length);
          repeatCount += length;
        }
      }
      from = to;
    }
    int[] firstRows = new int[candidates.length - repeatCount];
    int count = 0;
    for (int row : candidates) {
      if (!repeats[row]) {
        firstRows[count++] = row;
      }
    }
    return new DuplicateRows(
        firstRows, Arrays.copyOf(heads, chainCount), Arrays.copyOf(chains, chainCount));
  }

  private static long hash(MemorySegment block, long offset, long length) {
    long hash = length;
    for (long at = 0; at < length; at += Integer.BYTES) {
      int bits = block.get(LittleEndian.INT, offset + at);
      hash = (hash ^ bits) * HASH_FACTOR;
      hash ^= hash >>> 29;
    }
    return hash * HASH_FACTOR;
  }

  private static boolean equal(RowBytes rows, int a, int b) {
    long length = rows.length(a);
    long from = rows.offset(a);
    long other = rows.offset(b);
    return rows.length(b) == length
        && MemorySegment.mismatch(
                rows.block(), from, from + length, rows.block(), other, other + length)
            < 0;
  }
}
