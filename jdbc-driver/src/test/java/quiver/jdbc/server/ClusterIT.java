package quiver.jdbc.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import quiver.jdbc.QuiverConnection;

/// The driver against a cluster of processes with two front ends.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterIT {
  private static final int ROWS = 60;

  @TempDir static Path folder;

  private TestCluster cluster;

  @BeforeAll
  void startCluster() throws Exception {
    cluster = TestCluster.start(folder);
  }

  @AfterAll
  void stopCluster() {
    cluster.close();
  }

  private String url(String hosts, String properties) {
    return "jdbc:quiver://" + hosts + "/quiver?user=quiver" + properties;
  }

  private static long count(Connection connection, String table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  void whatOneFrontEndAcknowledgedTheOtherShowsToReadsOfTheSession() throws Exception {
    String both = String.join(",", cluster.addresses());
    String properties = "&loadBalance=round-robin&consistency=session";
    try (Connection one = DriverManager.getConnection(url(both, properties));
        Connection two = DriverManager.getConnection(url(both, properties));
        Statement writing = one.createStatement()) {
      assertThat(one.unwrap(QuiverConnection.class).frontEnd())
          .isNotEqualTo(two.unwrap(QuiverConnection.class).frontEnd());
      writing.execute("CREATE TABLE seen (id int PRIMARY KEY)");
      for (int i = 0; i < ROWS; i++) {
        writing.executeUpdate("INSERT INTO seen VALUES (" + i + ")");
        assertThat(count(two, "seen")).isEqualTo(i + 1L);
      }
    }
  }

  @Test
  void readsAndRepeatedTransactionsSurviveTheDeathOfAFrontEnd() throws Exception {
    String both = String.join(",", cluster.addresses());
    try (Connection connection = DriverManager.getConnection(url(both, "&loadBalance=first"))) {
      QuiverConnection routed = connection.unwrap(QuiverConnection.class);
      try (Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE kept (id int PRIMARY KEY)");
      }
      for (int i = 0; i < ROWS; i++) {
        if (i == ROWS / 2) {
          assertThat(routed.frontEnd()).isEqualTo(cluster.addresses().get(0));
          cluster.kill("front-end-1");
          assertThat(count(connection, "kept")).isEqualTo(i);
          assertThat(routed.frontEnd()).isEqualTo(cluster.addresses().get(1));
        }
        int id = i;
        routed.inTransaction(open -> {
          try (PreparedStatement insert = open.prepareStatement("INSERT INTO kept VALUES (?)")) {
            insert.setInt(1, id);
            return insert.executeUpdate();
          }
        });
      }
      assertThat(count(connection, "kept")).isEqualTo(ROWS);
    }
  }
}
