package quiver.server.demo;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import quiver.server.demo.DemoData.Word;

/// Loads the demo data through a JDBC connection, asks four questions and checks the answers. Used
/// by one thread.
public final class Demo {
  private static final int ROWS_PER_CHUNK = 500;

  private final PrintStream out;
  private final String url;
  private final DemoData data = DemoData.read();

  /// @param out where questions and answers are printed
  /// @param port of a running server on this machine
  public Demo(PrintStream out, int port) {
    this.out = out;
    this.url = "jdbc:postgresql://127.0.0.1:" + port + "/quiver?user=quiver";
  }

  /// @return what is wrong with the answers, one line each; empty when they are right
  public List<String> run() throws SQLException, IOException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      if (!loaded(statement)) {
        load(connection, statement);
      }
      return ask(statement);
    }
  }

  private boolean loaded(Statement statement) throws SQLException {
    try (ResultSet tables =
        statement.executeQuery(
            "SELECT count(*) FROM pg_indexes WHERE schemaname = 'public' AND indexname ="
                + " 'words_embedding_idx'")) {
      if (!tables.next() || tables.getInt(1) == 0) {
        return false;
      }
    }
    try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM words")) {
      return rows.next() && rows.getInt(1) == data.words().size();
    }
  }

  private void load(Connection connection, Statement statement) throws SQLException, IOException {
    long started = System.nanoTime();
    statement.execute("CREATE EXTENSION IF NOT EXISTS vector");
    statement.execute("DROP TABLE IF EXISTS words, queries");
    for (String table : List.of("words", "queries")) {
      statement.execute(
          "CREATE TABLE "
              + table
              + " (id bigint PRIMARY KEY, synset text, pos text, category text, lemmas text, gloss"
              + " text, embedding vector("
              + DemoData.DIMENSION
              + "))");
    }
    copy(connection, "words", data.words());
    copy(connection, "queries", data.queries());
    out.printf(
        Locale.ROOT,
        "Loaded %,d WordNet synsets with 384-dimensional embeddings in %.1f s%n",
        data.words().size(),
        (System.nanoTime() - started) / 1e9);
    started = System.nanoTime();
    statement.execute("CREATE INDEX ON words USING hnsw (embedding vector_cosine_ops)");
    out.printf(Locale.ROOT, "Built an hnsw index in %.1f s%n", (System.nanoTime() - started) / 1e9);
  }

  /// COPY in PostgreSQL's binary format.
  private static void copy(Connection connection, String table, List<Word> words)
      throws SQLException, IOException {
    CopyIn copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn("COPY " + table + " FROM STDIN WITH (FORMAT binary)");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream stream = new DataOutputStream(bytes);
    stream.write(new byte[] {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0});
    stream.writeLong(0);
    for (int row = 0; row < words.size(); row++) {
      Word word = words.get(row);
      stream.writeShort(7);
      stream.writeInt(8);
      stream.writeLong(row);
      for (String text :
          List.of(word.synset(), word.pos(), word.category(), word.lemmas(), word.gloss())) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        stream.writeInt(utf8.length);
        stream.write(utf8);
      }
      stream.writeInt(4 + 4 * DemoData.DIMENSION);
      stream.writeShort(DemoData.DIMENSION);
      stream.writeShort(0);
      for (float element : word.embedding()) {
        stream.writeFloat(element);
      }
      if ((row + 1) % ROWS_PER_CHUNK == 0) {
        copy.writeToCopy(bytes.toByteArray(), 0, bytes.size());
        bytes.reset();
      }
    }
    stream.writeShort(-1);
    copy.writeToCopy(bytes.toByteArray(), 0, bytes.size());
    copy.endCopy();
  }

  private List<String> ask(Statement statement) throws SQLException {
    List<String> problems = new ArrayList<>();
    String byMeaning =
        """
        SELECT lemmas, category, embedding <=> (SELECT embedding FROM queries WHERE lemmas = '%s') AS distance
        FROM words%s
        ORDER BY distance
        LIMIT 5\
        """;
    String semantic = String.format(Locale.ROOT, byMeaning, "harmattan", "");
    List<List<String>> answer =
        question("What is near \"harmattan: a dusty wind from the Sahara\"?", statement, semantic);
    expect(problems, "semantic search", data.nearest("harmattan", "", 5), column(answer, 0));
    String filtered =
        String.format(Locale.ROOT, byMeaning, "solar system", "\nWHERE category = 'noun.object'");
    answer = question("And near \"solar system\", among objects only?", statement, filtered);
    expect(
        problems,
        "filtered search",
        data.nearest("solar system", "noun.object", 5),
        column(answer, 0));
    answer =
        question(
            "How many synsets are there by part of speech?",
            statement,
            "SELECT pos, count(*) AS synsets, round(avg(length(gloss)), 1) AS gloss_length\n"
                + "FROM words\nGROUP BY pos\nORDER BY synsets DESC, pos");
    expect(
        problems,
        "aggregate",
        byPartOfSpeech(),
        answer.stream().map(row -> row.get(0) + "=" + row.get(1)).toList());
    answer = question("How was the first answer found?", statement, "EXPLAIN ANALYZE " + semantic);
    if (answer.stream().noneMatch(row -> row.getFirst().contains("words_embedding_idx"))) {
      problems.add("EXPLAIN does not show the index");
    }
    return problems;
  }

  private List<String> byPartOfSpeech() {
    java.util.Map<String, Integer> counts = new java.util.TreeMap<>();
    data.words().forEach(word -> counts.merge(word.pos(), 1, Integer::sum));
    return counts.entrySet().stream()
        .sorted(java.util.Map.Entry.<String, Integer>comparingByValue().reversed())
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .toList();
  }

  private static void expect(
      List<String> problems, String what, List<String> right, List<String> actual) {
    if (!right.equals(actual)) {
      problems.add(what + ": expected " + right + ", got " + actual);
    }
  }

  private static List<String> column(List<List<String>> rows, int index) {
    return rows.stream().map(row -> row.get(index)).toList();
  }

  private List<List<String>> question(String title, Statement statement, String sql)
      throws SQLException {
    out.printf(Locale.ROOT, "%n-- %s%n%s;%n%n", title, sql);
    long started = System.nanoTime();
    List<List<String>> rows = new ArrayList<>();
    List<String> header = new ArrayList<>();
    try (ResultSet result = statement.executeQuery(sql)) {
      int columns = result.getMetaData().getColumnCount();
      for (int i = 1; i <= columns; i++) {
        header.add(result.getMetaData().getColumnLabel(i));
      }
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          row.add(String.valueOf(result.getString(i)));
        }
        rows.add(row);
      }
    }
    double millis = (System.nanoTime() - started) / 1e6;
    table(header, rows);
    out.printf(Locale.ROOT, "(%d rows, %.1f ms)%n", rows.size(), millis);
    return rows;
  }

  /// As psql prints tables.
  private void table(List<String> header, List<List<String>> rows) {
    int[] widths = new int[header.size()];
    for (int i = 0; i < widths.length; i++) {
      int column = i;
      widths[i] =
          Math.max(
              header.get(i).length(),
              rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0));
    }
    StringBuilder line = new StringBuilder();
    StringBuilder rule = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(i == 0 ? " " : " | ").append(pad(header.get(i), widths[i]));
      rule.append(i == 0 ? "-" : "-+-").append("-".repeat(widths[i]));
    }
    out.println(line.toString().stripTrailing());
    out.println(rule.append('-'));
    for (List<String> row : rows) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        text.append(i == 0 ? " " : " | ").append(pad(row.get(i), widths[i]));
      }
      out.println(text.toString().stripTrailing());
    }
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}
