package quiver.vector.index;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import quiver.common.column.RowMask;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.HnswFile.Section;
import quiver.vector.parallel.ParallelLoop;

/// Builds an HNSW graph in batches, so that the result does not depend on the number of threads:
/// the nodes of a batch look for their neighbours in the graph as it was before the batch, in
/// parallel; then the back links are sorted by target and each target is linked by one thread. A
/// batch is a small share of the nodes already in the graph.
///
/// Source: the batches are ParlayANN's (Dobson and others, 2023); neighbour selection is algorithm
/// 4 of the HNSW paper.
final class HnswBuilder {
  private static final int BATCH_SHARE = 20;
  private static final int BATCH_BITS = 13;
  private static final int BATCH_NODES_MAX = 1 << BATCH_BITS;
  private static final long BATCH_MASK = BATCH_NODES_MAX - 1;
  private static final int ORDINAL_BITS = 27;
  private static final int ORDINAL_MASK = (1 << ORDINAL_BITS) - 1;
  private static final int CHUNK_NODES = 32;
  private static final int CHUNK_LINKS = 512;

  private final GraphRows rows;
  private final DistanceMetric metric;
  private final HnswOptions options;
  private final BuildResources resources;
  private final ParallelLoop loop;

  HnswBuilder(
      GraphRows rows, DistanceMetric metric, HnswOptions options, BuildResources resources) {
    if ((long) rows.rowCount() * 2 * options.m() > Integer.MAX_VALUE - 8) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "an hnsw index with m = %d cannot hold %d rows in one segment",
          options.m(),
          rows.rowCount());
    }
    this.rows = rows;
    this.metric = metric;
    this.options = options;
    this.resources = resources;
    this.loop = new ParallelLoop(resources.executor(), resources.threadCount());
  }

  /// The image of the graph.
  HnswFile build() {
    float[] inverseNorms =
        metric == DistanceMetric.COSINE
            ? rows.inverseNorms(loop, resources.monitor())
            : new float[0];
    RowMask indexed = rows.present().copy();
    for (int row = 0; row < inverseNorms.length; row++) {
      if (inverseNorms[row] == 0) {
        indexed.remove(row);
      }
    }
    int[] indexedRows = indexed.toRows();
    DuplicateRows duplicates = rows.duplicates(indexedRows, loop);
    int[] nodes = duplicates.firstRows;
    byte[] levels = levels(nodes.length);
    int[] levelSizes = levelSizes(levels);
    HnswFile file =
        HnswFile.create(
            new HnswFile.Header(
                metric,
                rows.dimension(),
                rows.rowCount(),
                indexedRows.length,
                nodes.length,
                options,
                nodes.length == 0 ? HnswFile.NO_ROW : nodes[0],
                levelSizes),
            resources.arena());
    file.section(Section.BASE_NEIGHBORS).fill((byte) HnswGraph.EMPTY);
    file.section(Section.UPPER_NEIGHBORS).fill((byte) HnswGraph.EMPTY);
    MemorySegment.copy(
        inverseNorms,
        0,
        file.section(Section.INVERSE_NORMS),
        LittleEndian.FLOAT,
        0,
        inverseNorms.length);
    int[] ordinals = writeUpperRows(file, nodes, levels);
    duplicates.writeChains(file.section(Section.DUPLICATES));
    new Insertion(file, nodes, levels, ordinals).run();
    file.seal();
    return file;
  }

  /// The level of each node, drawn in node order.
  private byte[] levels(int nodeCount) {
    SplittableRandom random = new SplittableRandom(options.seed());
    double scale = 1 / Math.log(options.m());
    byte[] levels = new byte[nodeCount];
    for (int i = 0; i < nodeCount; i++) {
      double level = -Math.log(1 - random.nextDouble()) * scale;
      levels[i] = (byte) Math.min(level, HnswFile.LEVEL_COUNT_MAX);
    }
    return levels;
  }

  private static int[] levelSizes(byte[] levels) {
    int[] sizes = new int[HnswFile.LEVEL_COUNT_MAX];
    int levelCount = 0;
    for (byte level : levels) {
      levelCount = Math.max(levelCount, level);
      for (int i = 0; i < level; i++) {
        sizes[i]++;
      }
    }
    return Arrays.copyOf(sizes, levelCount);
  }

  /// Numbers the upper nodes, highest level first, then by row.
  ///
  /// @return the ordinal of each node (by position in `nodes`); undefined for level 0
  private static int[] writeUpperRows(HnswFile file, int[] nodes, byte[] levels) {
    int[] ordinals = new int[nodes.length];
    int[] upperRows = new int[file.header().upperNodeCount()];
    int count = 0;
    for (int level = file.header().levelSizes().length; level > 0; level--) {
      for (int i = 0; i < nodes.length; i++) {
        if (levels[i] == level) {
          ordinals[i] = count;
          upperRows[count++] = nodes[i];
        }
      }
    }
    MemorySegment.copy(
        upperRows, 0, file.section(Section.UPPER_ROWS), LittleEndian.INT, 0, upperRows.length);
    return ordinals;
  }

  /// The state of one build. The calling thread drives it; workers write what their step owns.
  private final class Insertion {
    private final HnswGraph graph;
    private final InverseNorms norms;
    private final int[] nodes;
    private final byte[] levels;
    private final int[] ordinals;
    private final int[] order;
    private final int[] positions;

    /// Scores of the links, one array a level, parallel to the neighbours.
    private final float[][] linkScores;

    private final Worker[] workers;
    private int insertedCount;
    private int entryOrdinal;
    private int topLevel;
    private long[] links = new long[1_024];

    /// The batch by place: the ordinal nearest to a node on level 2, on level 1, its number in the
    /// batch.
    private final long[] places = new long[BATCH_NODES_MAX];

    Insertion(HnswFile file, int[] nodes, byte[] levels, int[] ordinals) {
      this.graph = new HnswGraph(file);
      this.norms = new InverseNorms(file.section(Section.INVERSE_NORMS));
      this.nodes = nodes;
      this.levels = levels;
      this.ordinals = ordinals;
      this.order = shuffled(nodes.length, options.seed());
      this.positions = new int[rows.rowCount()];
      for (int i = 0; i < nodes.length; i++) {
        positions[nodes[i]] = i;
      }
      this.linkScores = new float[graph.levelCount() + 1][];
      linkScores[0] = new float[rows.rowCount() * graph.neighborCountMax(0)];
      for (int level = 1; level <= graph.levelCount(); level++) {
        linkScores[level] = new float[graph.levelSize(level) * graph.neighborCountMax(level)];
      }
      this.workers = new Worker[loop.threadCount()];
      for (int i = 0; i < workers.length; i++) {
        workers[i] = new Worker(this);
      }
    }

    void run() {
      if (nodes.length == 0) {
        return;
      }
      admit(order[0]);
      insertedCount = 1;
      while (insertedCount < nodes.length) {
        resources.monitor().checkCancelled();
        int from = insertedCount;
        int size =
            Math.clamp(
                insertedCount / BATCH_SHARE, 1, Math.min(BATCH_NODES_MAX, nodes.length - from));
        locateAndSort(from, size);
        loop.run(
            size,
            CHUNK_NODES,
            (slot, first, last) -> {
              resources.monitor().checkCancelled();
              for (int i = first; i < last; i++) {
                int place = (int) (places[i] >>> BATCH_BITS) & ORDINAL_MASK;
                workers[slot].findNeighbors(order[from + (int) (places[i] & BATCH_MASK)], place);
              }
            });
        linkBack(from, size);
        for (int i = from; i < from + size; i++) {
          admit(order[i]);
        }
        insertedCount = from + size;
        resources.monitor().progress(insertedCount, nodes.length);
      }
    }

    /// Orders the batch by place: searches that follow each other then read rows that are still in
    /// the cache. Within a batch the order does not change the graph.
    private void locateAndSort(int from, int size) {
      loop.run(
          size,
          CHUNK_NODES,
          (slot, first, last) -> {
            for (int i = first; i < last; i++) {
              places[i] = workers[slot].locate(order[from + i]) << BATCH_BITS | i;
            }
          });
      Arrays.sort(places, 0, size);
    }

    /// Lets searches start from the node if it is the highest so far.
    private void admit(int position) {
      int level = levels[position];
      if (level > 0 && (topLevel == 0 || ordinals[position] < entryOrdinal)) {
        topLevel = level;
        entryOrdinal = ordinals[position];
      }
    }

    private int nodeAt(int level, int position) {
      return level == 0 ? nodes[position] : ordinals[position];
    }

    /// Sorts the batch's links of each level by target and adds each to its target.
    private void linkBack(int from, int size) {
      int[] neighbors = new int[graph.scratchWidth()];
      for (int level = 0; level <= topLevel; level++) {
        int count = 0;
        for (int i = from; i < from + size; i++) {
          if (levels[order[i]] < level) {
            continue;
          }
          int node = nodeAt(level, order[i]);
          int width = graph.neighbors(level, node, neighbors);
          for (int j = 0; j < width && neighbors[j] != HnswGraph.EMPTY; j++) {
            if (count == links.length) {
              links = Arrays.copyOf(links, 2 * count);
            }
            links[count++] = ((long) neighbors[j] << 32) | node;
          }
        }
        Arrays.sort(links, 0, count);
        int linkCount = count;
        int linkLevel = level;
        loop.run(
            linkCount,
            CHUNK_LINKS,
            (slot, first, last) -> linkRange(slot, linkLevel, first, last, linkCount));
      }
    }

    /// Links the targets whose first link is in `[first, last)`.
    private void linkRange(int slot, int level, int first, int last, int linkCount) {
      int at = first;
      while (at > 0 && at < last && links[at] >> 32 == links[at - 1] >> 32) {
        at++;
      }
      while (at < last) {
        int end = at + 1;
        while (end < linkCount && links[end] >> 32 == links[at] >> 32) {
          end++;
        }
        workers[slot].link(level, (int) (links[at] >> 32), links, at, end);
        at = end;
      }
    }
  }

  private static int[] shuffled(int count, long seed) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    SplittableRandom random = new SplittableRandom(~seed);
    for (int i = count - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
    return order;
  }

  /// The scratch of one thread of the build.
  private final class Worker {
    private final Insertion insertion;
    private final HnswGraph graph;
    private final RowScorer scorer;
    private final RowScorer pairScorer;
    private final GraphTraversal traversal;
    private final int[] neighbors;
    private final int[] selected;
    private final float[] selectedScores;
    private final int[] rowsOfSelected;
    private final int[] fourRows = new int[4];
    private final float[] fourScores = new float[4];
    private long[] candidates = new long[1_024];

    Worker(Insertion insertion) {
      this.insertion = insertion;
      this.graph = insertion.graph;
      this.scorer = rows.newScorer(metric, insertion.norms);
      this.pairScorer = rows.newScorer(metric, insertion.norms);
      this.traversal = new GraphTraversal(graph, scorer, rows.rowCount());
      int width = graph.scratchWidth();
      this.neighbors = new int[width];
      this.selected = new int[width];
      this.selectedScores = new float[width];
      this.rowsOfSelected = new int[width];
    }

    /// Where a node lies: the ordinals a walk down comes to on level 2 and on level 1.
    long locate(int position) {
      int top = insertion.topLevel;
      if (top == 0) {
        return 0;
      }
      scorer.setQueryRow(nodes()[position]);
      int second = top == 1 ? 0 : traversal.descend(insertion.entryOrdinal, top, 2);
      int first = traversal.descend(top == 1 ? insertion.entryOrdinal : second, 1, 1);
      return (long) second << ORDINAL_BITS | first;
    }

    /// Searches the graph for a node of the batch and writes its own links.
    ///
    /// @param place the ordinal nearest to it on level 1
    void findNeighbors(int position, int place) {
      int row = nodes()[position];
      int level = insertion.levels[position];
      int top = insertion.topLevel;
      scorer.setQueryRow(row);
      int entry = place;
      if (level > 0) {
        entry = insertion.entryOrdinal;
        if (top > level) {
          entry = traversal.descend(entry, top, level + 1);
        }
        for (int i = Math.min(top, level); i > 0; i--) {
          traversal.search(i, entry, options.efConstruction());
          entry = traversal.pool().node(0);
          connect(i, insertion.ordinals[position]);
        }
      }
      int baseEntry = top == 0 ? nodes()[insertion.order[0]] : graph.upperRow(entry);
      traversal.search(0, baseEntry, options.efConstruction());
      connect(0, row);
    }

    private int[] nodes() {
      return insertion.nodes;
    }

    private void connect(int level, int node) {
      CandidatePool pool = traversal.pool();
      int count = pool.size();
      reserve(count);
      for (int i = 0; i < count; i++) {
        candidates[i] = CandidatePool.entry(pool.node(i), pool.score(i));
      }
      int kept = select(level, count, options.m());
      write(level, node, kept);
    }

    private void write(int level, int node, int count) {
      graph.setNeighbors(level, node, selected, count);
      System.arraycopy(
          selectedScores,
          0,
          insertion.linkScores[level],
          node * graph.neighborCountMax(level),
          count);
    }

    private void reserve(int count) {
      if (candidates.length < count) {
        candidates = Arrays.copyOf(candidates, 2 * count);
      }
    }

    /// Adds the sources of `links[from … to)` to their common target, and thins out the target's
    /// links when they are too many.
    void link(int level, int target, long[] links, int from, int to) {
      int max = graph.neighborCountMax(level);
      float[] scores = insertion.linkScores[level];
      int width = graph.neighbors(level, target, neighbors);
      int count = 0;
      reserve(width + to - from);
      while (count < width && neighbors[count] != HnswGraph.EMPTY) {
        candidates[count] = CandidatePool.entry(neighbors[count], scores[target * max + count]);
        count++;
      }
      for (int i = from; i < to; i++) {
        int source = (int) links[i];
        candidates[count++] = CandidatePool.entry(source, scoreOfLink(level, source, target));
      }
      if (count <= max) {
        for (int i = 0; i < count; i++) {
          selected[i] = CandidatePool.nodeOf(candidates[i]);
          selectedScores[i] = CandidatePool.scoreOf(candidates[i]);
        }
        write(level, target, count);
        return;
      }
      Arrays.sort(candidates, 0, count);
      write(level, target, select(level, count, max));
    }

    /// The score of the link a node of the batch made to `target`.
    private float scoreOfLink(int level, int source, int target) {
      int max = graph.neighborCountMax(level);
      int width = graph.neighbors(level, source, neighbors);
      for (int i = 0; i < width; i++) {
        if (neighbors[i] == target) {
          return insertion.linkScores[level][source * max + i];
        }
      }
      throw new IllegalStateException("link " + source + " to " + target + " is missing");
    }

    /// Keeps a candidate if it is nearer to the node than to every candidate kept before: links
    /// then point in different directions.
    ///
    /// @return how many of the first `count` [#candidates] (sorted) are in [#selected]
    private int select(int level, int count, int max) {
      int kept = 0;
      for (int i = 0; i < count && kept < max; i++) {
        int node = CandidatePool.nodeOf(candidates[i]);
        float score = CandidatePool.scoreOf(candidates[i]);
        int row = graph.row(level, node);
        if (kept == 0 || isNearerToNone(row, score, kept)) {
          selected[kept] = node;
          rowsOfSelected[kept] = row;
          selectedScores[kept++] = score;
        }
      }
      return kept;
    }

    private boolean isNearerToNone(int row, float score, int kept) {
      pairScorer.setQueryRow(row);
      for (int from = 0; from < kept; from += 4) {
        int count = Math.min(4, kept - from);
        System.arraycopy(rowsOfSelected, from, fourRows, 0, count);
        pairScorer.score(fourRows, count, fourScores);
        for (int i = 0; i < count; i++) {
          if (fourScores[i] < score) {
            return false;
          }
        }
      }
      return true;
    }
  }
}
