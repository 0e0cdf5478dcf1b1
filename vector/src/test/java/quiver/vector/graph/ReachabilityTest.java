package quiver.vector.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import quiver.common.column.RowMask;
import quiver.common.vector.DistanceMetric;
import quiver.vector.graph.CodeGraphFile.Section;
import quiver.vector.index.BuildResources;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernels;
import quiver.vector.quantize.CodeBlock;

class ReachabilityTest {
  private static final int DIMENSION = 64;
  private static final int DEGREE = 32;

  private static BuildVectors vectors(int count, Arena arena) {
    MemorySegment int8 = arena.allocate((long) count * DIMENSION, 64);
    SplittableRandom random = new SplittableRandom(3);
    for (long i = 0; i < int8.byteSize(); i++) {
      int8.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt(-127, 128));
    }
    return new BuildVectors(
        VectorKernels.codes(), int8, DIMENSION, DIMENSION, 0.001f, new float[0]);
  }

  /// Islands of `size` vertices, each linked to the `linkCount` after it.
  private static NeighborLists islands(int count, int size, int linkCount) {
    NeighborLists lists = new NeighborLists(count, DEGREE);
    for (int v = 0; v < count; v++) {
      int first = v / size * size;
      for (int i = 0; i < linkCount; i++) {
        lists.ids[v * DEGREE + i] = first + (v - first + i + 1) % size;
      }
      lists.counts[v] = linkCount;
    }
    return lists;
  }

  private static int reached(NeighborLists lists, int from) {
    boolean[] seen = new boolean[lists.vertexCount()];
    ArrayDeque<Integer> queue = new ArrayDeque<>();
    seen[from] = true;
    queue.add(from);
    int count = 0;
    while (!queue.isEmpty()) {
      int vertex = queue.remove();
      count++;
      for (int i = vertex * DEGREE; i < vertex * DEGREE + lists.counts[vertex]; i++) {
        if (!seen[lists.ids[i]]) {
          seen[lists.ids[i]] = true;
          queue.add(lists.ids[i]);
        }
      }
    }
    return count;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 31, 32})
  void everyEntryReachesEveryVertex(int linkCount) {
    try (Arena arena = Arena.ofConfined()) {
      NeighborLists lists = islands(500, 50, linkCount);
      int[] entries = {120, 3, 499, 250};
      int added = Reachability.repair(lists, vectors(500, arena), entries);
      for (int entry : entries) {
        assertThat(reached(lists, entry)).isEqualTo(500);
      }
      // Nine islands hung into the tree, and at most a way back from each.
      assertThat(added).isBetween(9, 18);
    }
  }

  @Test
  void aGraphInOnePieceStaysAsItIs() {
    try (Arena arena = Arena.ofConfined()) {
      NeighborLists lists = islands(300, 300, 8);
      int[] before = lists.ids.clone();
      assertThat(Reachability.repair(lists, vectors(300, arena), new int[] {0, 200})).isZero();
      assertThat(lists.ids).isEqualTo(before);
    }
  }

  @Test
  void verticesWithoutLinksAreReached() {
    try (Arena arena = Arena.ofConfined()) {
      NeighborLists lists = new NeighborLists(100, DEGREE);
      Reachability.repair(lists, vectors(100, arena), new int[] {50, 99, 0});
      for (int entry : new int[] {50, 99, 0}) {
        assertThat(reached(lists, entry)).isEqualTo(100);
      }
    }
  }

  @Test
  void aFileOfFarClustersHasNoIslands() {
    // Forty tight clusters at equal distances: every neighbour chosen lies in the same cluster.
    int count = 4_000;
    try (Arena arena = Arena.ofShared()) {
      MemorySegment memory = arena.allocate(4L * DIMENSION * count, 64);
      SplittableRandom random = new SplittableRandom(5);
      for (int row = 0; row < count; row++) {
        for (int i = 0; i < DIMENSION; i++) {
          double value = (i == row % 40 ? 100 : 0) + 0.01 * random.nextGaussian();
          memory.setAtIndex(ValueLayout.JAVA_FLOAT, (long) row * DIMENSION + i, (float) value);
        }
      }
      VectorRows rows = VectorRows.of(DIMENSION, count, memory, RowMask.all(count));
      CodeGraphIndex index =
          CodeGraphIndex.build(
              rows, DistanceMetric.L2, CodeGraphOptions.defaults(), BuildResources.onCaller(arena));
      NeighborLists lists = linksOf(index.file());
      EntryPoints entries = index.file().entryPoints();
      for (int i = 0; i < index.file().header().entryCount(); i++) {
        long block = i / CodeBlock.ROW_COUNT * entries.layout().sizeBytes();
        int entry = entries.layout().row(entries.blocks(), block, i % CodeBlock.ROW_COUNT);
        assertThat(reached(lists, entry)).isEqualTo(lists.vertexCount());
      }
    }
  }

  private static NeighborLists linksOf(CodeGraphFile file) {
    VertexLayout layout = file.header().layout();
    MemorySegment vertices = file.section(Section.VERTICES);
    NeighborLists lists = new NeighborLists(file.header().vertexCount(), DEGREE);
    for (int v = 0; v < lists.vertexCount(); v++) {
      for (int lane = 0; lane < DEGREE; lane++) {
        int to = layout.codeBlock().row(vertices, layout.offset(v) + layout.codesOffset(), lane);
        if (to != CodeBlock.NO_ROW) {
          lists.ids[v * DEGREE + lists.counts[v]++] = to;
        }
      }
    }
    return lists;
  }
}
