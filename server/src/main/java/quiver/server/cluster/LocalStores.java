package quiver.server.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.process.ChildProcess;
import quiver.storage.process.EtcdServer;
import quiver.storage.process.FreePorts;
import quiver.storage.process.KafkaServer;
import quiver.storage.process.S3Server;

/// The stores of a local cluster, and how its nodes are told of them.
final class LocalStores {
  private static final String ACCESS_KEY = "quiver";
  private static final int SECRET_BYTES = 24;

  private final List<Member> members = new ArrayList<>();
  private final List<String> settings = new ArrayList<>();

  /// @param libraries folder with `kafka-server/target/lib` and `s3-server/target/lib`
  LocalStores(ClusterPlan plan, Path libraries) {
    Path directory = plan.directory();
    int etcd = FreePorts.next();
    members.add(
        new StoreMember<>(
            "etcd",
            "127.0.0.1:" + etcd,
            () ->
                new EtcdServer(
                    directory.resolve("etcd"),
                    log(plan, "etcd"),
                    etcd,
                    true,
                    ChildProcess.Session.OWN,
                    Optional.empty()),
            EtcdServer::restart,
            EtcdServer::process));
    int kafka = FreePorts.next();
    members.add(
        new StoreMember<>(
            "kafka",
            "127.0.0.1:" + kafka,
            () ->
                new KafkaServer(
                    libraries.resolve(Path.of("kafka-server", "target", "lib")),
                    directory.resolve("kafka"),
                    log(plan, "kafka"),
                    kafka,
                    ChildProcess.Session.OWN,
                    List.of()),
            KafkaServer::restart,
            KafkaServer::process));
    settings.add("metadata = etcd://127.0.0.1:" + etcd + "/quiver");
    settings.add("log = kafka://127.0.0.1:" + kafka + "/quiver");
    settings.add("log-replication = 1");
    settings.add("log-in-sync = 1");
    Optional<ClusterPlan.ObjectsAddress> given = plan.objects();
    if (given.isPresent()) {
      settings.add("objects = " + given.get().url());
      settings.add("objects-access-key = " + given.get().accessKey());
      settings.add("objects-secret-key-file = " + given.get().secretKeyFile());
    } else {
      addObjects(plan, libraries);
    }
  }

  private void addObjects(ClusterPlan plan, Path libraries) {
    int port = FreePorts.next();
    Path secretFile = plan.directory().resolve("objects-secret-key");
    String secret = secret(secretFile);
    members.add(
        new StoreMember<>(
            "s3",
            "127.0.0.1:" + port,
            () ->
                new S3Server(
                    libraries.resolve(Path.of("s3-server", "target", "lib")),
                    plan.directory().resolve("s3"),
                    log(plan, "s3"),
                    port,
                    ACCESS_KEY,
                    secret,
                    ChildProcess.Session.OWN),
            S3Server::restart,
            S3Server::process));
    settings.add("objects = s3://127.0.0.1:" + port + "/quiver");
    settings.add("objects-access-key = " + ACCESS_KEY);
    settings.add("objects-secret-key-file = " + secretFile);
  }

  private static Path log(ClusterPlan plan, String name) {
    return plan.logs().resolve(name + ".log");
  }

  private static String secret(Path file) {
    try {
      if (!Files.exists(file)) {
        byte[] bytes = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(bytes);
        PrivateFiles.write(file, HexFormat.of().formatHex(bytes));
      }
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new QuiverException(SqlState.IO_ERROR, "could not read %s", file).withCause(e);
    }
  }

  List<Member> members() {
    return members;
  }

  /// Lines of a node's configuration.
  List<String> settings() {
    return settings;
  }
}
