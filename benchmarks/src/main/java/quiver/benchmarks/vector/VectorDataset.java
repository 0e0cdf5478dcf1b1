package quiver.benchmarks.vector;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import quiver.benchmarks.vector.engine.VectorFile;
import quiver.common.column.RowMask;
import quiver.common.vector.DistanceMetric;

/// Base vectors, queries and exact answers, decoded to float32 files that every engine maps.
///
/// @param answers the nearest rows of each query, nearest first, at least `k` of them
/// @param filters conditions on the rows' own columns, by their text
record VectorDataset(
    String name,
    DistanceMetric metric,
    VectorFile base,
    VectorFile queries,
    int[][] answers,
    Map<String, Filter> filters) {
  private static final int ANSWERS_PER_QUERY = 100;
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// @param rows that pass
  /// @param answers the nearest of them for each query
  record Filter(RowMask rows, int[][] answers) {}

  /// A set that lies in a directory.
  enum Source {
    WORDNET("wordnet-minilm-384", "wordnet-minilm-384.f16", "queries.f16", 384),
    BIGANN("bigann10k", "base.u8", "queries.u8", 128);

    private final String title;
    private final String baseFile;
    private final String queryFile;
    private final int dimension;

    Source(String title, String baseFile, String queryFile, int dimension) {
      this.title = title;
      this.baseFile = baseFile;
      this.queryFile = queryFile;
      this.dimension = dimension;
    }
  }

  /// The sets in `directory` and in its folder `bigann10k`, decoded into `work`.
  ///
  /// @throws IOException if there is none
  static List<VectorDataset> load(Path directory, Path work) throws IOException {
    List<VectorDataset> found = new ArrayList<>();
    for (Path folder : List.of(directory, directory.resolve("bigann10k"))) {
      for (Source source : Source.values()) {
        if (Files.exists(folder.resolve(source.baseFile))) {
          found.add(read(source, folder, work));
        }
      }
    }
    if (found.isEmpty()) {
      throw new IOException("no wordnet-minilm-384.f16 and no base.u8 in " + directory);
    }
    return found;
  }

  private static VectorDataset read(Source source, Path folder, Path work) throws IOException {
    float[] base = floats(source, folder.resolve(source.baseFile));
    float[] queries = floats(source, folder.resolve(source.queryFile));
    return new VectorDataset(
        source.title,
        source == Source.WORDNET ? DistanceMetric.COSINE : DistanceMetric.L2,
        store(work.resolve(source.title + ".base"), base, source.dimension),
        store(work.resolve(source.title + ".queries"), queries, source.dimension),
        answers(folder.resolve("gt.i32")),
        source == Source.WORDNET ? wordFilters(folder, base.length / source.dimension) : Map.of());
  }

  private static Map<String, Filter> wordFilters(Path folder, int rowCount) throws IOException {
    Path words = folder.resolve("wordnet.tsv.gz");
    if (!Files.exists(words)) {
      return Map.of();
    }
    RowMask animals = RowMask.none(rowCount);
    RowMask verbs = RowMask.none(rowCount);
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(words)), StandardCharsets.UTF_8))) {
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
    Map<String, Filter> filters = new LinkedHashMap<>();
    filters.put(
        "category = 'noun.animal'",
        new Filter(animals, answers(folder.resolve("gt-noun.animal.i32"))));
    filters.put("pos = 'v'", new Filter(verbs, answers(folder.resolve("gt-pos-v.i32"))));
    return filters;
  }

  private static float[] floats(Source source, Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    return switch (source) {
      case WORDNET -> {
        float[] values = float16(bytes);
        normalize(values, source.dimension);
        yield values;
      }
      case BIGANN -> unsignedBytes(bytes);
    };
  }

  static VectorFile store(Path path, float[] values, int dimension) throws IOException {
    VectorFile file = new VectorFile(path, dimension, values.length / dimension);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment.copy(values, 0, file.create(arena), FLOAT, 0, values.length);
    }
    return file;
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
