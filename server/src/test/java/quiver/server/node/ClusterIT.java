package quiver.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One cluster on real etcd, Kafka and S3, with two front ends.
class ClusterIT {
  private static final List<String> NODES =
      List.of("coordinators", "data-1", "data-2", "query-1", "query-2", "front-2");

  private static @Nullable TestCluster running;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    TestCluster cluster = new TestCluster(folder, 1);
    running = cluster;
    cluster.start("coordinators", "root-coordinator,data-coordinator,query-coordinator");
    cluster.start("data-1", "data-node,index-node");
    cluster.start("data-2", "data-node,index-node");
    cluster.start("query-1", "query-node");
    cluster.start("query-2", "query-node");
    cluster.start("front-1", "front-end");
    cluster.start("front-2", "front-end");
  }

  @AfterAll
  static void stop() {
    cluster().close();
  }

  private static TestCluster cluster() {
    TestCluster cluster = running;
    if (cluster == null) {
      throw new IllegalStateException("the cluster is not running");
    }
    return cluster;
  }

  private static void run(Connection connection, String... commands) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String command : commands) {
        statement.execute(command);
      }
    }
  }

  private static String value(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  @Test
  void everyFrontEndSeesWhatAnotherHasAcknowledged() throws Exception {
    try (Connection one = cluster().connect("front-1");
        Connection two = cluster().connect("front-2")) {
      run(one, "CREATE TABLE seen (id int PRIMARY KEY, v vector(3))");
      for (int i = 1; i <= 20; i++) {
        run(one, "INSERT INTO seen VALUES (" + i + ", '[" + i + ",0,0]')");
        assertThat(value(two, "SELECT count(*) FROM seen")).isEqualTo(String.valueOf(i));
      }
      assertThat(value(two, "SELECT id FROM seen ORDER BY v <-> '[7.2,0,0]' LIMIT 1"))
          .isEqualTo("7");
      for (int i = 0; i < 5; i++) {
        run(i % 2 == 0 ? one : two, "ALTER TABLE seen ADD COLUMN c" + i + " int DEFAULT " + i);
        assertThat(value(i % 2 == 0 ? two : one, "SELECT sum(c" + i + ") FROM seen"))
            .isEqualTo(String.valueOf(20 * i));
      }
    }
  }

  @Test
  void anIndexThatIsReportedBuiltIsUsedEverywhere() throws Exception {
    try (Connection one = cluster().connect("front-1");
        Connection two = cluster().connect("front-2")) {
      run(
          one,
          "CREATE TABLE searched (id bigint PRIMARY KEY, v vector(8))",
          "INSERT INTO searched SELECT i, ARRAY[i, i % 7, i % 11, i % 13, 1, 2, 3, 4]::vector(8)"
              + " FROM generate_series(1, 5000) i",
          "CREATE INDEX ON searched USING hnsw (v vector_l2_ops)");
      assertThat(
              value(
                  two,
                  "SELECT id FROM searched ORDER BY v <-> (SELECT v FROM searched WHERE id = 4321)"
                      + " LIMIT 1"))
          .isEqualTo("4321");
      assertThat(value(two, "SELECT count(*) FROM searched")).isEqualTo("5000");
    }
  }

  @Test
  void transactionsOfTwoFrontEndsConflict() throws Exception {
    try (Connection one = cluster().connect("front-1");
        Connection two = cluster().connect("front-2")) {
      run(
          one,
          "CREATE TABLE account (id int PRIMARY KEY, amount int)",
          "INSERT INTO account VALUES (1, 10)");
      one.setAutoCommit(false);
      two.setAutoCommit(false);
      run(one, "UPDATE account SET amount = amount + 1 WHERE id = 1");
      run(two, "UPDATE account SET amount = amount + 2 WHERE id = 1");
      one.commit();
      assertThatThrownBy(two::commit)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"));
      two.rollback();
      two.setAutoCommit(true);
      assertThatThrownBy(() -> run(two, "INSERT INTO account VALUES (1, 0)"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23505"));
      assertThat(value(two, "SELECT amount FROM account")).isEqualTo("11");
    }
  }

  @Test
  void viewsShowNodesAndChannels() throws Exception {
    try (Connection one = cluster().connect("front-1")) {
      assertThat(value(one, "SELECT count(*) FROM quiver_cluster_nodes WHERE state = 'serving'"))
          .isEqualTo("7");
      assertThat(value(one, "SELECT node_name FROM quiver_cluster_nodes WHERE leads LIKE '%root%'"))
          .isEqualTo("coordinators");
      assertThat(value(one, "SELECT owner FROM quiver_channels WHERE term > 0"))
          .startsWith("data-");
      assertThat(
              value(
                  one,
                  "SELECT count(*) FROM quiver_channels"
                      + " WHERE applied > now() - interval '1 hour' AND lag BETWEEN 0 AND 100000"))
          .isEqualTo("1");
    }
  }

  @Test
  void aCancelledStatementEndsAndItsSessionGoesOn() throws Exception {
    try (Connection one = cluster().connect("front-1")) {
      run(
          one,
          "CREATE TABLE slow (id int PRIMARY KEY, s text)",
          "INSERT INTO slow SELECT i, repeat('ab', 2000) FROM generate_series(1, 20000) i",
          "SET statement_timeout = '200ms'");
      assertThatThrownBy(
              () -> value(one, "SELECT count(*) FROM slow WHERE md5(repeat(s, 100)) = 'zz'"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
      run(one, "SET statement_timeout = 0");
      assertThat(value(one, "SELECT count(*) FROM slow")).isEqualTo("20000");
    }
  }

  @Test
  void everyNodeCanBeStoppedAndStarted() throws Exception {
    try (Connection one = cluster().connect("front-1")) {
      run(one, "CREATE TABLE kept (id int PRIMARY KEY, v vector(2))");
      int count = 0;
      for (String node : NODES) {
        cluster().restart(node);
        for (int i = 0; i < 10; i++) {
          count++;
          run(one, "INSERT INTO kept VALUES (" + count + ", '[" + count + ",1]')");
          assertThat(value(one, "SELECT count(*) FROM kept")).isEqualTo(String.valueOf(count));
        }
        try (Connection two = cluster().connect("front-2")) {
          assertThat(value(two, "SELECT id FROM kept ORDER BY v <-> '[1000,1]' LIMIT 1"))
              .isEqualTo(String.valueOf(count));
        }
      }
    }
  }
}
