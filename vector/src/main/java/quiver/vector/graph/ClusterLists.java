package quiver.vector.graph;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.CodeKernel;
import quiver.vector.parallel.ParallelLoop;
import quiver.vector.quantize.Centroids;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeEncoder;
import quiver.vector.quantize.CodeScore;
import quiver.vector.quantize.Int8Quantizer;
import quiver.vector.quantize.KMeans;
import quiver.vector.quantize.Rotation;

/// The first step of a build: rows are mapped, rotated, clustered and numbered. A vertex's number
/// is its place in the lists, so that near vertices lie near in memory.
final class ClusterLists {
  /// Lists that each vertex looks for neighbours in.
  static final int PROBE_COUNT = 24;

  private static final double LISTS_PER_ROOT = 1.2;
  private static final int SAMPLE_ROWS_PER_LIST = 40;
  private static final int STEP_SAMPLE_ROWS = 512;
  private static final int KMEANS_ITERATIONS = 6;
  private static final int CHUNK_ROWS = 256;
  private static final int CHUNK_LISTS = 4;

  private final BuildVectors vectors;
  private final int[] vertexRows;
  private final Centroids centroids;
  private final int[] starts;

  /// `vertexCount × probeCount` lists, nearest first, and the squared distances to their centroids.
  private final int[] nearest;

  private final float[] nearestDistances;
  private final int probeCount;
  private final CodeBlock layout;
  private final MemorySegment blocks;
  private final int[] blockStarts;

  private ClusterLists(
      BuildVectors vectors,
      int[] vertexRows,
      Centroids centroids,
      int[] starts,
      int[] nearest,
      float[] nearestDistances,
      int probeCount,
      Arena arena) {
    this.vectors = vectors;
    this.vertexRows = vertexRows;
    this.centroids = centroids;
    this.starts = starts;
    this.nearest = nearest;
    this.nearestDistances = nearestDistances;
    this.probeCount = probeCount;
    this.layout = new CodeBlock(vectors.rotatedDimension());
    this.blockStarts = new int[starts.length];
    for (int list = 0; list + 1 < starts.length; list++) {
      int size = starts[list + 1] - starts[list];
      blockStarts[list + 1] = blockStarts[list] + (size + 31) / CodeBlock.ROW_COUNT;
    }
    this.blocks = arena.allocate(blockStarts[starts.length - 1] * layout.sizeBytes(), 64);
  }

  /// Clusters the rows `rowNumbers` (at least one).
  ///
  /// @param arena of everything that only the build needs
  static ClusterLists build(
      CodeKernel kernel,
      VectorRows rows,
      int[] rowNumbers,
      VectorMapping mapping,
      Rotation rotation,
      long seed,
      BuildProgress progress,
      Arena arena) {
    Clustering clustering = new Clustering(kernel, rows, rowNumbers, mapping, rotation, progress);
    ClusterLists lists = clustering.run(seed, arena);
    lists.encode(progress);
    return lists;
  }

  BuildVectors vectors() {
    return vectors;
  }

  int vertexCount() {
    return vertexRows.length;
  }

  /// The row of each vertex.
  int[] vertexRows() {
    return vertexRows;
  }

  int listCount() {
    return centroids.count();
  }

  /// The first vertex of a list; that of the list after the last is the vertex count.
  int start(int list) {
    return starts[list];
  }

  int probeCount() {
    return probeCount;
  }

  /// The list that is `i`-th nearest to a vertex.
  int nearestList(int vertex, int i) {
    return nearest[vertex * probeCount + i];
  }

  /// The squared distance of a vertex and the centroid of its `i`-th nearest list.
  float nearestDistance(int vertex, int i) {
    return nearestDistances[vertex * probeCount + i];
  }

  /// The first vertices of all lists, and the vertex count.
  int[] starts() {
    return starts;
  }

  /// Writes the centres and samples of all lists.
  void write(MemorySegment centreMemory, MemorySegment samples, BuildProgress progress) {
    progress.run(
        0,
        listCount(),
        CHUNK_LISTS,
        (slot, from, to) -> {
          CodeEncoder encoder = new CodeEncoder(vectors.kernel(), CodeScore.SQUARED_L2, layout);
          float[] vector = new float[vectors.rotatedDimension()];
          float[] centre = new float[vectors.rotatedDimension()];
          for (int list = from; list < to; list++) {
            writeCentre(list, centreMemory, centre);
            writeSamples(list, encoder, centre, vector, samples);
          }
        });
  }

