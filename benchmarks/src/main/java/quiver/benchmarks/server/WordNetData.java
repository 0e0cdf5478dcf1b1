package quiver.benchmarks.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/// The WordNet x MiniLM set: rows, queries and exact neighbours.
///
/// @param rows tab-separated fields of a row: number, synset, part of speech, category, lemmas,
///   gloss
/// @param vectors raw float16, `rows.size() * DIMENSION`
/// @param queries one `float[DIMENSION]` a query
record WordNetData(List<String[]> rows, short[] vectors, List<float[]> queries, Path directory) {
  static final int DIMENSION = 384;
  static final int TRUTH_DEPTH = 100;

  static WordNetData read(Path directory) throws IOException {
    List<String[]> rows = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(directory.resolve("wordnet.tsv.gz"))),
                StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        rows.add(line.split("\t", -1));
      }
    }
    short[] vectors = halves(directory.resolve("wordnet-minilm-384.f16"));
    short[] queryHalves = halves(directory.resolve("queries.f16"));
    List<float[]> queries = new ArrayList<>();
    for (int i = 0; i < queryHalves.length / DIMENSION; i++) {
      queries.add(floats(queryHalves, i));
    }
    return new WordNetData(rows, vectors, queries, directory);
  }

  float[] vector(int row) {
    return floats(vectors, row);
  }

  /// Exact neighbours, `TRUTH_DEPTH` row numbers a query.
  int[] truth(String file) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(directory.resolve(file))).order(ByteOrder.LITTLE_ENDIAN);
    int[] truth = new int[bytes.remaining() / 4];
    bytes.asIntBuffer().get(truth);
    return truth;
  }

  private static float[] floats(short[] halves, int row) {
    float[] floats = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      floats[i] = Float.float16ToFloat(halves[row * DIMENSION + i]);
    }
    return floats;
  }

  private static short[] halves(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    short[] halves = new short[bytes.remaining() / 2];
    bytes.asShortBuffer().get(halves);
    return halves;
  }
}
