package quiver.vector.graph;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import quiver.vector.quantize.CodeBlock;

/// Some vertices of each list that the vertices are numbered by, coded relative to the list's
/// centre: where a walk begins in the nearest list. A list may hold several clusters that no links
/// lead between, so that its first vertex alone would be a dead end. Immutable.
///
/// @param centres the lists' centres
/// @param starts the first vertex of each list; at the end the vertex count
/// @param blocks [#BLOCK_COUNT] code blocks of each list
record ListSamples(
    CentreLayout centreLayout,
    MemorySegment centres,
    int[] starts,
    CodeBlock layout,
    MemorySegment blocks) {
  static final int BLOCK_COUNT = 2;

  /// No lists.
  static final ListSamples NONE =
      new ListSamples(
          new CentreLayout(0),
          MemorySegment.NULL,
          new int[0],
          new CodeBlock(0),
          MemorySegment.NULL);

  /// Vertices of a list that are sampled, at most.
  static final int COUNT_MAX = BLOCK_COUNT * CodeBlock.ROW_COUNT;

  /// Lists that a walk looks at to begin with, at most.
  static final int ENTERED_MAX = 64;

  /// A walk of little effort looks at the square of so manieth a part of the lists, up to
  /// [#ENTERED_MAX_BY_LISTS]: the more there are, the more of what is near the query is scattered
  /// over several.
  private static final int LISTS_PER_ENTERED_ROOT = 300;

  private static final int ENTERED_MAX_BY_LISTS = 16;

  /// Effort for each one more: whoever wants to find everything begins everywhere near.
  private static final int EFFORT_PER_ENTERED = 16;

  static long bytes(CodeBlock layout, int listCount) {
    return (long) listCount * BLOCK_COUNT * layout.sizeBytes();
  }

  /// Lists that a walk looks at to begin with.
  int enteredCount(int effort) {
    int root = (starts.length - 1) / LISTS_PER_ENTERED_ROOT;
    int byLists = Math.min(root * root, ENTERED_MAX_BY_LISTS);
    return Math.clamp(Math.max(byLists, effort / EFFORT_PER_ENTERED), 1, ENTERED_MAX);
  }

  /// The list of a vertex.
  int listOf(int vertex) {
    int found = Arrays.binarySearch(starts, vertex);
    if (found < 0) {
      return -found - 2;
    }
    // Empty lists before it begin with it too.
    while (starts[found + 1] == vertex) {
      found++;
    }
    return found;
  }

  /// Where a list's blocks start.
  long offset(int list) {
    return list * sizeBytes();
  }

  /// Bytes of a list's blocks.
  long sizeBytes() {
    return BLOCK_COUNT * layout.sizeBytes();
  }
}
