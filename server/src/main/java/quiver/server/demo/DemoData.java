package quiver.server.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/// The synsets and queries that come with the product.
///
/// @param words 5,000 synsets
/// @param queries 48 synsets to search with
record DemoData(List<Word> words, List<Word> queries) {
  static final int DIMENSION = 384;

  /// A synset with its embedding.
  record Word(
      String synset, String pos, String category, String lemmas, String gloss, float[] embedding) {}

  static DemoData read() {
    try (InputStream words = new GZIPInputStream(open("wordnet-5000.tsv.gz"));
        InputStream wordVectors = open("wordnet-5000x384.f16");
        InputStream queries = open("queries.tsv");
        InputStream queryVectors = open("queries-48x384.f16")) {
      return new DemoData(read(words, wordVectors), read(queries, queryVectors));
    } catch (IOException e) {
      throw new UncheckedIOException("the demo data cannot be read", e);
    }
  }

  private static InputStream open(String name) throws IOException {
    InputStream stream = DemoData.class.getResourceAsStream(name);
    if (stream == null) {
      throw new IOException("resource " + name + " is missing");
    }
    return stream;
  }

  private static List<Word> read(InputStream texts, InputStream vectors) throws IOException {
    ByteBuffer halves = ByteBuffer.wrap(vectors.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(texts, StandardCharsets.UTF_8));
    List<Word> words = new ArrayList<>();
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      String[] fields = line.split("\t", -1);
      float[] embedding = new float[DIMENSION];
      for (int i = 0; i < DIMENSION; i++) {
        embedding[i] = Float.float16ToFloat(halves.getShort());
      }
      words.add(new Word(fields[0], fields[1], fields[2], fields[3], fields[4], embedding));
    }
    return words;
  }

  /// The lemmas of the `count` words nearest to a query by cosine distance, by comparing with every
  /// word.
  List<String> nearest(String queryLemmas, String category, int count) {
    float[] query =
        queries.stream()
            .filter(word -> word.lemmas().equals(queryLemmas))
            .findFirst()
            .orElseThrow()
            .embedding();
    return words.stream()
        .filter(word -> category.isEmpty() || word.category().equals(category))
        .map(word -> new Ranked(word.lemmas(), cosineDistance(query, word.embedding())))
        .sorted(java.util.Comparator.comparingDouble(Ranked::distance))
        .limit(count)
        .map(Ranked::lemmas)
        .toList();
  }

  private record Ranked(String lemmas, double distance) {}

  private static double cosineDistance(float[] left, float[] right) {
    double dot = 0;
    double leftSquares = 0;
    double rightSquares = 0;
    for (int i = 0; i < DIMENSION; i++) {
      dot += (double) left[i] * right[i];
      leftSquares += (double) left[i] * left[i];
      rightSquares += (double) right[i] * right[i];
    }
    return 1 - dot / Math.sqrt(leftSquares * rightSquares);
  }
}
