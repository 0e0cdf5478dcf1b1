package quiver.benchmarks.driver;

import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import quiver.benchmarks.report.JsonLines;
import quiver.benchmarks.server.VectorParameter;
import quiver.jdbc.BulkWriter;
import quiver.jdbc.QuiverConnection;

/// `bin/quiver bench driver`: rows a second into one table by pgjdbc's batches, by our driver's,
/// and by a COPY written by hand, in turns on the same server; and what one small query costs on
/// both.
@Command(
    name = "driver",
    mixinStandardHelpOptions = true,
    description = "Our JDBC driver beside pgjdbc: batches, COPY by hand, one small query")
public final class DriverBenchmark implements Callable<Integer> {
  private static final String INSERT = "INSERT INTO bench_driver VALUES (?, ?, ?)";
  private static final String QUERY = "SELECT id, note, embedding FROM bench_driver WHERE id = ?";
  private static final double[] NONE = {};
  private static final int QUERY_COUNT = 3_000;

  /// Loaded before the clock runs.
  private static final int FIRST_ROWS = 100;

  private static final int COPY_CHUNK_SIZE_BYTES = 1 << 16;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--server", required = true, description = "a running server: HOST:PORT")
  private String server = "";

  @Option(names = "--rows", description = "rows of each run (${DEFAULT-VALUE})")
  private int rows = 20_000;

  @Option(names = "--dimension", description = "of the vectors (${DEFAULT-VALUE})")
  private int dimension = 128;

  @Option(names = "--batch", description = "rows of each executeBatch (${DEFAULT-VALUE})")
  private int batch = 10_000;

  @Option(names = "--rounds", description = "runs of each side; medians count (${DEFAULT-VALUE})")
  private int rounds = 9;

  @Option(names = "--sides", split = ",", description = "what to measure: ${COMPLETION-CANDIDATES}")
  private List<Side> sides = List.of(Side.values());

  private final PrintStream out;
  private float[][] vectors = new float[0][];

  /// @param out where the JSON lines go
  public DriverBenchmark(PrintStream out) {
    this.out = out;
  }

  /// What is compared.
  private enum Side {
    PGJDBC_BATCH("jdbc:postgresql:", ""),
    PGJDBC_REWRITTEN_BATCH("jdbc:postgresql:", "&reWriteBatchedInserts=true"),
    QUIVER_BATCH("jdbc:quiver:", ""),
    QUIVER_BULK_WRITER("jdbc:quiver:", ""),
    COPY_BY_HAND("jdbc:postgresql:", "");

    private final String scheme;
    private final String properties;

    Side(String scheme, String properties) {
      this.scheme = scheme;
      this.properties = properties;
    }

    boolean isOurs() {
      return scheme.equals("jdbc:quiver:");
    }
  }

  @Override
  public Integer call() throws SQLException {
    if (rows < 1 || dimension < 1 || batch < 1 || rounds < 1) {
      throw new ParameterException(spec.commandLine(), "all numbers are at least 1");
    }
    makeVectors();
    Map<Side, double[]> rates = new LinkedHashMap<>();
    for (Side side : sides) {
      rates.put(side, new double[rounds]);
    }
    // The first round is not counted: both compilers settle.
    SplittableRandom random = new SplittableRandom(2);
    for (int round = -1; round < rounds; round++) {
      // What a load leaves the server to do is felt by the next: nobody follows always the same.
      for (Side side : shuffled(random)) {
        double rate = load(side);
        if (round >= 0) {
          rates.getOrDefault(side, NONE)[round] = rate;
        }
      }
    }
    rates.forEach(this::report);
    for (Side ours : List.of(Side.QUIVER_BATCH, Side.QUIVER_BULK_WRITER)) {
      rates.forEach((side, measured) -> ratio(ours, rates.get(ours), side, measured));
    }
    queries();
    try (Connection connection = connect(Side.PGJDBC_BATCH);
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE bench_driver");
    }
    return 0;
  }

  private List<Side> shuffled(SplittableRandom random) {
    List<Side> order = new ArrayList<>(sides);
    Collections.shuffle(order, random);
    return order;
  }

  private void makeVectors() {
    SplittableRandom random = new SplittableRandom(1);
    vectors = new float[Math.min(rows, 1_000)][dimension];
    for (float[] vector : vectors) {
      for (int i = 0; i < dimension; i++) {
        vector[i] = (float) random.nextDouble();
      }
    }
  }

  private Connection connect(Side side) throws SQLException {
    Connection connection =
        DriverManager.getConnection(
            side.scheme + "//" + server + "/quiver?user=quiver" + side.properties);
    if (!side.isOurs()) {
      connection.unwrap(PGConnection.class).addDataType("vector", VectorParameter.class);
    }
    return connection;
  }

  private double load(Side side) throws SQLException {
    try (Connection connection = connect(side);
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS bench_driver");
      statement.execute(
          "CREATE TABLE bench_driver (id bigint PRIMARY KEY, note text, embedding vector("
              + dimension
              + "))");
      connection.setAutoCommit(false);
      // Statements of a new table are planned once, and not for every load of a program.
      load(side, connection, rows, FIRST_ROWS);
      long started = System.nanoTime();
      load(side, connection, 0, rows);
      return rows * 1e9 / (System.nanoTime() - started);
    }
  }

