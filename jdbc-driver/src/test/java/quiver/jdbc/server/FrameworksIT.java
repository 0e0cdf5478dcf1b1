package quiver.jdbc.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.pgvector.PGvector;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.PooledConnection;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.hibernate.dialect.PostgreSQLDialect;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import quiver.jdbc.QuiverConnection;
import quiver.jdbc.QuiverConnectionPoolDataSource;

/// HikariCP, Spring's JdbcTemplate, Hibernate and com.pgvector, all unchanged.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FrameworksIT {
  @TempDir static Path folder;

  private TestServer server;
  private HikariDataSource pool;

  @BeforeAll
  void start() {
    server = TestServer.start(folder);
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(server.url("&ef_search=64"));
    config.setMaximumPoolSize(3);
    pool = new HikariDataSource(config);
    new JdbcTemplate(pool)
        .execute("CREATE TABLE words (id bigint PRIMARY KEY, word text, v vector(2))");
  }

  @AfterAll
  void stop() {
    pool.close();
    server.close();
  }

  @Test
  void springStoresAndFindsVectorsThroughAPool() {
    JdbcTemplate template = new JdbcTemplate(pool);
    template.batchUpdate(
        "INSERT INTO words (id, word, v) VALUES (?, ?, ?)",
        List.of(
            new Object[] {1L, "one", new float[] {1, 0}},
            new Object[] {2L, "two", new float[] {0, 1}}));
    assertThat(
            template.queryForObject(
                "SELECT word FROM words WHERE id < 10 ORDER BY v <-> ? LIMIT 1",
                String.class,
                new Object[] {new float[] {0.1f, 0.9f}}))
        .isEqualTo("two");
    assertThat(template.queryForMap("SELECT v FROM words WHERE id = 1").get("v"))
        .isEqualTo(new float[] {1, 0});
    assertThat(template.queryForObject("SHOW hnsw.ef_search", String.class)).isEqualTo("64");
  }

  @Test
  void theProgramOfTheDocumentationRuns() throws SQLException {
    assertThat(Quickstart.run(server.url(""))).containsExactly("41:41.0", "43:43.0", "left:9");
  }

  @Test
  void aPooledConnectionIsStillOurs() throws SQLException {
    try (Connection connection = pool.getConnection()) {
      assertThat(connection.unwrap(QuiverConnection.class).frontEnd())
          .endsWith(":" + server.port());
    }
    QuiverConnectionPoolDataSource source = new QuiverConnectionPoolDataSource();
    source.setUrl(server.url(""));
    PooledConnection pooled = source.getPooledConnection();
    try (Connection connection = pooled.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT 1")) {
      assertThat(row.next()).isTrue();
    }
    pooled.close();
  }

  @Test
  void objectsOfPgvectorWork() throws SQLException {
    // Not from the pool: others would get objects of pgvector.
    try (Connection connection = DriverManager.getConnection(server.url(""))) {
      PGvector.registerTypes(connection);
      try (PreparedStatement query = connection.prepareStatement("SELECT ?::vector")) {
        query.setObject(1, new PGvector(new float[] {1, 2}));
        try (ResultSet row = query.executeQuery()) {
          row.next();
          assertThat(row.getObject(1)).isEqualTo(new PGvector(new float[] {1, 2}));
          assertThat(row.getObject(1, float[].class)).containsExactly(1, 2);
        }
      }
    }
  }

  /// A table for Hibernate.
  @Entity(name = "Book")
  @Table(name = "books")
  static class Book {
    @Id private long id;

    private String title = "";

    /// For Hibernate.
    Book() {}

    Book(long id, String title) {
      this.id = id;
      this.title = title;
    }
  }

  @Test
  void hibernateFindsItsDialect() {
    Configuration configuration =
        new Configuration()
            .addAnnotatedClass(Book.class)
            .setProperty("hibernate.connection.url", server.url(""))
            .setProperty("hibernate.hbm2ddl.auto", "create");
    try (SessionFactory factory = configuration.buildSessionFactory()) {
      assertThat(factory.unwrap(SessionFactoryImplementor.class).getJdbcServices().getDialect())
          .isInstanceOf(PostgreSQLDialect.class);
      try (Session session = factory.openSession()) {
        session.beginTransaction();
        session.persist(new Book(1, "Vectors"));
        session.getTransaction().commit();
      }
      try (Session session = factory.openSession()) {
        assertThat(session.createQuery("from Book where title like 'V%'", Book.class).list())
            .extracting(book -> book.title)
            .containsExactly("Vectors");
      }
    }
  }
}
