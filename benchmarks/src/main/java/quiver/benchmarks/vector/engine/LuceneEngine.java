package quiver.benchmarks.vector.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Stream;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.jspecify.annotations.Nullable;
import quiver.common.vector.DistanceMetric;

/// Lucene's HNSW on float32, one segment, searched leaf by leaf without the query layer above.
final class LuceneEngine implements Engine {
  private static final String FIELD = "vector";
  private static final double BUFFER_MIB = 2_000;

  private final EngineSetup setup;
  private final Path folder;
  private @Nullable Directory directory;
  private @Nullable DirectoryReader reader;
  private @Nullable LeafReader leaf;

  LuceneEngine(EngineSetup setup) throws IOException {
    this.setup = setup;
    this.folder = Files.createTempDirectory(setup.base().path().getParent(), "lucene");
  }

  @Override
  public long build() throws IOException {
    directory = new MMapDirectory(folder);
    KnnVectorsFormat format =
        new Lucene99HnswVectorsFormat(setup.m(), Math.max(1, setup.efConstruction()));
    IndexWriterConfig config = new IndexWriterConfig();
    config.setRAMBufferSizeMB(BUFFER_MIB);
    config.setUseCompoundFile(false);
    config.setCodec(
        new Lucene104Codec() {
          @Override
          public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
            return format;
          }
        });
    VectorSimilarityFunction similarity =
        setup.metric() == DistanceMetric.L2
            ? VectorSimilarityFunction.EUCLIDEAN
            : VectorSimilarityFunction.DOT_PRODUCT;
    float[][] rows = setup.base().read();
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (float[] row : rows) {
        Document document = new Document();
        document.add(new KnnFloatVectorField(FIELD, row, similarity));
        writer.addDocument(document);
      }
      writer.forceMerge(1);
    }
    reader = DirectoryReader.open(directory);
    leaf = reader.leaves().getFirst().reader();
    long bytes = 0;
    for (String file : directory.listAll()) {
      bytes += directory.fileLength(file);
    }
    return bytes;
  }

  @Override
  public void search(float[] query, int effort, int[] nearest) throws IOException {
    if (leaf == null) {
      throw new IllegalStateException("search before build");
    }
    TopDocs found =
        leaf.searchNearestVectors(
            FIELD,
            query,
            Math.max(effort, nearest.length),
            AcceptDocs.fromLiveDocs(leaf.getLiveDocs(), leaf.maxDoc()),
            Integer.MAX_VALUE);
    Arrays.fill(nearest, -1);
    for (int i = 0; i < Math.min(nearest.length, found.scoreDocs.length); i++) {
      nearest[i] = found.scoreDocs[i].doc;
    }
  }

  @Override
  public void close() throws IOException {
    if (reader != null) {
      reader.close();
    }
    if (directory != null) {
      directory.close();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