  private void load(Side side, Connection connection, int from, int count) throws SQLException {
    switch (side) {
      case COPY_BY_HAND -> {
        // A COPY for what the others give to one executeBatch.
        for (int done = 0; done < count; done += batch) {
          copy(connection, from + done, Math.min(batch, count - done));
        }
      }
      case QUIVER_BULK_WRITER -> write(connection, from, count);
      default -> insert(connection, side, from, count);
    }
    connection.commit();
  }

  private void insert(Connection connection, Side side, int from, int count) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      for (int i = from; i < from + count; i++) {
        float[] vector = vectors[i % vectors.length];
        insert.setLong(1, i);
        insert.setString(2, "note " + i);
        insert.setObject(3, side == Side.QUIVER_BATCH ? vector : new VectorParameter(vector));
        insert.addBatch();
        if ((i + 1 - from) % batch == 0) {
          insert.executeBatch();
        }
      }
      insert.executeBatch();
    }
  }

  private void write(Connection connection, int from, int count) throws SQLException {
    try (BulkWriter writer =
        connection.unwrap(QuiverConnection.class).bulkLoad("bench_driver").open()) {
      for (int i = from; i < from + count; i++) {
        writer.row((long) i, "note " + i, vectors[i % vectors.length]);
      }
      long written = writer.finish();
      if (written != count) {
        throw new IllegalStateException("the writer counts " + written + " rows, not " + count);
      }
    }
  }

  private void copy(Connection connection, int from, int count) throws SQLException {
    CopyIn copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn("COPY bench_driver FROM STDIN WITH (FORMAT binary)");
    ByteBuffer buffer = ByteBuffer.allocate(COPY_CHUNK_SIZE_BYTES + 200 + 4 * dimension);
    buffer.put(new byte[] {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0});
    buffer.putInt(0).putInt(0);
    for (int i = from; i < from + count; i++) {
      if (buffer.position() >= COPY_CHUNK_SIZE_BYTES) {
        copy.writeToCopy(buffer.array(), 0, buffer.position());
        buffer.clear();
      }
      byte[] note = ("note " + i).getBytes(StandardCharsets.UTF_8);
      buffer.putShort((short) 3).putInt(8).putLong(i).putInt(note.length).put(note);
      buffer.putInt(4 + 4 * dimension).putShort((short) dimension).putShort((short) 0);
      buffer.asFloatBuffer().put(vectors[i % vectors.length]);
      buffer.position(buffer.position() + 4 * dimension);
    }
    buffer.putShort((short) -1);
    copy.writeToCopy(buffer.array(), 0, buffer.position());
    copy.endCopy();
  }

  private void report(Side side, double[] rates) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("phase", "load");
    fields.put("side", side.name().toLowerCase(Locale.ROOT));
    fields.put("rows", rows);
    fields.put("dimension", dimension);
    fields.put("batch", batch);
    fields.put("rows_per_s", median(rates));
    fields.put("slowest", Arrays.stream(rates).min().orElseThrow());
    fields.put("fastest", Arrays.stream(rates).max().orElseThrow());
    out.println(JsonLines.format(fields));
  }

  private void ratio(Side our, double @Nullable [] ours, Side side, double[] theirs) {
    if (ours == null || side.isOurs()) {
      return;
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("phase", "ratio");
    fields.put("side", our.name().toLowerCase(Locale.ROOT));
    fields.put("to", side.name().toLowerCase(Locale.ROOT));
    fields.put("ratio", median(ours) / median(theirs));
    out.println(JsonLines.format(fields));
  }

  /// One row by its key, with its vector, over and over: what our classes add to pgjdbc's.
  private void queries() throws SQLException {
    Map<Side, double[]> micros = new LinkedHashMap<>();
    micros.put(Side.PGJDBC_BATCH, new double[rounds]);
    micros.put(Side.QUIVER_BATCH, new double[rounds]);
    try (Connection theirs = connect(Side.PGJDBC_BATCH);
        Connection ours = connect(Side.QUIVER_BATCH)) {
      for (int round = -1; round < rounds; round++) {
        for (Side side : micros.keySet()) {
          double median = query(side == Side.QUIVER_BATCH ? ours : theirs);
          if (round >= 0) {
            micros.getOrDefault(side, NONE)[round] = median;
          }
        }
      }
    }
    micros.forEach((side, medians) -> {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("phase", "query");
      fields.put("side", side == Side.QUIVER_BATCH ? "quiver" : "pgjdbc");
      fields.put("p50_us", median(medians));
      out.println(JsonLines.format(fields));
    });
  }

  private double query(Connection connection) throws SQLException {
    double[] nanos = new double[QUERY_COUNT];
    long length = 0;
    try (PreparedStatement query = connection.prepareStatement(QUERY)) {
      for (int i = 0; i < QUERY_COUNT; i++) {
        long started = System.nanoTime();
        query.setLong(1, i % rows);
        try (ResultSet row = query.executeQuery()) {
          while (row.next()) {
            length += row.getLong(1) + row.getString(2).length();
            length += row.getObject(3) == null ? 0 : 1;
          }
        }
        nanos[i] = System.nanoTime() - started;
      }
    }
    if (length == 0) {
      throw new IllegalStateException("the table is empty");
    }
    return median(nanos) / 1e3;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
