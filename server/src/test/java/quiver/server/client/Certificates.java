package quiver.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;

/// Self-signed certificates of a server and a client, made by keytool once in a folder.
public final class Certificates {
  private static final String PASSWORD = "changeit";

  private final Path folder;

  /// Files in PEM form.
  public record Files(Path certificate, Path key) {}

  public Certificates(Path folder) {
    this.folder = folder;
  }

  public Files server() throws Exception {
    return make("server", "localhost");
  }

  /// Of the user `certified`.
  public Files client() throws Exception {
    return make("client", "certified");
  }

  private Files make(String name, String commonName) throws Exception {
    Files files = new Files(folder.resolve(name + ".crt"), folder.resolve(name + ".key"));
    if (java.nio.file.Files.exists(files.key())) {
      return files;
    }
    Path store = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + commonName,
                "-ext",
                "SAN=dns:localhost,ip:127.0.0.1",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString())
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    write(files.certificate(), "CERTIFICATE", keys.getCertificate(name).getEncoded());
    write(files.key(), "PRIVATE KEY", keys.getKey(name, PASSWORD.toCharArray()).getEncoded());
    assertThat(files.key().toFile().setReadable(false, false)).isTrue();
    assertThat(files.key().toFile().setReadable(true, true)).isTrue();
    return files;
  }

  private static void write(Path file, String type, byte[] bytes) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    java.nio.file.Files.writeString(
        file, "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
  }
}
