package quiver.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import quiver.server.client.Certificates;
import quiver.server.config.ConfigKey;
import quiver.storage.process.EtcdServer;

/// A cluster whose processes show one another certificates, whose etcd asks for a certificate and
/// whose Kafka speaks TLS and asks for a password.
class SecureClusterIT {
  @TempDir private static Path folder;

  private static Path file(String name, String... lines) throws IOException {
    return Files.write(folder.resolve(name), List.of(lines));
  }

  private static TestCluster.Security security(Certificates.Files own) throws Exception {
    Path store =
        file("kafka.pem", Files.readString(own.certificate()), Files.readString(own.key()));
    String login = "org.apache.kafka.common.security.plain.PlainLoginModule required";
    Path kafka =
        file(
            "kafka-clients.properties",
            "security.protocol=SASL_SSL",
            "sasl.mechanism=PLAIN",
            "sasl.jaas.config=" + login + " username=\"quiver\" password=\"a secret\";",
            "ssl.truststore.type=PEM",
            "ssl.truststore.location=" + own.certificate());
    Map<ConfigKey, String> settings = new HashMap<>();
    settings.put(ConfigKey.RPC_TLS_CERTIFICATE, own.certificate().toString());
    settings.put(ConfigKey.RPC_TLS_KEY, own.key().toString());
    settings.put(ConfigKey.RPC_TLS_AUTHORITY, own.certificate().toString());
    settings.put(ConfigKey.METADATA_AUTHORITY, own.certificate().toString());
    settings.put(ConfigKey.METADATA_CERTIFICATE, own.certificate().toString());
    settings.put(ConfigKey.METADATA_KEY, own.key().toString());
    settings.put(ConfigKey.LOG_SECURITY_FILE, kafka.toString());
    return new TestCluster.Security(
        settings,
        Optional.of(new EtcdServer.Encryption(own.certificate(), own.key(), own.certificate())),
        List.of(
            "listener.security.protocol.map=PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name=PLAINTEXT",
            "sasl.enabled.mechanisms=PLAIN",
            "sasl.mechanism.inter.broker.protocol=PLAIN",
            "listener.name.plaintext.plain.sasl.jaas.config="
                + login
                + " username=\"quiver\" password=\"a secret\" user_quiver=\"a secret\";",
            "ssl.keystore.type=PEM",
            "ssl.keystore.location=" + store,
            "ssl.truststore.type=PEM",
            "ssl.truststore.location=" + own.certificate()));
  }

  @Test
  void everybodyShowsWhoHeIs() throws Exception {
    Certificates certificates = new Certificates(folder);
    try (TestCluster cluster =
        new TestCluster(
            Files.createDirectories(folder.resolve("cluster")),
            1,
            security(certificates.server()))) {
      cluster.start("coordinators", "root-coordinator,data-coordinator,query-coordinator");
      cluster.start("data-1", "data-node,index-node");
      cluster.start("query-1", "query-node");
      cluster.start("front-1", "front-end");
      try (Connection connection = cluster.connect("front-1");
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE items (id int PRIMARY KEY, embedding vector(2))");
        statement.execute("INSERT INTO items VALUES (1, '[1,0]'), (2, '[0,1]')");
        try (ResultSet rows =
            statement.executeQuery("SELECT id FROM items ORDER BY embedding <-> '[0,2]' LIMIT 1")) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getInt(1)).isEqualTo(2);
        }
      }

      Certificates.Files stranger = certificates.client();
      Map<ConfigKey, String> strange =
          Map.of(
              ConfigKey.RPC_TLS_CERTIFICATE,
              stranger.certificate().toString(),
              ConfigKey.RPC_TLS_KEY,
              stranger.key().toString());
      cluster.start("front-2", "front-end", strange);
      assertIsNotAnswered(cluster, "front-2");
      Map<ConfigKey, String> plain =
          Map.of(
              ConfigKey.RPC_TLS_CERTIFICATE,
              "",
              ConfigKey.RPC_TLS_KEY,
              "",
              ConfigKey.RPC_TLS_AUTHORITY,
              "");
      cluster.start("front-3", "front-end", plain);
      assertIsNotAnswered(cluster, "front-3");
    }
  }

  private static void assertIsNotAnswered(TestCluster cluster, String frontEnd) {
    assertThatThrownBy(
            () -> {
              try (Connection connection = cluster.connect(frontEnd);
                  Statement statement = connection.createStatement()) {
                statement.executeQuery("SELECT * FROM items");
              }
            })
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo("57P03"));
  }
}
