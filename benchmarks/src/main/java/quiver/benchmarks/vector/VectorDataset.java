package quiver.benchmarks.vector;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import quiver.common.column.RowMask;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.VectorRows;

/// Base vectors, queries and exact answers read from a directory.
///
/// @param answers for each filter name (`""` is no filter) the nearest rows of each query
/// @param filters for each filter name but `""` the rows that pass
record VectorDataset(
    String name,
    DistanceMetric metric,
    VectorRows rows,
    float[][] queries,
    Map<String, int[][]> answers,
    Map<String, RowMask> filters) {
  private static final int ANSWERS_PER_QUERY = 100;

  /// Reads the set in `directory`: `wordnet-minilm-384.f16` or `base.u8`, each with `queries` of
  /// the same type and `gt.i32`.
  static VectorDataset load(Path directory, Arena arena) throws IOException {
    if (Files.exists(directory.resolve("wordnet-minilm-384.f16"))) {
      return loadWordnet(directory, arena);
    }
    if (Files.exists(directory.resolve("base.u8"))) {
      return loadBytes(directory, arena);
    }
    throw new IOException("no wordnet-minilm-384.f16 and no base.u8 in " + directory);
  }

  private static VectorDataset loadWordnet(Path directory, Arena arena) throws IOException {
    int dimension = 384;
    float[] base = float16(Files.readAllBytes(directory.resolve("wordnet-minilm-384.f16")));
    float[] queries = float16(Files.readAllBytes(directory.resolve("queries.f16")));
    normalize(base, dimension);
    normalize(queries, dimension);
    int rowCount = base.length / dimension;
    Map<String, int[][]> answers = new LinkedHashMap<>();
    Map<String, RowMask> filters = new LinkedHashMap<>();
    answers.put("", answers(directory.resolve("gt.i32")));
    if (Files.exists(directory.resolve("wordnet.tsv.gz"))) {
      RowMask animals = RowMask.none(rowCount);
      RowMask verbs = RowMask.none(rowCount);
      try (var lines =
          new java.io.BufferedReader(
              new java.io.InputStreamReader(
                  new java.util.zip.GZIPInputStream(
                      Files.newInputStream(directory.resolve("wordnet.tsv.gz"))),
                  java.nio.charset.StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          String[] fields = line.split("\t", -1);
          int row = Integer.parseInt(fields[0]);
          if (fields[2].equals("v")) {
            verbs.add(row);
          }
          if (fields[3].equals("noun.animal")) {
            animals.add(row);
          }
        }
      }
      answers.put("category = 'noun.animal'", answers(directory.resolve("gt-noun.animal.i32")));
      filters.put("category = 'noun.animal'", animals);
      answers.put("pos = 'v'", answers(directory.resolve("gt-pos-v.i32")));
      filters.put("pos = 'v'", verbs);
    }
    return new VectorDataset(
        "wordnet-minilm-384",
        DistanceMetric.COSINE,
        rows(base, dimension, arena),
        split(queries, dimension),
        answers,
        filters);
  }

  private static VectorDataset loadBytes(Path directory, Arena arena) throws IOException {
    int dimension = 128;
    float[] base = unsignedBytes(Files.readAllBytes(directory.resolve("base.u8")));
    float[] queries = unsignedBytes(Files.readAllBytes(directory.resolve("queries.u8")));
    return new VectorDataset(
        "bigann10k",
        DistanceMetric.L2,
        rows(base, dimension, arena),
        split(queries, dimension),
        Map.of("", answers(directory.resolve("gt.i32"))),
        Map.of());
  }

  private static VectorRows rows(float[] values, int dimension, Arena arena) {
    int rowCount = values.length / dimension;
    MemorySegment segment = arena.allocate(4L * values.length, 64);
    MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT, 0, values.length);
    return VectorRows.of(dimension, rowCount, segment, RowMask.all(rowCount));
  }

  private static float[] float16(byte[] bytes) {
    var shorts = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
    float[] values = new float[shorts.remaining()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.float16ToFloat(shorts.get(i));
    }
    return values;
  }

  private static float[] unsignedBytes(byte[] bytes) {
    float[] values = new float[bytes.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Byte.toUnsignedInt(bytes[i]);
    }
    return values;
  }

  private static void normalize(float[] values, int dimension) {
    for (int from = 0; from < values.length; from += dimension) {
      double sum = 0;
      for (int i = from; i < from + dimension; i++) {
        sum += (double) values[i] * values[i];
      }
      float scale = (float) (1 / Math.sqrt(sum));
      for (int i = from; i < from + dimension; i++) {
        values[i] *= scale;
      }
    }
  }

  private static float[][] split(float[] values, int dimension) {
    float[][] vectors = new float[values.length / dimension][];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = java.util.Arrays.copyOfRange(values, i * dimension, (i + 1) * dimension);
    }
    return vectors;
  }

  private static int[][] answers(Path file) throws IOException {
    var ints =
        ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
    int[][] answers = new int[ints.remaining() / ANSWERS_PER_QUERY][ANSWERS_PER_QUERY];
    for (int[] answer : answers) {
      ints.get(answer);
    }
    return answers;
  }
}
