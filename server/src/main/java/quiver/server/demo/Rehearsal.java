package quiver.server.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// Asks a server that has the demo's data what servers are asked most, again and again: the
/// start-up cache is to know not only which classes there are, but how they run. Used by one
/// thread.
public final class Rehearsal {
  private static final int QUERY_COUNT = 50;

  private final String url;
  private final int rounds;

  /// @param port of a running server on this machine
  /// @param rounds how often each statement is run
  public Rehearsal(int port, int rounds) {
    this.url = "jdbc:postgresql://127.0.0.1:" + port + "/quiver?user=quiver&prepareThreshold=1";
    this.rounds = rounds;
  }

  /// Runs all statements.
  public void run() throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      List<String> queries = queries(statement);
      statement.execute("CREATE TABLE rehearsal (id int PRIMARY KEY, note text)");
      try (PreparedStatement nearest =
              connection.prepareStatement(
                  "SELECT id, lemmas FROM words ORDER BY embedding <=> ?::vector LIMIT 10");
          PreparedStatement byKey =
              connection.prepareStatement("SELECT lemmas FROM words WHERE id = ?");
          PreparedStatement insert =
              connection.prepareStatement("INSERT INTO rehearsal VALUES (?, 'rehearsed')")) {
        for (int i = 0; i < rounds; i++) {
          nearest.setString(1, queries.get(i % queries.size()));
          read(nearest);
          byKey.setLong(1, i);
          read(byKey);
          insert.setInt(1, i);
          int _ = insert.executeUpdate();
        }
      }
    }
  }

  private static List<String> queries(Statement statement) throws SQLException {
    List<String> queries = new ArrayList<>();
    try (ResultSet rows =
        statement.executeQuery("SELECT embedding::text FROM queries LIMIT " + QUERY_COUNT)) {
      while (rows.next()) {
        queries.add(rows.getString(1));
      }
    }
    return queries;
  }

  private static void read(PreparedStatement query) throws SQLException {
    try (ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        String _ = rows.getString(1);
      }
    }
  }
}
