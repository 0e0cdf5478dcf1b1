package quiver.frontend;

import java.nio.file.Path;
import java.util.Optional;

/// How connections are encrypted.
///
/// @param certificate PEM file with the server's certificate, followed by those that signed it
/// @param key PEM file with its unencrypted PKCS #8 private key
/// @param isRequired whether unencrypted connections are refused
/// @param clientAuthority PEM file with who signs certificates of clients; empty: they are not
///   asked for one
public record TlsConfig(
    Path certificate, Path key, boolean isRequired, Optional<Path> clientAuthority) {
  /// Without certificates of clients.
  public TlsConfig(Path certificate, Path key, boolean isRequired) {
    this(certificate, key, isRequired, Optional.empty());
  }
}
