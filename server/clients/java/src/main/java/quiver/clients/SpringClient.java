package quiver.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.pgvector.PgVectorStore;
import org.springframework.ai.vectorstore.pgvector.PgVectorStore.PgDistanceType;
import org.springframework.ai.vectorstore.pgvector.PgVectorStore.PgIndexType;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.SimpleJdbcInsert;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// Spring's JdbcTemplate, SimpleJdbcInsert and transactions, and Spring AI's PgVectorStore with
/// each distance and index.
final class SpringClient {
  private SpringClient() {}

  public static void main(String[] args) throws Exception {
    try (HikariDataSource source = new HikariDataSource()) {
      source.setJdbcUrl(args[0]);
      source.setMaximumPoolSize(3);
      templates(source);
      for (PgDistanceType distance : PgDistanceType.values()) {
        for (PgIndexType index : PgIndexType.values()) {
          store(source, distance, index);
        }
      }
    }
  }

  private static void templates(HikariDataSource source) {
    JdbcTemplate jdbc = new JdbcTemplate(source);
    jdbc.execute("DROP TABLE IF EXISTS spring_items");
    jdbc.execute(
        "CREATE TABLE spring_items (id serial PRIMARY KEY, name varchar(20) UNIQUE, price"
            + " numeric(10,2), added timestamp DEFAULT now())");
    Number key =
        new SimpleJdbcInsert(source)
            .withTableName("spring_items")
            .usingGeneratedKeyColumns("id")
            .usingColumns("name", "price")
            .executeAndReturnKey(Map.of("name", "a", "price", 1.5));
    assertThat(key.intValue()).isEqualTo(1);
    jdbc.batchUpdate(
        "INSERT INTO spring_items (name, price) VALUES (?, ?)",
        IntStream.range(0, 10).mapToObj(i -> new Object[] {"n" + i, i}).toList());
    NamedParameterJdbcTemplate named = new NamedParameterJdbcTemplate(source);
    assertThat(
            named.queryForList(
                "SELECT name FROM spring_items WHERE name IN (:names) ORDER BY name",
                Map.of("names", List.of("n1", "n2")),
                String.class))
        .containsExactly("n1", "n2");
    assertThatThrownBy(() -> jdbc.update("INSERT INTO spring_items (name) VALUES ('a')"))
        .isInstanceOf(DuplicateKeyException.class);
    TransactionTemplate transaction =
        new TransactionTemplate(new DataSourceTransactionManager(source));
    transaction.setReadOnly(false);
    transaction.executeWithoutResult(status -> {
      jdbc.update("DELETE FROM spring_items");
      status.setRollbackOnly();
    });
    assertThat(jdbc.queryForObject("SELECT count(*) FROM spring_items", Long.class)).isEqualTo(11);
  }

  private static void store(HikariDataSource source, PgDistanceType distance, PgIndexType index)
      throws Exception {
    PgVectorStore store =
        PgVectorStore.builder(new JdbcTemplate(source), new Letters())
            .dimensions(3)
            .distanceType(distance)
            .indexType(index)
            .vectorTableName("spring_store")
            .schemaName("public")
            .vectorTableValidationsEnabled(false)
            .removeExistingVectorStoreTable(true)
            .initializeSchema(true)
            .build();
    store.afterPropertiesSet();
    PgVectorStore validated =
        PgVectorStore.builder(new JdbcTemplate(source), new Letters())
            .dimensions(3)
            .vectorTableName("spring_store")
            .vectorTableValidationsEnabled(true)
            .initializeSchema(false)
            .build();
    validated.afterPropertiesSet();
    Document a = new Document("aaaab", Map.of("country", "BG", "year", 2020));
    Document b = new Document("aaabb", Map.of("country", "NL", "year", 2021));
    Document c = new Document("aaacb", Map.of("country", "BG", "year", 2023));
    store.add(List.of(a, b, c));
    store.add(List.of(a));
    assertThat(find(store, null)).first().isEqualTo("aaaab");
    assertThat(find(store, null)).hasSize(3);
    assertThat(find(store, "country == 'NL'")).containsExactly("aaabb");
    assertThat(find(store, "country == 'BG' && year > 2020")).containsExactly("aaacb");
    assertThat(find(store, "country in ['NL', 'XX']")).containsExactly("aaabb");
    assertThat(find(store, "country nin ['NL']")).hasSize(2);
    assertThat(find(store, "NOT(country == 'BG' || year == 2020)")).containsExactly("aaabb");
    store.delete("country == 'NL'");
    store.delete(List.of(a.getId()));
    assertThat(find(store, null)).containsExactly("aaacb");
  }

  private static List<String> find(
      PgVectorStore store, @org.jspecify.annotations.Nullable String filter) {
    SearchRequest.Builder request =
        SearchRequest.builder().query("aaaa").topK(5).similarityThresholdAll();
    if (filter != null) {
      request.filterExpression(filter);
    }
    return store.similaritySearch(request.build()).stream().map(Document::getText).toList();
  }

  /// How often a text has the letters a, b and c, as a unit vector.
  private static final class Letters implements EmbeddingModel {
    @Override
    public EmbeddingResponse call(EmbeddingRequest request) {
      List<String> texts = request.getInstructions();
      return new EmbeddingResponse(
          IntStream.range(0, texts.size())
              .mapToObj(i -> new Embedding(vector(texts.get(i)), i))
              .toList());
    }

    @Override
    public float[] embed(Document document) {
      return vector(String.valueOf(document.getText()));
    }

    private static float[] vector(String text) {
      float[] vector = {0, 0, 0};
      text.toLowerCase(Locale.ROOT)
          .chars()
          .filter(c -> c >= 'a' && c <= 'c')
          .forEach(c -> vector[c - 'a']++);
      double norm =
          Math.sqrt(vector[0] * vector[0] + vector[1] * vector[1] + vector[2] * vector[2]);
      for (int i = 0; i < 3; i++) {
        vector[i] = (float) (vector[i] / norm);
      }
      return vector;
    }
  }
}
