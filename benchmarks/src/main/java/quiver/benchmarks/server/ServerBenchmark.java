package quiver.benchmarks.server;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import quiver.benchmarks.report.JsonLines;
import quiver.benchmarks.vector.InProcessRate;

/// `bench server`: loads WordNet x MiniLM by COPY, builds the index and measures recall and speed
/// over the wire. One JSON object a line; progress goes to standard error. Takes any PostgreSQL
/// URL, so that pgvector is measured by the same program.
@Command(
    name = "server",
    description = "Load, index and query over the wire; works against any PostgreSQL with pgvector")
public final class ServerBenchmark implements java.util.concurrent.Callable<Integer> {
  private static final int ROWS_PER_CHUNK = 256;
  private static final int NEIGHBOURS = 10;
  private static final int THROUGHPUT_EFFORT = 100;
  private static final int QUIET_SECONDS_MAX = 30;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--url",
      required = true,
      description = "for example jdbc:postgresql://127.0.0.1:5433/quiver?user=quiver")
  private String url = "";

  @Option(names = "--data", required = true, description = "directory of the data set")
  private Path data = Path.of("");

  @Option(names = "--copy", description = "binary, text or both (default)")
  private String copy = "both";

  @Option(
      names = "--rows",
      description = "load only the first ROWS rows (recall is then not measured)")
  private int rowLimit = Integer.MAX_VALUE;

  @Option(names = "--m", description = "hnsw m")
  private int m = 16;

  @Option(names = "--ef-construction", description = "hnsw ef_construction")
  private int efConstruction = 64;

  @Option(names = "--ef", split = ",", description = "values of hnsw.ef_search to measure")
  private List<Integer> efSearch = List.of(40, 100, 200);

  @Option(names = "--connections", split = ",", description = "numbers of concurrent connections")
  private List<Integer> connections = List.of(1, 2, 8);

  @Option(names = "--seconds", description = "length of each throughput run")
  private int seconds = 5;

  @Option(names = "--pid", description = "process whose resident memory is reported")
  private long pid;

  @Option(names = "--json", description = "also write the JSON lines to this file")
  private Path json = Path.of("");

  @Option(names = "--keep", description = "use the table and index that are already there")
  private boolean keep;

  @Option(names = "--streaming", description = "also measure while rows are inserted and deleted")
  private boolean streaming;

  @Option(
      names = "--streaming-seconds",
      description = "length of the streaming run (${DEFAULT-VALUE})")
  private int streamingSeconds = 600;

  @Option(
      names = "--inserts",
      description = "rows inserted a second while streaming (${DEFAULT-VALUE})")
  private int insertsPerSecond = 2_000;

  @Option(
      names = "--deletes",
      description = "rows deleted a second while streaming (${DEFAULT-VALUE})")
  private int deletesPerSecond = 200;

  @Option(
      names = "--in-process",
      description = "also measure one thread without a server, and compare throughput with it")
  private boolean inProcess;

  @Option(names = "--work", description = "folder for decoded data (${DEFAULT-VALUE})")
  private Path work = Path.of(System.getProperty("java.io.tmpdir"), "quiver-bench");

  private double inProcessRate;

  private final PrintStream out;
  private final StringBuilder report = new StringBuilder();

  /// @param out where the JSON lines go
  public ServerBenchmark(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() throws Exception {
    if (seconds < 1 || streamingSeconds < 1 || insertsPerSecond < 10 || deletesPerSecond < 10) {
      throw new ParameterException(
          spec.commandLine(), "times are at least 1 second, --inserts and --deletes at least 10");
    }
    WordNetData set = WordNetData.read(data);
    int rowCount = Math.min(rowLimit, set.rows().size());
    try (Connection connection = connect()) {
      if (!keep) {
        load(connection, set, rowCount);
        index(connection);
      }
      boolean whole = rowCount == set.rows().size();
      for (Filter filter : Filter.values()) {
        int[] truth = set.truth(filter.truthFile);
        for (int ef : efSearch) {
          latency(connection, set, filter, ef, whole ? truth : new int[0]);
        }
      }
    }
    if (inProcess) {
      progress("measuring one thread without a server");
      inProcessRate = InProcessRate.measure(data, work, THROUGHPUT_EFFORT);
      emit("{\"phase\": \"in_process\", \"param\": \"ef=100\", \"qps\": %.0f}", inProcessRate);
    }
    for (Filter filter : Filter.values()) {
      for (int count : connections) {
        throughput(set, filter, THROUGHPUT_EFFORT, count);
      }
    }
    if (streaming) {
      stream(set, rowCount);
    }
    if (!json.toString().isEmpty()) {
      Files.writeString(json, report);
    }
    return 0;
  }

  /// The three query shapes, with the file of their exact answers.
  private enum Filter {
    NONE("", "gt.i32"),
    ANIMAL("category = 'noun.animal'", "gt-noun.animal.i32"),
    VERB("pos = 'v'", "gt-pos-v.i32");

    private final String condition;
    private final String truthFile;

    Filter(String condition, String truthFile) {
      this.condition = condition;
      this.truthFile = truthFile;
    }

    String sql() {
      return "SELECT id, embedding <=> ? AS distance FROM bench_words "
          + (condition.isEmpty() ? "" : "WHERE " + condition + " ")
          + "ORDER BY distance LIMIT "
          + NEIGHBOURS;
    }
  }

  private Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection(url);
    connection.unwrap(PGConnection.class).addDataType("vector", VectorParameter.class);
    return connection;
  }

  private void load(Connection connection, WordNetData set, int rowCount)
      throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE EXTENSION IF NOT EXISTS vector");
      List<String> formats = copy.equals("both") ? List.of("text", "binary") : List.of(copy);
      for (String format : formats) {
        statement.execute("DROP TABLE IF EXISTS bench_words");
        statement.execute(
            "CREATE TABLE bench_words (id bigint PRIMARY KEY, synset text, pos text, category text,"
                + " lemmas text, gloss text, embedding vector(384))");
        progress("loading %d rows by COPY (%s)", rowCount, format);
        List<byte[]> chunks = format.equals("binary") ? binary(set, rowCount) : text(set, rowCount);
        long started = System.nanoTime();
        CopyIn in =
            connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("COPY bench_words FROM STDIN WITH (FORMAT " + format + ")");
        for (byte[] chunk : chunks) {
          in.writeToCopy(chunk, 0, chunk.length);
        }
        long loaded = in.endCopy();
        double wall = secondsSince(started);
        emit(
            "{\"phase\": \"load\", \"format\": \"%s\", \"rows\": %d, \"wall_s\": %.3f,"
                + " \"rows_per_s\": %.0f%s}",
            format, loaded, wall, loaded / wall, memory());
      }
    }
  }

  private void index(Connection connection) throws SQLException {
    progress("building the index");
    long started = System.nanoTime();
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE INDEX bench_words_embedding_idx ON bench_words USING hnsw (embedding"
              + " vector_cosine_ops) WITH (m = "
              + m
              + ", ef_construction = "
              + efConstruction
              + ")");
    }
    emit(
        "{\"phase\": \"build\", \"m\": %d, \"ef_construction\": %d, \"build_wall_s\": %.2f%s}",
        m, efConstruction, secondsSince(started), memory());
  }

  private void latency(Connection connection, WordNetData set, Filter filter, int ef, int[] truth)
      throws SQLException {
    progress("measuring latency, ef_search %d, filter \"%s\"", ef, filter.condition);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET hnsw.ef_search = " + ef);
    }
    List<float[]> queries = set.queries();
    long[] nanos = new long[queries.size()];
    double recall = 0;
    try (PreparedStatement statement = connection.prepareStatement(filter.sql())) {
      // The first pass settles the server's compiler and the driver's switch to a prepared
      // statement.
      for (int pass = 0; pass < 3; pass++) {
        recall = 0;
        for (int i = 0; i < queries.size(); i++) {
          statement.setObject(1, new VectorParameter(queries.get(i)));
          long started = System.nanoTime();
          int found = 0;
          try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
              long id = rows.getLong(1);
              for (int j = 0; j < NEIGHBOURS && truth.length > 0; j++) {
                if (truth[i * WordNetData.TRUTH_DEPTH + j] == id) {
                  found++;
                }
              }
            }
          }
          nanos[i] = System.nanoTime() - started;
          recall += found / (double) NEIGHBOURS;
        }
      }
    }
    Arrays.sort(nanos);
    emit(
        "{\"phase\": \"search\", \"filter\": \"%s\", \"param\": \"ef=%d\", \"connections\": 1,"
            + " \"recall\": %s, \"qps\": %.0f, \"p50_us\": %.0f, \"p99_us\": %.0f%s}",
        filter.condition,
        ef,
        truth.length == 0 ? "null" : String.format(Locale.ROOT, "%.4f", recall / queries.size()),
        1e9 * nanos.length / Arrays.stream(nanos).sum(),
        nanos[nanos.length / 2] / 1e3,
        nanos[nanos.length * 99 / 100] / 1e3,
        memory());
  }

  private void throughput(WordNetData set, Filter filter, int ef, int count)
      throws SQLException, InterruptedException {
    progress("measuring throughput, %d connections, filter \"%s\"", count, filter.condition);
    List<Connection> opened = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        Connection connection = connect();
        opened.add(connection);
        try (Statement statement = connection.createStatement()) {
          statement.execute("SET hnsw.ef_search = " + ef);
        }
      }
      AtomicLong answered = new AtomicLong();
      AtomicLong failed = new AtomicLong();
      CountDownLatch done = new CountDownLatch(count);
      long started = System.nanoTime();
      long end = started + seconds * 1_000_000_000L;
      for (int i = 0; i < count; i++) {
        int offset = i * 97;
        Connection connection = opened.get(i);
        Thread.ofPlatform()
            .name("bench-connection-" + i)
            .start(() -> {
              try (PreparedStatement statement = connection.prepareStatement(filter.sql())) {
                for (int q = offset; System.nanoTime() < end; q++) {
                  statement.setObject(
                      1, new VectorParameter(set.queries().get(q % set.queries().size())));
                  try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                      rows.getLong(1);
                    }
                  }
                  answered.incrementAndGet();
                }
              } catch (SQLException e) {
                failed.incrementAndGet();
                progress("a connection failed: %s", e);
              } finally {
                done.countDown();
              }
            });
      }
      done.await();
      emit(
          "{\"phase\": \"throughput\", \"filter\": \"%s\", \"param\": \"ef=%d\", \"connections\":"
              + " %d, \"qps\": %.0f, \"failed\": %d%s%s}",
          filter.condition,
          ef,
          count,
          answered.get() / secondsSince(started),
          failed.get(),
          share(filter, answered.get() / secondsSince(started)),
          memory());
    } finally {
      for (Connection connection : opened) {
        connection.close();
      }
    }
  }

  /// The part of what one thread for each processor would reach without a server.
  private String share(Filter filter, double rate) {
    return inProcessRate == 0 || filter != Filter.NONE
        ? ""
        : String.format(
            Locale.ROOT,
            ", \"of_in_process\": %.3f",
            rate / inProcessRate / Runtime.getRuntime().availableProcessors());
  }

  private void stream(WordNetData set, int rowCount) throws SQLException {
    int ef = efSearch.getFirst();
    int quietSeconds = Math.min(QUIET_SECONDS_MAX, streamingSeconds);
    try (Connection connection = connect()) {
      StreamingBenchmark queries = new StreamingBenchmark(connection, set, ef);
      progress("measuring the quiet index for %d s", quietSeconds);
      streamed("quiet", ef, queries.run(quietSeconds), 0, 0);
      progress("measuring for %d s while rows come and go", streamingSeconds);
      try (StreamingLoad load =
          new StreamingLoad(connect(), set, rowCount, insertsPerSecond, deletesPerSecond)) {
        Map<String, Object> figures = queries.run(streamingSeconds);
        load.check();
        streamed("streaming", ef, figures, load.insertedPerSecond(), load.deletedPerSecond());
      }
      streamed("after", ef, queries.run(quietSeconds), 0, 0);
    }
  }

  private void streamed(
      String state, int ef, Map<String, Object> figures, double inserted, double deleted) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("phase", "streaming");
    fields.put("state", state);
    fields.put("param", "ef=" + ef);
    fields.put("inserted_per_s", inserted);
    fields.put("deleted_per_s", deleted);
    fields.putAll(figures);
    String line = JsonLines.format(fields);
    report.append(line).append('\n');
    out.println(line);
  }

  private static List<byte[]> text(WordNetData set, int rowCount) {
    List<byte[]> chunks = new ArrayList<>();
    StringBuilder chunk = new StringBuilder();
    for (int row = 0; row < rowCount; row++) {
      String[] fields = set.rows().get(row);
      chunk.append(row);
      for (int i = 1; i < 6; i++) {
        chunk.append('\t').append(fields[i].replace("\\", "\\\\"));
      }
      chunk.append('\t').append(VectorParameter.text(set.vector(row))).append('\n');
      if ((row + 1) % ROWS_PER_CHUNK == 0 || row + 1 == rowCount) {
        chunks.add(chunk.toString().getBytes(StandardCharsets.UTF_8));
        chunk.setLength(0);
      }
    }
    return chunks;
  }

  private static List<byte[]> binary(WordNetData set, int rowCount) throws IOException {
    List<byte[]> chunks = new ArrayList<>();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream stream = new DataOutputStream(bytes);
    stream.write(new byte[] {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0});
    stream.writeInt(0);
    stream.writeInt(0);
    for (int row = 0; row < rowCount; row++) {
      stream.writeShort(7);
      stream.writeInt(8);
      stream.writeLong(row);
      for (int i = 1; i < 6; i++) {
        byte[] field = set.rows().get(row)[i].getBytes(StandardCharsets.UTF_8);
        stream.writeInt(field.length);
        stream.write(field);
      }
      VectorParameter vector = new VectorParameter(set.vector(row));
      byte[] field = new byte[vector.lengthInBytes()];
      vector.toBytes(field, 0);
      stream.writeInt(field.length);
      stream.write(field);
      if (row + 1 == rowCount) {
        stream.writeShort(-1);
      }
      if ((row + 1) % ROWS_PER_CHUNK == 0 || row + 1 == rowCount) {
        chunks.add(bytes.toByteArray());
        bytes.reset();
      }
    }
    return chunks;
  }

  private String memory() {
    if (pid == 0) {
      return "";
    }
    try {
      long pages =
          Long.parseLong(Files.readString(Path.of("/proc/" + pid + "/statm")).split(" ", -1)[1]);
      return String.format(Locale.ROOT, ", \"resident_mib\": %d", (pages * 4096) >> 20);
    } catch (IOException e) {
      return "";
    }
  }

  private static double secondsSince(long startedNanos) {
    return (System.nanoTime() - startedNanos) / 1e9;
  }

  @com.google.errorprone.annotations.FormatMethod
  private void emit(String format, Object... args) {
    String line = String.format(Locale.ROOT, format, args);
    report.append(line).append('\n');
    out.println(line);
  }

  @com.google.errorprone.annotations.FormatMethod
  private static void progress(String format, Object... args) {
    ProgressLog.LOG.info(String.format(Locale.ROOT, format, args));
  }
}
