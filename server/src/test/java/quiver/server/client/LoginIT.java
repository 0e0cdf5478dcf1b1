package quiver.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import quiver.server.process.ServerProcess;

/// Who gets in, and how: psql and pgjdbc with passwords, by host-based rules, with and without TLS.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LoginIT {
  @TempDir static Path folder;

  private ServerProcess server;
  private ServerProcess plain;

  @BeforeAll
  void start() throws Exception {
    Certificates certificates = new Certificates(folder);
    Path rules = folder.resolve("rules.conf");
    Files.writeString(
        rules,
        """
        # TYPE   DATABASE  USER       ADDRESS            METHOD
        host     all       quiver     127.0.0.1/32       trust
        host     all       outcast    all                reject
        host     all       "old"      127.0.0.0 255.0.0.0  password
        hostssl  all       certified  all                cert
        host     quiver    +staff,ann,tim,gone,few,nobody,locked  all  scram-sha-256
        """);
    Path config = folder.resolve("server.conf");
    Files.writeString(
        config,
        "tls-certificate = %s%ntls-key = %s%ntls-client-authority = %s%nhost-rules = %s%n"
            .formatted(
                certificates.server().certificate(),
                certificates.server().key(),
                certificates.client().certificate(),
                rules));
    server =
        ServerProcess.start(
            folder.resolve("data"), folder.resolve("log"), "--config", config.toString());
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE ROLE staff");
      statement.execute("CREATE USER ann PASSWORD 'pencil \u00fc'");
      statement.execute("CREATE USER bob PASSWORD 'eraser' IN ROLE staff");
      statement.execute("CREATE USER old PASSWORD 'plain'");
      statement.execute("CREATE USER gone PASSWORD 'x' VALID UNTIL '2001-01-01'");
      statement.execute("CREATE USER few PASSWORD 'x' CONNECTION LIMIT 1");
      statement.execute("CREATE ROLE locked PASSWORD 'x'");
      statement.execute("CREATE USER certified");
      statement.execute("CREATE USER outcast");
    }
    plain = ServerProcess.start(folder.resolve("plain"), folder.resolve("plain.log"));
  }

  @AfterAll
  void stop() {
    server.close();
    plain.close();
  }

  /// What psql says to `SELECT current_user`, or its error.
  private static String psql(int port, String options, String password) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                "psql",
                "-X",
                "-At",
                "host=127.0.0.1 port=" + port + " dbname=quiver " + options,
                "-c",
                "SELECT current_user")
            .redirectErrorStream(true);
    builder.environment().put("PGPASSWORD", password);
    builder.environment().put("PGCLIENTENCODING", "UTF8");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return output.strip();
  }

  private String psql(String options, String password) throws Exception {
    return psql(server.port(), options, password);
  }

  private String refused(String options, String password) throws Exception {
    return psql(options, password).replaceAll("(?s).*FATAL: +", "");
  }

  private Connection jdbc(String user, String password, String options) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + server.port() + "/quiver" + options, user, password);
  }

  private static String currentUser(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT current_user")) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  @Test
  void psqlLogsInByScram() throws Exception {
    assertThat(psql("user=ann sslmode=disable require_auth=scram-sha-256", "pencil \u00fc"))
        .isIn("ann", unknownOption("require_auth"));
    assertThat(psql("user=ann sslmode=disable", "pencil \u00fc")).isEqualTo("ann");
    assertThat(psql("user=bob sslmode=disable", "eraser")).isEqualTo("bob");
  }

  /// What an older psql says of an option it does not know.
  private static String unknownOption(String name) {
    return "psql: error: invalid connection option \"" + name + "\"";
  }

  @Test
  void psqlBindsTheChannel() throws Exception {
    assertThat(psql("user=ann sslmode=require channel_binding=require", "pencil \u00fc"))
        .isEqualTo("ann");
    assertThat(psql("user=ann sslmode=require channel_binding=disable", "pencil \u00fc"))
        .isEqualTo("ann");
    assertThat(psql("user=old sslmode=require channel_binding=require", "plain"))
        .contains("channel binding required");
  }

  @Test
  void pgjdbcLogsInByScram() throws Exception {
    try (Connection connection = jdbc("ann", "pencil \u00fc", "?sslmode=disable")) {
      assertThat(currentUser(connection)).isEqualTo("ann");
    }
    try (Connection connection =
        jdbc("ann", "pencil \u00fc", "?sslmode=require&channelBinding=require")) {
      assertThat(currentUser(connection)).isEqualTo("ann");
    }
    try (Connection connection = jdbc("old", "plain", "?sslmode=disable")) {
      assertThat(currentUser(connection)).isEqualTo("old");
    }
    assertThatThrownBy(() -> jdbc("ann", "pen", "?sslmode=disable").close())
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
  }

  @Test
  void wrongUsersAreWrongPasswords() throws Exception {
    for (String user : new String[] {"bob", "nobody", "gone"}) {
      assertThat(refused("sslmode=disable user=" + user, "wrong"))
          .isEqualTo("password authentication failed for user \"" + user + "\"");
    }
    assertThat(refused("user=gone sslmode=disable", "x"))
        .isEqualTo("password authentication failed for user \"gone\"");
    assertThat(refused("user=locked sslmode=disable", "x"))
        .isEqualTo("role \"locked\" is not permitted to log in");
  }

  @Test
  void rulesAreFirstMatch() throws Exception {
    assertThat(refused("user=outcast sslmode=disable", "x"))
        .isEqualTo(
            "pg_hba.conf rejects connection for host \"127.0.0.1\", user \"outcast\", database"
                + " \"quiver\", no encryption");
    assertThat(refused("user=stranger sslmode=disable", "x"))
        .isEqualTo(
            "no pg_hba.conf entry for host \"127.0.0.1\", user \"stranger\", database \"quiver\","
                + " no encryption");
    assertThat(refused("user=certified sslmode=disable", "x"))
        .startsWith("no pg_hba.conf entry for host");
    assertThat(psql("user=old sslmode=disable", "plain")).isEqualTo("old");
    assertThat(refused("user=old sslmode=disable", "wrong"))
        .isEqualTo("password authentication failed for user \"old\"");
  }

  @Test
  void certificatesNameTheirUser() throws Exception {
    Certificates.Files client = new Certificates(folder).client();
    String files = " sslcert=" + client.certificate() + " sslkey=" + client.key();
    assertThat(psql("user=certified sslmode=require" + files, "")).isEqualTo("certified");
    assertThat(refused("user=certified sslmode=require sslcert=none", ""))
        .isEqualTo("connection requires a valid client certificate");
  }

  @Test
  void rolesHaveAsManySessionsAsTheyMay() throws Exception {
    try (Connection first = jdbc("few", "x", "?sslmode=disable")) {
      assertThat(currentUser(first)).isEqualTo("few");
      assertThat(refused("user=few sslmode=disable", "x"))
          .isEqualTo("too many connections for role \"few\"");
    }
  }

  @Test
  void aPasswordEndsTheTrustInThisMachine() throws Exception {
    assertThat(psql(plain.port(), "user=quiver", "")).isEqualTo("quiver");
    try (Connection connection = plain.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("ALTER USER quiver PASSWORD 'secret'");
    }
    assertThat(psql(plain.port(), "user=quiver", "secret")).isEqualTo("quiver");
    assertThat(psql(plain.port(), "user=quiver", "wrong"))
        .contains("password authentication failed for user \"quiver\"");
    assertThat(psql(plain.port(), "user=nobody", "")).contains("role \"nobody\" does not exist");
  }

  @Test
  void badRulesAreAllReported() throws IOException {
    Path rules = folder.resolve("bad.conf");
    Files.writeString(rules, "host all all 1.2.3.4/40 trust\nhost all all all md5\nhosts\n");
    Path config = folder.resolve("bad-server.conf");
    Files.writeString(config, "host-rules = " + rules + "\n");
    assertThatThrownBy(() ->
            ServerProcess.start(
                    folder.resolve("bad"), folder.resolve("bad.log"), "--config", config.toString())
                .close())
        .isInstanceOf(IllegalStateException.class);
    assertThat(Files.readString(folder.resolve("bad.log")))
        .contains("bad.conf:1: invalid CIDR mask in address \"1.2.3.4/40\"")
        .contains("authentication method \"md5\" is not supported: use scram-sha-256")
        .contains("bad.conf:3: ");
  }
}
