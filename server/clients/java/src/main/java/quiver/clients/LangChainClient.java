package quiver.clients;

import static dev.langchain4j.store.embedding.filter.MetadataFilterBuilder.metadataKey;
import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.store.embedding.EmbeddingMatch;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.filter.Filter;
import dev.langchain4j.store.embedding.pgvector.DefaultMetadataStorageConfig;
import dev.langchain4j.store.embedding.pgvector.MetadataStorageMode;
import dev.langchain4j.store.embedding.pgvector.PgVectorEmbeddingStore;
import dev.langchain4j.store.embedding.pgvector.PgVectorEmbeddingStore.SearchMode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/// LangChain4j's pgvector store in its three ways to keep metadata, with its index and its hybrid
/// search.
final class LangChainClient {
  private LangChainClient() {}

  public static void main(String[] args) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setURL(args[0]);
    for (MetadataStorageMode mode : MetadataStorageMode.values()) {
      for (SearchMode search : SearchMode.values()) {
        use(store(source, mode, search), search);
      }
    }
  }

  private static PgVectorEmbeddingStore store(
      PGSimpleDataSource source, MetadataStorageMode mode, SearchMode search) {
    var metadata =
        switch (mode) {
          case COLUMN_PER_KEY ->
              new DefaultMetadataStorageConfig(
                  mode, List.of("kind text null", "year int null"), List.of("kind"), "BTREE");
          case COMBINED_JSON ->
              new DefaultMetadataStorageConfig(mode, List.of("metadata JSON NULL"), null, null);
          case COMBINED_JSONB ->
              new DefaultMetadataStorageConfig(
                  mode,
                  List.of("metadata_b JSONB NULL"),
                  List.of("metadata_b", "(metadata_b->'kind')"),
                  "GIN");
        };
    return PgVectorEmbeddingStore.datasourceBuilder()
        .datasource(source)
        .table("chain_" + mode.name().toLowerCase(java.util.Locale.ROOT))
        .dimension(3)
        .createTable(true)
        .dropTableFirst(true)
        .useIndex(true)
        .indexListSize(2)
        .searchMode(search)
        .metadataStorageConfig(metadata)
        .build();
  }

  private static void use(PgVectorEmbeddingStore store, SearchMode mode) {
    List<String> ids =
        store.addAll(
            List.of(
                Embedding.from(new float[] {1, 0, 0}),
                Embedding.from(new float[] {0, 1, 0}),
                Embedding.from(new float[] {0, 0, 1})),
            List.of(
                segment("red apples", "fruit", 2001),
                segment("green pears", "fruit", 2002),
                segment("blue hammers", "tool's", 2003)));
    assertThat(ids).hasSize(3);
    store.add(ids.get(0), Embedding.from(new float[] {0.9f, 0.1f, 0}));
    store.addAll(
        ids.subList(0, 1),
        List.of(Embedding.from(new float[] {0.9f, 0.1f, 0})),
        List.of(segment("red apples", "fruit", 2001)));
    assertThat(texts(search(store, mode, null))).startsWith("red apples").hasSize(3);
    assertThat(texts(search(store, mode, metadataKey("kind").isEqualTo("tool's"))))
        .containsExactly("blue hammers");
    assertThat(
            texts(
                search(
                    store,
                    mode,
                    metadataKey("year")
                        .isGreaterThanOrEqualTo(2002)
                        .and(metadataKey("year").isLessThan(2003)))))
        .containsExactly("green pears");
    assertThat(
            texts(
                search(
                    store,
                    mode,
                    metadataKey("kind")
                        .isIn("fruit", "x")
                        .and(metadataKey("year").isGreaterThan(2001)))))
        .containsExactly("green pears");
    assertThat(texts(search(store, mode, metadataKey("kind").containsString("ool"))))
        .containsExactly("blue hammers");
    store.removeAll(metadataKey("year").isLessThan(2002));
    store.removeAll(ids.subList(1, 2));
    assertThat(search(store, mode, null)).hasSize(1);
    store.removeAll();
    assertThat(search(store, mode, null)).isEmpty();
  }

  private static TextSegment segment(String text, String kind, int year) {
    return TextSegment.from(text, Metadata.from(Map.of("kind", kind, "year", year)));
  }

  private static List<EmbeddingMatch<TextSegment>> search(
      PgVectorEmbeddingStore store, SearchMode mode, @Nullable Filter filter) {
    var request =
        EmbeddingSearchRequest.builder()
            .queryEmbedding(Embedding.from(new float[] {1, 0, 0}))
            .maxResults(5)
            .minScore(0.0)
            .filter(filter);
    if (mode == SearchMode.HYBRID) {
      request.query("apples");
    }
    return store.search(request.build()).matches();
  }

  private static List<String> texts(List<EmbeddingMatch<TextSegment>> matches) {
    return matches.stream().map(match -> match.embedded().text()).toList();
  }
}
