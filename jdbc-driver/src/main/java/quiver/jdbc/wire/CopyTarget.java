package quiver.jdbc.wire;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A table whose rows can be sent by COPY, and the columns that are sent.
///
/// @param table its name as SQL writes it
public record CopyTarget(String table, List<Column> columns) {
  /// Takes over a copy.
  public CopyTarget {
    columns = List.copyOf(columns);
  }

  /// A column.
  ///
  /// @param name as it is, without quotes
  public record Column(String name, ColumnEncoder encoder) {}

  /// What is asked of a table: one plan for all of them.
  public static final String QUERY =
      "SELECT attname, atttypid::int8, attidentity, attgenerated, atttypid::regtype::text FROM"
          + " pg_catalog.pg_attribute WHERE attrelid = ?::regclass AND attnum > 0 AND NOT"
          + " attisdropped ORDER BY attnum";

  /// Asks the server what the columns are.
  ///
  /// @param names columns as SQL writes them; empty: the first ones
  /// @param count how many if there are no names; 0: all
  /// @throws SQLException `42P01` for an unknown table, `42703` for an unknown column, `0A000` for
  ///   what COPY cannot stand for
  public static CopyTarget ask(Connection connection, String table, List<String> names, int count)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(QUERY)) {
      query.setString(1, table);
      try (ResultSet rows = query.executeQuery()) {
        return read(table, names, count, rows);
      }
    }
  }

  private static CopyTarget read(String table, List<String> names, int count, ResultSet rows)
      throws SQLException {
    Map<String, Column> known = new LinkedHashMap<>();
    Map<String, String> refused = new LinkedHashMap<>();
    while (rows.next()) {
      String name = rows.getString(1);
      ColumnEncoder encoder = ColumnEncoder.of(rows.getLong(2));
      boolean isComputed = !isBlank(rows.getString(4)) || "a".equals(rows.getString(3));
      if (encoder == null || isComputed) {
        refused.put(
            name,
            isComputed ? "its values are made by the server" : "its type is " + rows.getString(5));
      } else {
        known.put(name, new Column(name, encoder));
      }
    }
    List<String> wanted = new ArrayList<>();
    if (names.isEmpty()) {
      List<String> all = new ArrayList<>(known.keySet());
      all.addAll(refused.keySet());
      if (!refused.isEmpty() || count > all.size()) {
        throw new SQLException("cannot copy all columns of " + table + ": " + refused, "0A000");
      }
      wanted.addAll(all.subList(0, count == 0 ? all.size() : count));
    }
    names.forEach(name -> wanted.add(fold(name)));
    List<Column> columns = new ArrayList<>();
    for (String name : wanted) {
      Column column = known.get(name);
      if (column == null) {
        throw missing(table, name, refused.get(name));
      }
      columns.add(column);
    }
    return new CopyTarget(table, columns);
  }

  private static SQLException missing(String table, String name, @Nullable String reason) {
    return reason == null
        ? new SQLException(
            "column \"" + name + "\" of relation \"" + table + "\" does not exist", "42703")
        : new SQLException("cannot copy to column \"" + name + "\": " + reason, "0A000");
  }

  private static boolean isBlank(@Nullable String text) {
    return text == null || text.isBlank() || text.equals("\0");
  }

  /// The name that SQL means.
  private static String fold(String name) {
    return name.startsWith("\"")
        ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
        : name.toLowerCase(Locale.ROOT);
  }

  /// The COPY statement.
  public String sql() {
    StringBuilder sql = new StringBuilder("COPY ").append(table).append(" (");
    for (Column column : columns) {
      sql.append(sql.charAt(sql.length() - 1) == '(' ? "\"" : ", \"")
          .append(column.name().replace("\"", "\"\""))
          .append('"');
    }
    return sql.append(") FROM STDIN WITH (FORMAT binary)").toString();
  }
}