  /// Writes a centroid as int8.
  ///
  /// @param centre output: its rounded coordinates
  private void writeCentre(int list, MemorySegment memory, float[] centre) {
    CentreLayout centreLayout = new CentreLayout(vectors.rotatedDimension());
    int dimension = vectors.rotatedDimension();
    long at = list * centreLayout.sizeBytes();
    new Int8Quantizer(vectors.step())
        .encode(centroids.values(), list * dimension, dimension, memory, at);
    vectors.kernel().int8ToFloats(memory, at, dimension, vectors.step(), centre);
    centreLayout.setSquaredNorm(memory, list, (float) VectorMapping.squaredNorm(centre, dimension));
  }

  private void writeSamples(
      int list, CodeEncoder encoder, float[] centre, float[] vector, MemorySegment samples) {
    int size = starts[list + 1] - starts[list];
    int count = Math.min(size, ListSamples.COUNT_MAX);
    long at = ListSamples.bytes(layout, list);
    for (int block = 0; block < ListSamples.BLOCK_COUNT; block++) {
      encoder.clear(samples, at + block * layout.sizeBytes());
    }
    for (int i = 0; i < count; i++) {
      int vertex = starts[list] + (int) ((long) i * size / count);
      vectors.toFloats(vertex, vector);
      long block = at + i / CodeBlock.ROW_COUNT * layout.sizeBytes();
      encoder.write(samples, block, i % CodeBlock.ROW_COUNT, vertex, vector, 0, centre, 0);
    }
  }

  CodeBlock layout() {
    return layout;
  }

  MemorySegment blocks() {
    return blocks;
  }

  int blockStart(int list) {
    return blockStarts[list];
  }

  private void encode(BuildProgress progress) {
    progress.run(
        1,
        listCount(),
        CHUNK_LISTS,
        (slot, from, to) -> {
          CodeEncoder encoder = new CodeEncoder(vectors.kernel(), CodeScore.SQUARED_L2, layout);
          float[] vector = new float[vectors.rotatedDimension()];
          for (int list = from; list < to; list++) {
            encode(list, encoder, vector);
          }
        });
  }

  private void encode(int list, CodeEncoder encoder, float[] vector) {
    for (int vertex = starts[list]; vertex < starts[list + 1]; vertex++) {
      int place = vertex - starts[list];
      int lane = place % CodeBlock.ROW_COUNT;
      long offset = (blockStarts[list] + place / CodeBlock.ROW_COUNT) * layout.sizeBytes();
      if (lane == 0) {
        encoder.clear(blocks, offset);
      }
      vectors.toFloats(vertex, vector);
      int centre = list * centroids.dimension();
      encoder.write(blocks, offset, lane, vertex, vector, 0, centroids.values(), centre);
    }
  }

  /// The work of [#build], row by row.
  private static final class Clustering {
    private final CodeKernel kernel;
    private final VectorRows rows;
    private final int[] rowNumbers;
    private final VectorMapping mapping;
    private final Rotation rotation;
    private final BuildProgress progress;
    private final int dimension;
    private final int count;

    Clustering(
        CodeKernel kernel,
        VectorRows rows,
        int[] rowNumbers,
        VectorMapping mapping,
        Rotation rotation,
        BuildProgress progress) {
      this.kernel = kernel;
      this.rows = rows;
      this.rowNumbers = rowNumbers;
      this.mapping = mapping;
      this.rotation = rotation;
      this.progress = progress;
      this.dimension = rotation.rotatedDimension();
      this.count = rowNumbers.length;
    }

    ClusterLists run(long seed, Arena arena) {
      int listCount = Math.clamp((long) (LISTS_PER_ROOT * Math.sqrt(count)), 1, count);
      Int8Quantizer quantizer = Int8Quantizer.train(sample(STEP_SAMPLE_ROWS, seed));
      Centroids centroids =
          new KMeans(
                  kernel,
                  sample(listCount * SAMPLE_ROWS_PER_LIST, seed + 1),
                  dimension,
                  seed,
                  progress.loop())
              .train(listCount, KMEANS_ITERATIONS, progress::checkCancelled);
      int probeCount = Math.min(PROBE_COUNT, centroids.count());
      int vectorBytes = Int8Quantizer.vectorBytes(dimension);
      MemorySegment unordered = arena.allocate((long) count * vectorBytes, 64);
      int[] nearest = new int[count * probeCount];
      float[] distances = new float[count * probeCount];
      float[] norms = new float[count];
      progress.run(
          2,
          count,
          CHUNK_ROWS,
          (slot, from, to) -> {
            float[] rotated = new float[(to - from) * dimension];
            rotate(from, to, rotated, norms);
            int[] lists = new int[(to - from) * probeCount];
            float[] scores = new float[lists.length];
            centroids.nearest(rotated, 0, to - from, probeCount, lists, scores);
            System.arraycopy(lists, 0, nearest, from * probeCount, lists.length);
            for (int i = from; i < to; i++) {
              int at = (i - from) * dimension;
              quantizer.encode(rotated, at, dimension, unordered, (long) i * vectorBytes);
              for (int j = 0; j < probeCount; j++) {
                float score = scores[(i - from) * probeCount + j];
                distances[i * probeCount + j] = Math.max(0, norms[i] + score);
              }
            }
          });
      return order(
          unordered, quantizer.step(), centroids, nearest, distances, norms, probeCount, arena);
    }

