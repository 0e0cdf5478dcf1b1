package quiver.frontend.auth;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// Who wants a session, and from where.
public record Login(String user, String database, Peer peer) {
  /// The other end of a connection.
  ///
  /// @param binding data of `tls-server-end-point`; null: the channel cannot be bound
  /// @param certificateName common name of the client's certificate, which the authority has
  ///   signed; null: it showed none
  public record Peer(
      InetAddress address,
      boolean isEncrypted,
      byte @Nullable [] binding,
      @Nullable String certificateName) {}

  /// The end of PostgreSQL's messages about rules.
  String described() {
    return "host \""
        + peer.address().getHostAddress()
        + "\", user \""
        + user
        + "\", database \""
        + database
        + "\", "
        + (peer.isEncrypted() ? "SSL encryption" : "no encryption");
  }
}
