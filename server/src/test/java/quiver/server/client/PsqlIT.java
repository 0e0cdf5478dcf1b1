package quiver.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import quiver.server.process.ServerProcess;

/// psql, unmodified: its meta-commands, `\copy` in every format, error positions.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PsqlIT {
  @TempDir static Path folder;

  private List<ServerProcess> servers = new ArrayList<>();

  @BeforeAll
  void start() throws Exception {
    servers.add(ServerProcess.start(folder.resolve("data"), folder.resolve("log")));
    psql(
        "CREATE EXTENSION IF NOT EXISTS vector",
        "CREATE TABLE items (id bigint PRIMARY KEY, category text NOT NULL, price double precision"
            + " CHECK (price > 0), tags text[], added timestamptz DEFAULT now(), embedding"
            + " vector(3))",
        "INSERT INTO items (id, category, price, tags, embedding) VALUES (1, 'fruit', 2.5, '{a,b}',"
            + " '[1,2,3]'), (2, 'fruit', 12, NULL, '[1,2,4]'), (3, 'tool', 5, '{}', NULL)",
        "CREATE INDEX ON items USING hnsw (embedding vector_cosine_ops) WITH (m = 16,"
            + " ef_construction = 64)");
  }

  @AfterAll
  void stop() {
    servers.forEach(ServerProcess::close);
  }

  @Test
  void describesTables() throws Exception {
    assertThat(described("\\d items"))
        .contains("Table \"public.items\"")
        .contains("id|bigint||not null|")
        .contains("added|timestamp with time zone|||now()")
        .contains("embedding|vector(3)|||")
        .contains("\"items_pkey\" PRIMARY KEY, btree (id)")
        .contains(
            "\"items_embedding_idx\" hnsw (embedding vector_cosine_ops) WITH (m='16',"
                + " ef_construction='64')")
        .contains("\"items_price_check\" CHECK (price > 0::double precision)");
    assertThat(psql("\\d")).contains("public|items|table|quiver");
    assertThat(psql("\\dt")).contains("public|items|table|quiver");
    assertThat(psql("\\di")).contains("public|items_embedding_idx|index|quiver|items");
    assertThat(described("\\d+ items")).contains("Access method: heap");
  }

  @Test
  void listsEverythingElse() throws Exception {
    assertThat(psql("\\l")).contains("quiver|");
    assertThat(psql("\\dn")).contains("public|");
    assertThat(psql("\\du")).contains("quiver|Superuser");
    assertThat(psql("\\dx")).contains("vector|0.8");
    assertThat(psql("\\df l2_distance")).contains("l2_distance|double precision|vector, vector");
    assertThat(psql("\\dT vector")).contains("public|vector|");
    assertThat(psql("SELECT 1 AS one, 'x' AS two \\gdesc")).contains("one|integer", "two|text");
  }

  @Test
  void copiesInEveryFormat() throws Exception {
    for (String format : List.of("text", "csv", "binary")) {
      Path file = folder.resolve("items." + format);
      psql("\\copy items TO '" + file + "' WITH (FORMAT " + format + ")");
      psql(
          "CREATE TABLE copy_"
              + format
              + " (id bigint PRIMARY KEY, category text, price double precision, tags text[],"
              + " added timestamptz, embedding vector(3))",
          "\\copy copy_" + format + " FROM '" + file + "' WITH (FORMAT " + format + ")");
      assertThat(
              psql(
                  "SELECT * FROM copy_" + format + " EXCEPT SELECT * FROM items",
                  "SELECT count(*) FROM copy_" + format))
          .isEqualTo("3\n");
    }
  }

  @Test
  void badRowInALongCopyLeavesNothing() throws Exception {
    StringBuilder rows = new StringBuilder();
    for (int i = 1; i <= 60_000; i++) {
      rows.append(i).append('\t').append(i == 50_000 ? "[1,2]" : "[1,2,3]").append('\n');
    }
    Path file = Files.writeString(folder.resolve("bad.txt"), rows);
    psql("CREATE TABLE bad (id bigint PRIMARY KEY, embedding vector(3))");
    Outcome outcome = run("\\copy bad FROM '" + file + "'");
    assertThat(outcome.err())
        .contains("ERROR:  expected 3 dimensions, not 2")
        .contains("CONTEXT:  COPY bad, line 50000, column embedding: \"[1,2]\"");
    assertThat(psql("SELECT count(*) FROM bad")).isEqualTo("0\n");
  }

  @Test
  void errorsPointAtTheirPlace() throws Exception {
    assertThat(run("SELECT nothing FROM items").err())
        .contains(
            """
            ERROR:  column "nothing" does not exist
            LINE 1: SELECT nothing FROM items;
                           ^\
            """);
    assertThat(run("SELEC 1").err())
        .contains("ERROR:  syntax error at or near \"SELEC\"\nLINE 1: SELEC 1;\n        ^");
    assertThat(run("SELECT '[1,2,x]'::vector").err())
        .contains("ERROR:  invalid input syntax for type vector: \"[1,2,x]\"\nLINE 1:");
    assertThat(run("SELECT embedding <-> '[1,2]' FROM items").err())
        .contains("ERROR:  different vector dimensions 3 and 2");
    assertThat(run("INSERT INTO items (id, category) VALUES (1, 'x')").err())
        .contains(
            "ERROR:  duplicate key value violates unique constraint \"items_pkey\"\n"
                + "DETAIL:  Key (id)=(1) already exists.");
  }

  private record Outcome(int code, String out, String err) {}

  /// Runs each text as a line of input and expects no error; rows only.
  private String psql(String... texts) throws IOException, InterruptedException {
    return expectSuccess(run(texts), texts);
  }

  /// As [#psql], with titles and footers.
  private String described(String... texts) throws IOException, InterruptedException {
    return expectSuccess(run(false, texts), texts);
  }

  private static String expectSuccess(Outcome outcome, String... texts) {
    assertThat(outcome.err())
        .as(String.join("; ", texts))
        .doesNotContain("ERROR")
        .doesNotContain("FATAL");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return outcome.out();
  }

  private Outcome run(String... texts) throws IOException, InterruptedException {
    return run(true, texts);
  }

  private Outcome run(boolean tuplesOnly, String... texts)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "psql",
                "-X",
                "-A",
                "-q",
                "-v",
                "ON_ERROR_STOP=1",
                "-h",
                "127.0.0.1",
                "-p",
                Integer.toString(servers.getFirst().port()),
                "-U",
                "quiver",
                "quiver"));
    if (tuplesOnly) {
      command.add("-t");
    }
    Path in = Files.createTempFile(folder, "in", "");
    Files.writeString(in, String.join("\n", terminated(texts)) + "\n");
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    Process process =
        new ProcessBuilder(command)
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Outcome(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  /// Statements end with a semicolon, meta-commands with their line.
  private static List<String> terminated(String... texts) {
    return Arrays.stream(texts).map(text -> text.contains("\\") ? text : text + ";").toList();
  }
}
