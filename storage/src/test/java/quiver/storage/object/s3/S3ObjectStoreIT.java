package quiver.storage.object.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.object.ObjectSource;
import quiver.storage.object.ObjectStore;
import quiver.storage.object.ObjectStoreContract;
import quiver.storage.process.FreePorts;
import quiver.storage.process.S3Server;

/// The contract on a real S3 server, and what happens when answers are lost.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class S3ObjectStoreIT extends ObjectStoreContract {
  private static final Path LIBRARIES = Path.of("s3-server", "target", "lib");

  @TempDir static Path folder;

  private S3Server server;
  private int nextRoot;

  @BeforeAll
  void start() {
    server =
        new S3Server(
            LIBRARIES,
            folder.resolve("s3"),
            folder.resolve("log"),
            FreePorts.next(),
            "access",
            "secret-of-the-test");
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Override
  protected ObjectStore open() {
    return connect(server.url(), "contract-" + nextRoot++ + "/", "secret-of-the-test");
  }

  private static ObjectStore connect(URI endpoint, String root, String secret) {
    return new S3ObjectStore(
        new S3Options(
            endpoint,
            "us-east-1",
            "quiver",
            root,
            "access",
            secret,
            folder.resolve("temporary"),
            Duration.ofSeconds(10)));
  }

  private static byte[] pattern(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 131 + i / 257);
    }
    return bytes;
  }

  @Test
  void uploadWhoseAnswerIsLostIsRecognised() throws IOException {
    try (FaultyProxy proxy = new FaultyProxy(server.url().getPort());
        ObjectStore store = connect(proxy.url(), "lost/", "secret-of-the-test")) {
      byte[] bytes = pattern(100_000);
      for (int i = 0; i < 5; i++) {
        String name = "object-" + i;
        proxy.cutAnswerOnce(0);
        assertThat(store.putIfAbsent(name, ObjectSource.of(bytes))).isTrue();
        assertThat(store.read(name, 0, bytes.length)).isEqualTo(bytes);
        proxy.cutAnswerOnce(20);
        assertThat(store.putIfAbsent(name, ObjectSource.of(pattern(10)))).isFalse();
        assertThat(store.stat(name))
            .hasValueSatisfying(found -> assertThat(found.sizeBytes()).isEqualTo(bytes.length));
      }
      assertThat(proxy.hasPendingFaults()).isFalse();
    }
  }

  @Test
  void busyServiceIsAskedAgain() throws IOException {
    try (FaultyProxy proxy = new FaultyProxy(server.url().getPort());
        ObjectStore store = connect(proxy.url(), "busy/", "secret-of-the-test")) {
      proxy.beBusyOnce();
      proxy.beBusyOnce();
      assertThat(store.putIfAbsent("a", ObjectSource.of(pattern(1000)))).isTrue();
      proxy.beBusyOnce();
      assertThat(store.read("a", 10, 100)).isEqualTo(Arrays.copyOfRange(pattern(1000), 10, 110));
      proxy.beBusyOnce();
      assertThat(store.list("")).hasSize(1);
      assertThat(proxy.hasPendingFaults()).isFalse();
    }
  }

  @Test
  void truncatedBodyIsReadAgain() throws IOException {
    try (FaultyProxy proxy = new FaultyProxy(server.url().getPort());
        ObjectStore store = connect(proxy.url(), "cut/", "secret-of-the-test")) {
      byte[] bytes = pattern(1_000_000);
      store.putIfAbsent("a", ObjectSource.of(bytes));
      proxy.cutAnswerOnce(300_000);
      assertThat(store.read("a", 0, bytes.length)).isEqualTo(bytes);
      assertThat(proxy.hasPendingFaults()).isFalse();
    }
  }

  @Test
  void wrongSecretAndNobodyThereAreSaid() {
    assertThatThrownBy(() -> connect(server.url(), "x/", "wrong"))
        .isInstanceOfSatisfying(
            QuiverException.class, e -> assertThat(e.state()).isEqualTo(SqlState.IO_ERROR))
        .hasMessageContaining("403");
    URI nobody = URI.create("http://127.0.0.1:" + FreePorts.next());
    assertThatThrownBy(() -> connect(nobody, "x/", "secret-of-the-test"))
        .isInstanceOfSatisfying(
            QuiverException.class, e -> assertThat(e.state()).isEqualTo(SqlState.IO_ERROR))
        .hasMessageContaining(nobody.toString());
  }
}
