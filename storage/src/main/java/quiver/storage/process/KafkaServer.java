package quiver.storage.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.Uuid;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.log.kafka.KafkaLogBroker;

/// A Kafka broker that is its own controller (KRaft). It keeps its ports, so that it can be killed
/// and started again.
public final class KafkaServer implements AutoCloseable {
  private static final int HEAP_MEGABYTES = 256;
  private static final int FORMAT_HEAP_MEGABYTES = 64;

  private final Path libraries;
  private final Path dataDirectory;
  private final Path log;
  private final int port;
  private final Path configuration;
  private final ChildProcess.Session session;
  private ChildProcess process;

  /// Starts a broker and returns when it accepts connections.
  ///
  /// @param libraries the folder with the broker's jars
  public KafkaServer(Path libraries, Path dataDirectory, Path log, int port) {
    this(libraries, dataDirectory, log, port, ChildProcess.Session.SHARED, List.of());
  }

  /// As the other constructor, with a choice of session and further lines of its configuration.
  public KafkaServer(
      Path libraries,
      Path dataDirectory,
      Path log,
      int port,
      ChildProcess.Session session,
      List<String> settings) {
    this.session = session;
    this.libraries = libraries;
    this.dataDirectory = dataDirectory;
    this.log = log;
    this.port = port;
    this.configuration = dataDirectory.resolveSibling(dataDirectory.getFileName() + ".properties");
    format(settings);
    this.process = launch();
  }

  private void format(List<String> settings) {
    int controllerPort = FreePorts.next();
    String text =
        String.format(
                Locale.ROOT,
                """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
                controller.listener.names=CONTROLLER
                log.dirs=%3$s
                num.partitions=1
                num.io.threads=2
                num.network.threads=2
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=1
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                auto.create.topics.enable=false
                log.retention.ms=-1
                log.retention.bytes=-1
                log.cleaner.dedupe.buffer.size=2097152
                message.max.bytes=%4$d
                replica.fetch.max.bytes=%4$d
                controlled.shutdown.enable=false
                """,
                port,
                controllerPort,
                dataDirectory.toAbsolutePath(),
                KafkaLogBroker.MESSAGE_SIZE_BYTES_MAX)
            + String.join("\n", settings);
    try {
      Files.createDirectories(dataDirectory);
      Files.writeString(configuration, text);
    } catch (IOException e) {
      throw new QuiverException(SqlState.IO_ERROR, "could not write %s", configuration)
          .withCause(e);
    }
    if (Files.exists(dataDirectory.resolve("meta.properties"))) {
      return;
    }
    List<String> command =
        new ArrayList<>(
            JavaProgram.command(
                libraries, FORMAT_HEAP_MEGABYTES, List.of(), "kafka.tools.StorageTool"));
    // Eligible leader replicas (KIP-966) mistrust the data of a broker that was killed: the only
    // copy there is would stay without a leader for ever.
    command.addAll(
        List.of(
            "format",
            "-t",
            Uuid.randomUuid().toString(),
            "-c",
            configuration.toString(),
            "--feature",
            "eligible.leader.replicas.version=0"));
    try (ChildProcess formatting =
        ChildProcess.start("Kafka's storage tool", command, log, session)) {
      formatting.awaitEnd();
    }
  }

  private ChildProcess launch() {
    List<String> command =
        new ArrayList<>(
            JavaProgram.command(
                libraries,
                HEAP_MEGABYTES,
                List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"),
                "kafka.Kafka"));
    command.add(configuration.toString());
    ChildProcess started = ChildProcess.start("Kafka", command, log, session);
    started.awaitStart(() -> FreePorts.isOpen(port));
    return started;
  }

  /// Where clients connect: `host:port`.
  public String bootstrap() {
    return "127.0.0.1:" + port;
  }

  /// The running process.
  public ChildProcess process() {
    return process;
  }

  /// Starts it again on the same data after it was killed.
  public void restart() {
    process.close();
    process = launch();
  }

  @Override
  public void close() {
    process.close();
  }
}