    /// Rows at random places, mapped and rotated.
    private float[] sample(int wanted, long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      int sampleCount = Math.min(wanted, count);
      int[] places = new int[sampleCount];
      for (int i = 0; i < sampleCount; i++) {
        // One row out of each of equal stretches.
        long from = (long) i * count / sampleCount;
        long to = (i + 1L) * count / sampleCount;
        places[i] = (int) random.nextLong(from, to);
      }
      float[] result = new float[sampleCount * dimension];
      progress
          .loop()
          .run(
              sampleCount,
              CHUNK_ROWS,
              (slot, from, to) -> {
                RowReader reader = new RowReader();
                for (int i = from; i < to; i++) {
                  reader.read(places[i], result, i * dimension);
                }
              });
      return result;
    }

    private void rotate(int from, int to, float[] rotated, float[] norms) {
      RowReader reader = new RowReader();
      for (int i = from; i < to; i++) {
        norms[i] = reader.read(i, rotated, (i - from) * dimension);
      }
    }

    private final class RowReader {
      private final float[] row = new float[mapping.mappedDimension()];
      private final float[] scratch = new float[dimension];

      float read(int place, float[] result, int offset) {
        rows.copyRow(rowNumbers[place], row);
        float norm = mapping.mapRow(row);
        rotation.rotate(row, 0, result, offset, scratch);
        return norm;
      }
    }

    /// Numbers the vertices by list, then by distance to the centroid, then by row.
    private ClusterLists order(
        MemorySegment unordered,
        float step,
        Centroids centroids,
        int[] nearest,
        float[] distances,
        float[] norms,
        int probeCount,
        Arena arena) {
      int vectorBytes = Int8Quantizer.vectorBytes(dimension);
      MemorySegment int8 = arena.allocate((long) count * vectorBytes, 64);
      int[] assigned = new int[count];
      for (int i = 0; i < count; i++) {
        assigned[i] = nearest[i * probeCount];
      }
      int[][] members = KMeans.group(assigned, centroids.count());
      int[] starts = new int[centroids.count() + 1];
      for (int list = 0; list < members.length; list++) {
        starts[list + 1] = starts[list] + members[list].length;
      }
      int[] vertexRows = new int[count];
      int[] orderedNearest = new int[nearest.length];
      float[] orderedDistances = new float[nearest.length];
      float[] orderedNorms = new float[mapping.hasNorms() ? count : 0];
      ParallelLoop.Chunk copy =
          (slot, from, to) -> {
            for (int list = from; list < to; list++) {
              long[] keys = new long[members[list].length];
              for (int i = 0; i < keys.length; i++) {
                int place = members[list][i];
                int bits = Float.floatToIntBits(distances[place * probeCount]);
                keys[i] = (long) bits << 32 | place;
              }
              Arrays.sort(keys);
              for (int i = 0; i < keys.length; i++) {
                int vertex = starts[list] + i;
                int place = (int) keys[i];
                vertexRows[vertex] = rowNumbers[place];
                MemorySegment.copy(
                    unordered,
                    (long) place * vectorBytes,
                    int8,
                    (long) vertex * vectorBytes,
                    vectorBytes);
                int at = vertex * probeCount;
                System.arraycopy(nearest, place * probeCount, orderedNearest, at, probeCount);
                System.arraycopy(distances, place * probeCount, orderedDistances, at, probeCount);
                if (orderedNorms.length > 0) {
                  orderedNorms[vertex] = norms[place];
                }
              }
            }
          };
      progress.loop().run(members.length, CHUNK_LISTS, copy);
      BuildVectors vectors =
          new BuildVectors(kernel, int8, vectorBytes, dimension, step, orderedNorms);
      return new ClusterLists(
          vectors,
          vertexRows,
          centroids,
          starts,
          orderedNearest,
          orderedDistances,
          probeCount,
          arena);
    }
  }
}
