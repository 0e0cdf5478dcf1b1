package quiver.storage.process;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// A one-member etcd. It keeps its ports, so that it can be killed and started again.
public final class EtcdServer implements AutoCloseable {
  private static final int HEALTH_MILLIS = 1_000;

  private final Path dataDirectory;
  private final Path log;
  private final int clientPort;
  private final int peerPort;
  private final boolean isDurable;
  private final ChildProcess.Session session;
  private final Optional<Encryption> encryption;
  private ChildProcess process;

  /// Clients speak TLS and show a certificate. PEM files.
  ///
  /// @param authority who signs the clients' certificates
  public record Encryption(Path certificate, Path key, Path authority) {}

  /// Starts etcd and returns when it answers.
  ///
  /// @param isDurable whether it forces its log to disk; without, it starts and writes faster and
  ///   loses writes when the machine fails
  public EtcdServer(Path dataDirectory, Path log, int clientPort, boolean isDurable) {
    this(dataDirectory, log, clientPort, isDurable, ChildProcess.Session.SHARED, Optional.empty());
  }

  /// As the other constructor, with a choice of session and of encryption.
  public EtcdServer(
      Path dataDirectory,
      Path log,
      int clientPort,
      boolean isDurable,
      ChildProcess.Session session,
      Optional<Encryption> encryption) {
    this.encryption = encryption;
    this.session = session;
    this.dataDirectory = dataDirectory;
    this.log = log;
    this.clientPort = clientPort;
    this.peerPort = FreePorts.next();
    this.isDurable = isDurable;
    this.process = launch();
  }

  /// Where etcd is installed, if it is.
  public static Optional<Path> executable() {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/bin:/usr/local/bin";
    return Arrays.stream(path.split(":", -1))
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, "etcd"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private ChildProcess launch() {
    Path executable =
        executable()
            .orElseThrow(() ->
                new QuiverException(SqlState.UNDEFINED_FILE, "etcd is not installed")
                    .withHint("Install the package etcd-server."));
    String peers = "http://127.0.0.1:" + peerPort;
    List<String> command =
        new ArrayList<>(
            List.of(
                executable.toString(),
                "--data-dir",
                dataDirectory.toString(),
                "--listen-client-urls",
                url().toString(),
                "--advertise-client-urls",
                url().toString(),
                "--listen-peer-urls",
                peers,
                "--initial-advertise-peer-urls",
                peers,
                "--initial-cluster",
                "default=" + peers,
                "--log-level",
                "warn",
                "--logger",
                "zap"));
    if (!isDurable) {
      command.add("--unsafe-no-fsync");
    }
    encryption.ifPresent(files ->
        command.addAll(
            List.of(
                "--cert-file",
                files.certificate.toString(),
                "--key-file",
                files.key.toString(),
                "--trusted-ca-file",
                files.authority.toString(),
                "--client-cert-auth")));
    ChildProcess started = ChildProcess.start("etcd", command, log, session);
    started.awaitStart(this::isHealthy);
    return started;
  }

  private boolean isHealthy() {
    if (encryption.isPresent()) {
      return FreePorts.isOpen(clientPort);
    }
    try {
      HttpURLConnection connection =
          (HttpURLConnection) url().resolve("/health").toURL().openConnection();
      connection.setConnectTimeout(HEALTH_MILLIS);
      connection.setReadTimeout(HEALTH_MILLIS);
      return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
          .contains("\"true\"");
    } catch (IOException e) {
      return false;
    }
  }

  /// Where clients connect.
  public URI url() {
    return URI.create((encryption.isPresent() ? "https" : "http") + "://127.0.0.1:" + clientPort);
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
