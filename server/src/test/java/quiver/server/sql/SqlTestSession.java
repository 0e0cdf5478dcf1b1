package quiver.server.sql;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import quiver.server.sql.SqlTestFile.Block;

/// Sends the requests of one file and writes the answers down as text. Used by one thread.
final class SqlTestSession implements AutoCloseable {
  private static final String NULL_TEXT = "<null>";

  /// Stands for an empty line, which would end the block.
  private static final String EMPTY_TEXT = "<empty>";

  private final String url;
  private final Map<String, Connection> connections = new HashMap<>();

  SqlTestSession(String url) {
    this.url = url;
  }

  /// Drops what other files left in the schema `public`.
  void clean() throws SQLException {
    try (Statement statement = connection("main").createStatement()) {
      List<String> drops = new ArrayList<>();
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT 'TABLE', tablename, 1 FROM pg_tables WHERE schemaname = 'public'"
                  + " UNION ALL SELECT 'VIEW', viewname, 2 FROM pg_views"
                  + " WHERE schemaname = 'public'"
                  + " UNION ALL SELECT 'SEQUENCE', sequencename, 3 FROM pg_sequences"
                  + " WHERE schemaname = 'public'"
                  + " UNION ALL SELECT CASE typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END,"
                  + " typname, 4 FROM pg_type t WHERE (typtype IN ('d', 'e')"
                  + " OR EXISTS (SELECT 1 FROM pg_class"
                  + " WHERE pg_class.oid = t.typrelid AND relkind = 'c'))"
                  + " AND typnamespace = 'public'::regnamespace ORDER BY 3")) {
        while (rows.next()) {
          String name = "\"" + rows.getString(2).replace("\"", "\"\"") + "\"";
          drops.add("DROP " + rows.getString(1) + " IF EXISTS " + name + " CASCADE");
        }
      }
      for (String drop : drops) {
        statement.execute(drop);
      }
    }
  }

  private Connection connection(String name) throws SQLException {
    Connection open = connections.get(name);
    if (open == null) {
      open = DriverManager.getConnection(url);
      try (Statement statement = open.createStatement()) {
        statement.execute("SET TIME ZONE 'UTC'");
        statement.execute("SET extra_float_digits = 1");
        statement.execute("SET intervalstyle = 'postgres'");
      }
      connections.put(name, open);
    }
    return open;
  }

  /// The answer to a block, as the file shows it.
  List<String> answer(Block block) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (Statement statement = connection(block.connection()).createStatement()) {
      statement.setEscapeProcessing(false);
      try {
        boolean rows = statement.execute(block.request());
        while (rows || statement.getUpdateCount() >= 0) {
          if (rows) {
            table(statement.getResultSet(), block.has("unordered"), lines);
          } else {
            lines.add("ok " + statement.getUpdateCount());
          }
          rows = statement.getMoreResults();
        }
      } catch (PSQLException e) {
        if (e.getServerErrorMessage() == null) {
          return lost(block, e);
        }
        error(e.getServerErrorMessage(), lines);
      }
      for (SQLWarning notice = statement.getWarnings();
          notice != null;
          notice = notice.getNextWarning()) {
        lines.add(noticeText(notice));
      }
    }
    lines.replaceAll(line -> line.isEmpty() ? EMPTY_TEXT : line);
    return lines;
  }

  private static String noticeText(SQLWarning notice) {
    return notice instanceof org.postgresql.util.PSQLWarning warning
        ? warning.getServerErrorMessage().getSeverity()
            + ": "
            + warning.getServerErrorMessage().getMessage()
        : "NOTICE: " + notice.getMessage();
  }

  private static void table(ResultSet rows, boolean unordered, List<String> lines)
      throws SQLException {
    int columns = rows.getMetaData().getColumnCount();
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= columns; i++) {
      names.add(rows.getMetaData().getColumnLabel(i));
    }
    lines.add(String.join("|", names));
    List<String> texts = new ArrayList<>();
    while (rows.next()) {
      List<String> values = new ArrayList<>();
      for (int i = 1; i <= columns; i++) {
        String value = rows.getString(i);
        values.add(value == null ? NULL_TEXT : value.replace("\\", "\\\\").replace("\n", "\\n"));
      }
      texts.add(String.join("|", values));
    }
    if (unordered) {
      texts.sort(null);
    }
    lines.addAll(texts);
    lines.add("(" + texts.size() + (texts.size() == 1 ? " row)" : " rows)"));
  }

  /// An answer that did not come from the server: the next request gets a new connection.
  private List<String> lost(Block block, PSQLException e) throws SQLException {
    Connection broken = connections.remove(block.connection());
    if (broken != null) {
      broken.close();
    }
    return List.of("LOST: " + text(e.getMessage()));
  }

  private static void error(ServerErrorMessage message, List<String> lines) {
    lines.add("ERROR " + message.getSQLState() + ": " + text(message.getMessage()));
    if (message.getDetail() != null) {
      lines.add("DETAIL: " + text(message.getDetail()));
    }
    if (message.getHint() != null) {
      lines.add("HINT: " + text(message.getHint()));
    }
    if (message.getPosition() > 0) {
      lines.add("POSITION: " + message.getPosition());
    }
    if (message.getConstraint() != null) {
      lines.add("CONSTRAINT: " + message.getConstraint());
    }
  }

  private static String text(@org.jspecify.annotations.Nullable String text) {
    return String.valueOf(text).replace("\n", "\\n");
  }

  @Override
  public void close() throws SQLException {
    for (Connection connection : connections.values()) {
      connection.close();
    }
  }
}
