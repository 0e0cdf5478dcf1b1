package quiver.vector.index;

import java.lang.foreign.MemorySegment;
import quiver.vector.index.HnswFile.Section;

/// The adjacency of an HNSW index over its image. On level 0 a node is a row. On the levels above,
/// nodes are ordinals: the upper nodes sorted by level, highest first, so that the nodes of each
/// level are a prefix and ordinal 0 is the entry point.
///
/// A build writes blocks of nodes nobody can reach yet, or that its threads have divided among
/// themselves; afterwards the graph is immutable.
final class HnswGraph {
  /// Fills the unused slots of a block.
  static final int EMPTY = -1;

  private final int m;
  private final int baseWidth;
  private final MemorySegment base;
  private final MemorySegment[] upper;
  private final int[] upperRows;
  private final int[] levelSizes;
  private final MemorySegment duplicates;
  private final boolean hasDuplicates;

  HnswGraph(HnswFile file) {
    HnswFile.Header header = file.header();
    m = header.options().m();
    baseWidth = header.baseWidth();
    base = file.section(Section.BASE_NEIGHBORS);
    levelSizes = header.levelSizes();
    upperRows = file.section(Section.UPPER_ROWS).toArray(LittleEndian.INT);
    upper = new MemorySegment[levelSizes.length];
    MemorySegment blocks = file.section(Section.UPPER_NEIGHBORS);
    long offset = 0;
    for (int i = 0; i < upper.length; i++) {
      long bytes = (long) levelSizes[i] * m * Integer.BYTES;
      upper[i] = blocks.asSlice(offset, bytes);
      offset += bytes;
    }
    duplicates = file.section(Section.DUPLICATES);
    hasDuplicates = header.hasDuplicates();
  }

  /// Levels above the base.
  int levelCount() {
    return upper.length;
  }

  /// Nodes on a level above the base.
  int levelSize(int level) {
    return levelSizes[level - 1];
  }

  /// Neighbours a node may have.
  int neighborCountMax(int level) {
    return level == 0 ? 2 * m : m;
  }

  /// Slots that [#neighbors] may write.
  int scratchWidth() {
    return baseWidth;
  }

  /// The row of a node.
  int row(int level, int node) {
    return level == 0 ? node : upperRows[node];
  }

  int upperRow(int ordinal) {
    return upperRows[ordinal];
  }

  /// Copies a node's neighbours to `out`; the rest of the block follows, filled with [#EMPTY].
  ///
  /// @return slots copied; the neighbours end there or at the first [#EMPTY]
  int neighbors(int level, int node, int[] out) {
    if (level == 0) {
      MemorySegment.copy(
          base, LittleEndian.INT, (long) node * baseWidth * Integer.BYTES, out, 0, baseWidth);
      return baseWidth;
    }
    MemorySegment.copy(
        upper[level - 1], LittleEndian.INT, (long) node * m * Integer.BYTES, out, 0, m);
    return m;
  }

  void setNeighbors(int level, int node, int[] neighbors, int count) {
    MemorySegment blocks = level == 0 ? base : upper[level - 1];
    int width = level == 0 ? baseWidth : m;
    long offset = (long) node * width * Integer.BYTES;
    MemorySegment.copy(neighbors, 0, blocks, LittleEndian.INT, offset, count);
    for (int i = count; i < width; i++) {
      blocks.set(LittleEndian.INT, offset + (long) i * Integer.BYTES, EMPTY);
    }
  }

  boolean hasDuplicates() {
    return hasDuplicates;
  }

  /// The next row with the same vector, in ascending order, or [HnswFile#NO_ROW].
  int nextDuplicate(int row) {
    return hasDuplicates ? duplicates.getAtIndex(LittleEndian.INT, row) : HnswFile.NO_ROW;
  }
}
