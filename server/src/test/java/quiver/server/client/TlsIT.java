package quiver.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import quiver.server.process.ServerProcess;

/// Encrypted connections of psql, pgjdbc and a client that starts with TLS at once.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsIT {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir static Path folder;

  private KeyStore store;
  private Path certificate;
  private ServerProcess server;
  private ServerProcess strict;

  @BeforeAll
  void start() throws Exception {
    store = newKeyStore("server");
    certificate = folder.resolve("server.crt");
    Path key = folder.resolve("server.key");
    writePem(certificate, "CERTIFICATE", store.getCertificate("server").getEncoded());
    writePem(key, "PRIVATE KEY", store.getKey("server", PASSWORD).getEncoded());
    server = start("open", certificate, key, "no");
    strict = start("strict", certificate, key, "yes");
  }

  private static ServerProcess start(String name, Path certificate, Path key, String isRequired)
      throws IOException {
    Path config = folder.resolve(name + ".conf");
    Files.writeString(
        config,
        "tls-certificate = %s%ntls-key = %s%ntls-required = %s%n"
            .formatted(certificate, key, isRequired));
    return ServerProcess.start(
        folder.resolve(name), folder.resolve(name + ".log"), "--config", config.toString());
  }

  private static KeyStore newKeyStore(String name) throws Exception {
    Path file = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost,ip:127.0.0.1",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                file.toString())
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    return KeyStore.getInstance(file.toFile(), PASSWORD);
  }

  private static void writePem(Path file, String type, byte[] bytes) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    Files.writeString(
        file, "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
  }

  @AfterAll
  void stop() {
    server.close();
    strict.close();
  }

  private static String psql(ServerProcess target, String sslMode, Path root) throws Exception {
    Process psql =
        new ProcessBuilder(
                "psql",
                "-X",
                "-At",
                "host=localhost port=%d user=quiver dbname=quiver sslmode=%s sslrootcert=%s"
                    .formatted(target.port(), sslMode, root),
                "-c",
                "SHOW ssl",
                "-c",
                "\\conninfo")
            .redirectErrorStream(true)
            .start();
    String output = new String(psql.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(psql.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return output;
  }

  @Test
  void psqlVerifiesTheServer() throws Exception {
    assertThat(psql(server, "verify-full", certificate))
        .startsWith("on\n")
        .contains("SSL connection (protocol: TLSv1.3");
    assertThat(psql(server, "disable", certificate)).startsWith("on\n").doesNotContain("TLSv1");
    Path other = folder.resolve("other.crt");
    writePem(other, "CERTIFICATE", newKeyStore("other").getCertificate("server").getEncoded());
    assertThat(psql(server, "verify-full", other)).contains("certificate verify failed");
  }

  @Test
  void unencryptedConnectionsAreRefusedWhereTlsIsRequired() throws Exception {
    assertThat(psql(strict, "prefer", certificate)).startsWith("on\n");
    assertThat(psql(strict, "disable", certificate))
        .contains("FATAL:  this server accepts encrypted connections only");
    assertThatThrownBy(() -> DriverManager.getConnection(strict.url() + "&sslmode=disable").close())
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28000"));
  }

  @Test
  void pgjdbcVerifiesTheServerAndReadsMuch() throws SQLException {
    String url =
        "jdbc:postgresql://localhost:%d/quiver?user=quiver&sslmode=verify-full&sslrootcert=%s"
            .formatted(server.port(), certificate);
    try (Connection connection = DriverManager.getConnection(url);
        ResultSet rows =
            connection
                .createStatement()
                .executeQuery("SELECT repeat('x', 1000) FROM generate_series(1, 20000)")) {
      int count = 0;
      while (rows.next()) {
        assertThat(rows.getString(1)).hasSize(1000);
        count++;
      }
      assertThat(count).isEqualTo(20_000);
    }
  }

  @Test
  void tlsMayStartAtOnce() throws Exception {
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, PASSWORD);
    trusted.setCertificateEntry("server", (X509Certificate) store.getCertificate("server"));
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    try (SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.port())) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"postgresql"});
      socket.setSSLParameters(parameters);
      byte[] startup =
          "\0\3\0\0user\0quiver\0database\0quiver\0\0".getBytes(StandardCharsets.US_ASCII);
      socket.getOutputStream().write(new byte[] {0, 0, 0, (byte) (startup.length + 4)});
      socket.getOutputStream().write(startup);
      socket.getOutputStream().flush();
      assertThat(socket.getInputStream().read()).isEqualTo('R');
      assertThat(socket.getApplicationProtocol()).isEqualTo("postgresql");
    }
  }

  @Test
  void unusableKeyIsNamedAtTheStart() throws Exception {
    Path config = folder.resolve("bad.conf");
    Files.writeString(
        config, "tls-certificate = %s%ntls-key = %s%n".formatted(certificate, certificate));
    List<String> command = ServerProcess.command();
    command.addAll(
        List.of(
            "start",
            "--data-dir",
            folder.resolve("bad").toString(),
            "--port",
            "0",
            "--config",
            config.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isNotZero();
    assertThat(output).contains("cannot use TLS certificate").contains(certificate.toString());
  }
}
