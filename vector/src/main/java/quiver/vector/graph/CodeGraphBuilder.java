package quiver.vector.graph;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import quiver.common.column.RowMask;
import quiver.common.vector.DistanceMetric;
import quiver.vector.graph.CodeGraphFile.Section;
import quiver.vector.index.BuildResources;
import quiver.vector.index.DuplicateRows;
import quiver.vector.index.LittleEndian;
import quiver.vector.index.SharedSearch;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.CodeKernel;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.parallel.ParallelLoop;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeEncoder;
import quiver.vector.quantize.CodeQuery;
import quiver.vector.quantize.CodeScore;
import quiver.vector.quantize.Rotation;

/// Builds a code graph from lists: rows are clustered, each vertex takes candidates from the lists
/// nearest to it, chooses neighbours, is linked back by those it chose, and then looks for better
/// ones by walking the graph from itself. Every step reads what the step before wrote, so the
/// result does not depend on the number of threads.
///
/// Source: candidates from partitions as in PiPNN (2026); selection and back links as in DiskANN.
final class CodeGraphBuilder {
  private static final int CHUNK_VERTICES = 64;
  private static final float SLACK_FIRST = 1.1f;
  private static final float SLACK = 1.1f;
  private static final int WEIGHT_TOTAL = 13;

  private final CodeKernel codes;
  private final VectorKernel kernel;
  private final VectorRows rows;
  private final DistanceMetric metric;
  private final CodeGraphOptions options;
  private final BuildResources resources;

  CodeGraphBuilder(
      VectorKernel kernel,
      CodeKernel codes,
      VectorRows rows,
      DistanceMetric metric,
      CodeGraphOptions options,
      BuildResources resources) {
    this.kernel = kernel;
    this.codes = codes;
    this.rows = rows;
    this.metric = metric;
    this.options = options;
    this.resources = resources;
  }

  CodeGraphIndex build() {
    ParallelLoop loop = new ParallelLoop(resources.executor(), resources.threadCount());
    BuildProgress progress =
        new BuildProgress(resources.monitor(), loop, rows.rowCount(), WEIGHT_TOTAL);
    double[] norms = norms(loop);
    RowMask indexed = rows.present().copy();
    double normMax = 0;
    for (int row = 0; row < norms.length; row++) {
      if (norms[row] == 0 && metric == DistanceMetric.COSINE) {
        indexed.remove(row);
      }
      normMax = Math.max(normMax, norms[row]);
    }
    VectorMapping mapping =
        new VectorMapping(metric, rows.dimension(), normMax == 0 ? 1 : 1 / normMax);
    int[] indexedRows = indexed.toRows();
    DuplicateRows duplicates = DuplicateRows.find(rows, indexedRows, loop);
    try (Arena scratch = Arena.ofShared()) {
      return duplicates.firstRows.length == 0
          ? empty(mapping)
          : build(mapping, indexedRows.length, duplicates, progress, scratch);
    }
  }

  private double[] norms(ParallelLoop loop) {
    double[] norms = new double[rows.rowCount()];
    loop.run(
        rows.rowCount(),
        CHUNK_VERTICES,
        (slot, from, to) -> {
          resources.monitor().checkCancelled();
          float[] row = new float[rows.dimension()];
          for (int i = from; i < to; i++) {
            if (rows.present().contains(i)) {
              rows.copyRow(i, row);
              norms[i] = Math.sqrt(VectorMapping.squaredNorm(row, row.length));
            }
          }
        });
    return norms;
  }

  private CodeGraphIndex empty(VectorMapping mapping) {
    CodeGraphFile file = CodeGraphFile.create(header(mapping, 0, 0, 1, 0, 0), resources.arena());
    file.seal();
    return new CodeGraphIndex(kernel, codes, rows, file);
  }

  private CodeGraphFile.Header header(
      VectorMapping mapping,
      int indexedRowCount,
      int vertexCount,
      float step,
      int entryCount,
      int listCount) {
    return new CodeGraphFile.Header(
        mapping,
        rows.rowCount(),
        indexedRowCount,
        vertexCount,
        options,
        step,
        entryCount,
        listCount);
  }

