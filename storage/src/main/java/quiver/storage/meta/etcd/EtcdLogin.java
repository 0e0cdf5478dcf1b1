package quiver.storage.meta.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLException;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Clients of etcd that say who they are.
final class EtcdLogin {
  private EtcdLogin() {}

  /// @throws QuiverException `F0000` when a file cannot be used
  static ClientBuilder builder(EtcdAccess access, List<URI> endpoints) {
    ClientBuilder builder = Client.builder().endpoints(endpoints);
    access
        .login()
        .ifPresent(login ->
            builder.user(bytes(login.user())).password(bytes(password(login.passwordFile()))));
    if (endpoints.getFirst().getScheme().equals("https")) {
      encrypt(builder, access);
    }
    return builder;
  }

  private static void encrypt(ClientBuilder builder, EtcdAccess access) {
    try {
      var _ =
          builder.sslContext(context -> {
            access.authority().ifPresent(file -> context.trustManager(file.toFile()));
            access
                .certificate()
                .ifPresent(
                    shown -> context.keyManager(shown.chain().toFile(), shown.key().toFile()));
          });
    } catch (SSLException | IllegalArgumentException e) {
      throw new QuiverException(
              SqlState.CONFIG_FILE_ERROR, "cannot use the files for etcd: %s", e.getMessage())
          .withCause(e);
    }
  }

  private static String password(Path file) {
    try (var lines = Files.lines(file)) {
      return lines.findFirst().orElse("").strip();
    } catch (IOException e) {
      throw new QuiverException(
              SqlState.CONFIG_FILE_ERROR, "cannot read metadata-password-file %s", file)
          .withCause(e);
    }
  }

  private static ByteSequence bytes(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }
}
