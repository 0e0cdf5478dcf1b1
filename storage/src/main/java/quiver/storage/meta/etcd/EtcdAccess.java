package quiver.storage.meta.etcd;

import java.nio.file.Path;
import java.util.Optional;

/// How a process shows etcd who it is, and knows etcd. All files but that of the password are PEM.
///
/// @param authority who signs etcd's certificate; empty: those the JDK believes. Without `https`
///   nothing asks for it
/// @param certificate what is shown to etcd; empty: nothing
/// @param login with a password; empty: none
public record EtcdAccess(
    Optional<Path> authority, Optional<Certificate> certificate, Optional<Login> login) {
  /// Nobody in particular.
  public static final EtcdAccess ANYBODY =
      new EtcdAccess(Optional.empty(), Optional.empty(), Optional.empty());

  /// @param chain the certificate, followed by those that signed it
  /// @param key its unencrypted PKCS #8 private key
  public record Certificate(Path chain, Path key) {}

  /// @param passwordFile holds the password on its first line
  public record Login(String user, Path passwordFile) {}
}