  private CodeGraphIndex build(
      VectorMapping mapping,
      int indexedRowCount,
      DuplicateRows duplicates,
      BuildProgress progress,
      Arena scratch) {
    Rotation rotation = new Rotation(codes, mapping.mappedDimension());
    ClusterLists lists =
        ClusterLists.build(
            codes,
            rows,
            duplicates.firstRows,
            mapping,
            rotation,
            options.seed(),
            progress,
            scratch);
    int[] entries = entries(lists);
    CodeGraphFile file =
        CodeGraphFile.create(
            header(
                mapping,
                indexedRowCount,
                lists.vertexCount(),
                lists.vectors().step(),
                entries.length,
                lists.listCount()),
            resources.arena());
    MemorySegment.copy(
        lists.vertexRows(),
        0,
        file.section(Section.VERTEX_ROWS),
        LittleEndian.INT,
        0,
        lists.vertexCount());
    MemorySegment.copy(
        lists.starts(),
        0,
        file.section(Section.LIST_STARTS),
        LittleEndian.INT,
        0,
        lists.starts().length);
    lists.write(file.section(Section.LIST_CENTRES), file.section(Section.LIST_SAMPLES), progress);
    duplicates.writeChains(file.section(Section.DUPLICATES));
    writeEntries(file, lists.vectors(), entries);
    NeighborLists neighbors = firstNeighbors(lists, rotation, progress);
    neighbors = linkBack(neighbors, lists.vectors(), options.buildBeam() == 0, progress);
    if (options.buildBeam() > 0) {
      writeVertices(file, neighbors, lists.vectors(), progress);
      neighbors = refine(file, neighbors, lists.vectors(), rotation, progress);
      neighbors = linkBack(neighbors, lists.vectors(), true, progress);
    }
    Reachability.repair(neighbors, lists.vectors(), entries);
    writeVertices(file, neighbors, lists.vectors(), progress);
    file.seal();
    return new CodeGraphIndex(kernel, codes, rows, file);
  }

  /// The first vertices of lists, which are nearest to their centroids.
  private static int[] entries(ClusterLists lists) {
    int[] entries = new int[lists.listCount()];
    int count = 0;
    for (int list = 0; list < lists.listCount(); list++) {
      if (lists.start(list) < lists.start(list + 1)) {
        entries[count++] = lists.start(list);
      }
    }
    return count == 0 ? new int[] {0} : Arrays.copyOf(entries, count);
  }

  private void writeEntries(CodeGraphFile file, BuildVectors vectors, int[] entries) {
    int dimension = vectors.rotatedDimension();
    float[] centre = new float[dimension];
    float[] vector = new float[dimension];
    for (int entry : entries) {
      vectors.toFloats(entry, vector);
      for (int i = 0; i < dimension; i++) {
        centre[i] += vector[i] / entries.length;
      }
    }
    MemorySegment.copy(
        centre, 0, file.section(Section.ENTRY_CENTRE), LittleEndian.FLOAT, 0, dimension);
    CodeBlock layout = new CodeBlock(dimension);
    CodeEncoder encoder = new CodeEncoder(codes, CodeScore.SQUARED_L2, layout);
    MemorySegment blocks = file.section(Section.ENTRY_BLOCKS);
    for (int i = 0; i < entries.length; i++) {
      int lane = i % CodeBlock.ROW_COUNT;
      long at = i / CodeBlock.ROW_COUNT * layout.sizeBytes();
      if (lane == 0) {
        encoder.clear(blocks, at);
      }
      vectors.toFloats(entries[i], vector);
      encoder.write(blocks, at, lane, entries[i], vector, 0, centre, 0);
    }
  }

  private NeighborLists firstNeighbors(
      ClusterLists lists, Rotation rotation, BuildProgress progress) {
    NeighborLists neighbors = new NeighborLists(lists.vertexCount(), options.degree());
    ListCandidates[] candidates = new ListCandidates[resources.threadCount()];
    NeighborSelection[] selections = new NeighborSelection[resources.threadCount()];
    progress.run(
        3,
        lists.vertexCount(),
        CHUNK_VERTICES,
        (slot, from, to) -> {
          if (candidates[slot] == null) {
            candidates[slot] = new ListCandidates(lists, rotation);
            selections[slot] = new NeighborSelection(lists.vectors(), SLACK_FIRST);
          }
          for (int vertex = from; vertex < to; vertex++) {
            selections[slot].clear();
            candidates[slot].find(vertex, selections[slot]);
            selections[slot].sort();
            selections[slot].choose(neighbors, vertex, false);
          }
        });
    return neighbors;
  }

