package quiver.server.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import quiver.server.QuiverServer;
import quiver.server.config.ConfigKey;
import quiver.server.config.ConfigReader;
import quiver.storage.process.ChildProcess;
import quiver.storage.process.EtcdServer;
import quiver.storage.process.FreePorts;
import quiver.storage.process.KafkaServer;
import quiver.storage.process.S3Server;

/// Nodes of a cluster in this JVM, which talk to each other over gRPC, on real etcd, Kafka and S3.
/// Used by one thread.
public final class TestCluster implements AutoCloseable {
  private static final Path LIBRARIES = Path.of("..", "storage");
  private static final String ACCESS_KEY = "test";
  private static final String SECRET_KEY = "test-secret";

  private final Deque<Runnable> stores = new ArrayDeque<>();
  private final Map<String, QuiverServer> running = new HashMap<>();
  private final Map<String, Supplier<QuiverServer>> starters = new HashMap<>();
  private final Path folder;
  private final EtcdServer etcd;
  private final KafkaServer kafka;
  private final S3Server s3;
  private final Path secret;
  private final int channelCount;
  private final Security security;

  /// How everybody shows who he is.
  ///
  /// @param settings of each node
  /// @param etcd how etcd is encrypted
  /// @param kafka lines of the broker's configuration
  record Security(
      Map<ConfigKey, String> settings, Optional<EtcdServer.Encryption> etcd, List<String> kafka) {
    static final Security NONE = new Security(Map.of(), Optional.empty(), List.of());
  }

  /// Starts the stores.
  ///
  /// @param channelCount log channels
  public TestCluster(Path folder, int channelCount) throws IOException {
    this(folder, channelCount, Security.NONE);
  }

  TestCluster(Path folder, int channelCount, Security security) throws IOException {
    this.security = security;
    this.channelCount = channelCount;
    this.folder = folder;
    this.secret = Files.writeString(folder.resolve("secret"), SECRET_KEY + "\n");
    etcd =
        new EtcdServer(
            folder.resolve("etcd"),
            folder.resolve("etcd.log"),
            port(),
            false,
            ChildProcess.Session.SHARED,
            security.etcd());
    stores.push(etcd::close);
    kafka =
        new KafkaServer(
            LIBRARIES.resolve(Path.of("kafka-server", "target", "lib")),
            folder.resolve("kafka"),
            folder.resolve("kafka.log"),
            port(),
            ChildProcess.Session.SHARED,
            security.kafka());
    stores.push(kafka::close);
    s3 =
        new S3Server(
            LIBRARIES.resolve(Path.of("s3-server", "target", "lib")),
            Files.createDirectories(folder.resolve("s3")),
            folder.resolve("s3.log"),
            port(),
            ACCESS_KEY,
            SECRET_KEY);
    stores.push(s3::close);
  }

  /// Two data nodes, two query nodes, and what else there has to be; the front end is `front-1`.
  public static TestCluster startSmall(Path folder, int channelCount) {
    try {
      TestCluster cluster = new TestCluster(Files.createDirectories(folder), channelCount);
      cluster.start("coordinators", "root-coordinator,data-coordinator,query-coordinator");
      cluster.start("data-1", "data-node,index-node");
      cluster.start("data-2", "data-node,index-node");
      cluster.start("query-1", "query-node");
      cluster.start("query-2", "query-node");
      cluster.start("front-1", "front-end");
      return cluster;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int port() {
    return FreePorts.next();
  }

  /// Starts a node for the first time.
  public void start(String name, String roles) {
    start(name, roles, Map.of());
  }

  /// As the other one, with settings that win over those of all.
  void start(String name, String roles, Map<ConfigKey, String> further) {
    String rpcAddress = "127.0.0.1:" + port();
    starters.put(
        name,
        () -> {
          ConfigReader reader = new ConfigReader();
          Map<ConfigKey, String> settings =
              Map.ofEntries(
                  Map.entry(ConfigKey.ROLES, roles),
                  Map.entry(ConfigKey.NODE_NAME, name),
                  Map.entry(ConfigKey.RPC_ADDRESS, rpcAddress),
                  Map.entry(ConfigKey.DATA_DIR, folder.resolve(name).toString()),
                  Map.entry(ConfigKey.PORT, "0"),
                  Map.entry(ConfigKey.CHANNELS, Integer.toString(channelCount)),
                  Map.entry(
                      ConfigKey.METADATA, etcd.url().toString().replaceFirst("^http", "etcd")),
                  Map.entry(ConfigKey.LOG, "kafka://" + kafka.bootstrap()),
                  Map.entry(ConfigKey.LOG_REPLICATION, "1"),
                  Map.entry(ConfigKey.LOG_IN_SYNC, "1"),
                  Map.entry(ConfigKey.OBJECTS, "s3://127.0.0.1:" + s3.url().getPort() + "/quiver"),
                  Map.entry(ConfigKey.OBJECTS_ACCESS_KEY, ACCESS_KEY),
                  Map.entry(ConfigKey.OBJECTS_SECRET_KEY_FILE, secret.toString()));
          settings.forEach((key, value) -> reader.set(key, value, "test"));
          security.settings().forEach((key, value) -> reader.set(key, value, "test"));
          further.forEach((key, value) -> reader.set(key, value, "test"));
          return QuiverServer.start(reader.read());
        });
    restart(name);
  }

  /// Stops a node if it runs, and starts it again under its name.
  void restart(String name) {
    stop(name);
    running.put(name, Objects.requireNonNull(starters.get(name)).get());
  }

  void stop(String name) {
    QuiverServer before = running.remove(name);
    if (before != null) {
      before.close();
    }
  }

  /// A session with a front end.
  Connection connect(String frontEnd) throws SQLException {
    return DriverManager.getConnection(url(frontEnd) + "&socketTimeout=60");
  }

  /// For drivers.
  public String url(String frontEnd) {
    return "jdbc:postgresql://127.0.0.1:" + port(frontEnd) + "/quiver?user=quiver";
  }

  /// The SQL port of a front end.
  public int port(String frontEnd) {
    return Objects.requireNonNull(running.get(frontEnd)).port().orElseThrow();
  }

  @Override
  public void close() {
    for (String name : running.keySet().toArray(new String[0])) {
      stop(name);
    }
    while (!stores.isEmpty()) {
      stores.pop().run();
    }
  }
}
