package quiver.jdbc.server;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import quiver.jdbc.BulkWriter;
import quiver.jdbc.QuiverConnection;

/// A program as a reader of `docs/jdbc.md` would write it.
final class Quickstart {
  private Quickstart() {}

  /// @return the nearest items, then what is left in stock
  static List<String> run(String url) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url)) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            "CREATE TABLE items (id bigint PRIMARY KEY, category text, embedding vector(3))");
        statement.execute("CREATE TABLE stock (id bigint PRIMARY KEY, n bigint)");
      }
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT INTO items (id, category, embedding) VALUES (?, ?, ?)")) {
        for (int i = 0; i < 100; i++) {
          insert.setLong(1, i);
          insert.setString(2, i % 2 == 0 ? "even" : "odd");
          insert.setObject(3, new float[] {i, 0, 1});
          insert.addBatch();
        }
        insert.executeBatch();
      }
      QuiverConnection quiver = connection.unwrap(QuiverConnection.class);
      try (BulkWriter writer =
          quiver.bulkLoad("stock", "id", "n").onProgress(50, progress -> {}).open()) {
        for (long id = 0; id < 100; id++) {
          writer.row(id, 10L);
        }
        writer.finish();
      }
      try (PreparedStatement query =
          connection.prepareStatement(
              "SELECT id, embedding FROM items WHERE category = ? ORDER BY embedding <-> ? LIMIT"
                  + " 2")) {
        query.setString(1, "odd");
        query.setObject(2, new float[] {41.1f, 0, 1});
        try (ResultSet rows = query.executeQuery()) {
          while (rows.next()) {
            float[] embedding = rows.getObject("embedding", float[].class);
            found.add(rows.getLong("id") + ":" + embedding[0]);
          }
        }
      }
      long left =
          quiver.inTransaction(c -> {
            try (PreparedStatement update =
                c.prepareStatement("UPDATE stock SET n = n - 1 WHERE id = ? RETURNING n")) {
              update.setLong(1, 41);
              try (ResultSet row = update.executeQuery()) {
                row.next();
                return row.getLong(1);
              }
            }
          });
      found.add("left:" + left);
    }
    return found;
  }
}