  /// Gives every vertex the links of those that chose it, as far as there is room.
  private NeighborLists linkBack(
      NeighborLists chosen, BuildVectors vectors, boolean fill, BuildProgress progress) {
    NeighborLists.Reverse reverse = chosen.reverse();
    NeighborLists linked = new NeighborLists(chosen.vertexCount(), chosen.degree);
    NeighborSelection[] selections = new NeighborSelection[resources.threadCount()];
    progress.run(
        1,
        chosen.vertexCount(),
        CHUNK_VERTICES,
        (slot, from, to) -> {
          if (selections[slot] == null) {
            selections[slot] = new NeighborSelection(vectors, SLACK);
          }
          NeighborSelection selection = selections[slot];
          for (int vertex = from; vertex < to; vertex++) {
            selection.clear();
            addNeighbors(chosen, vertex, selection);
            for (int i = reverse.starts()[vertex]; i < reverse.starts()[vertex + 1]; i++) {
              selection.add(reverse.sources()[i], reverse.distances()[i]);
            }
            if (selection.sort() <= linked.degree) {
              selection.keepAll(linked, vertex);
            } else {
              selection.choose(linked, vertex, fill);
            }
          }
        });
    return linked;
  }

  private static void addNeighbors(NeighborLists lists, int vertex, NeighborSelection selection) {
    int at = vertex * lists.degree;
    for (int i = at; i < at + lists.counts[vertex]; i++) {
      selection.add(lists.ids[i], lists.distances[i]);
    }
  }

  private void writeVertices(
      CodeGraphFile file, NeighborLists neighbors, BuildVectors vectors, BuildProgress progress) {
    MemorySegment vertices = file.section(Section.VERTICES);
    VertexLayout layout = file.header().layout();
    progress.run(
        1,
        neighbors.vertexCount(),
        CHUNK_VERTICES,
        (slot, from, to) -> {
          VertexWriter writer = new VertexWriter(vectors, layout);
          for (int vertex = from; vertex < to; vertex++) {
            writer.write(vertex, neighbors, vertices);
          }
        });
  }

  /// Looks for better neighbours by walking the written graph from each vertex.
  private NeighborLists refine(
      CodeGraphFile file,
      NeighborLists neighbors,
      BuildVectors vectors,
      Rotation rotation,
      BuildProgress progress) {
    NeighborLists refined = new NeighborLists(neighbors.vertexCount(), neighbors.degree);
    Refinement[] refinements = new Refinement[resources.threadCount()];
    progress.run(
        4,
        neighbors.vertexCount(),
        CHUNK_VERTICES,
        (slot, from, to) -> {
          if (refinements[slot] == null) {
            refinements[slot] = new Refinement(file, vectors, rotation, options.buildBeam(), SLACK);
          }
          for (int vertex = from; vertex < to; vertex++) {
            refinements[slot].refine(vertex, neighbors, refined);
          }
        });
    return refined;
  }

  /// The scratch of one thread of [#refine].
  private static final class Refinement {
    private final BuildVectors vectors;
    private final CodeQuery query;
    private final GraphWalk walk;
    private final NeighborSelection selection;
    private final float[] vector;
    private final MemorySegment widened;
    private final int[] ids;
    private final int[] products;
    private final float[] distances;
    private final int beam;
    private final SharedLimit alone = new SharedLimit(new SharedSearch());

    Refinement(CodeGraphFile file, BuildVectors vectors, Rotation rotation, int beam, float slack) {
      this.vectors = vectors;
      this.beam = beam;
      this.query = new CodeQuery(vectors.kernel(), rotation);
      this.walk = file.walk(vectors.kernel(), 0, query);
      this.selection = new NeighborSelection(vectors, slack);
      this.vector = new float[vectors.rotatedDimension()];
      this.widened = Arena.ofAuto().allocate(2L * vectors.vectorBytes(), 64);
      this.ids = new int[2 * beam];
      this.products = new int[2 * beam];
      this.distances = new float[2 * beam];
    }

    void refine(int vertex, NeighborLists neighbors, NeighborLists refined) {
      vectors.toFloats(vertex, vector);
      query.setRotated(vector, 0);
      query.prepareInt8();
      walk.start(query, beam, 2 * beam, WalkEffort.LEAST, alone);
      walk.enter(vertex);
      walk.run(Long.MAX_VALUE);
      selection.clear();
      int count = 0;
      for (int i = 0; i < walk.found().size(); i++) {
        if (walk.found().node(i) != vertex) {
          ids[count++] = walk.found().node(i);
        }
      }
      // Once more, between int8 vectors: the same number from either side of a link.
      vectors.widen(vertex, widened);
      vectors.distances(vertex, widened, ids, count, products, distances);
      for (int i = 0; i < count; i++) {
        selection.add(ids[i], distances[i]);
      }
      int at = vertex * neighbors.degree;
      for (int i = at; i < at + neighbors.counts[vertex]; i++) {
        if (!walk.isExpanded(neighbors.ids[i])) {
          selection.add(neighbors.ids[i], neighbors.distances[i]);
        }
      }
      selection.sort();
      selection.choose(refined, vertex, false);
    }
  }
}
