package quiver.frontend;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import quiver.frontend.auth.HostRules;

/// What a person may set about a front end.
///
/// @param address to listen on
/// @param tls how connections that ask for it are encrypted; empty: none is
/// @param connectionCountMax sessions at once
/// @param queryMemoryBytes what the root fragment of one statement may hold
/// @param historyRetention how far back FOR SYSTEM_TIME reaches: data nodes keep rows as long
/// @param spillDirectory where sorts, joins and aggregates spill to; empty: they do not
/// @param database the name of the one database (`postgres` is an alias of it)
/// @param productVersion for example `0.1.0`
/// @param hostRules how clients authenticate
/// @param automaticAnalysis whether tables are analysed when they have changed much
public record FrontEndConfig(
    InetSocketAddress address,
    Optional<TlsConfig> tls,
    int connectionCountMax,
    long queryMemoryBytes,
    Duration historyRetention,
    Optional<Path> spillDirectory,
    String database,
    String productVersion,
    HostRules hostRules,
    boolean automaticAnalysis) {
  /// With the standard rules: this machine is trusted while a role has no password.
  public FrontEndConfig(
      InetSocketAddress address,
      Optional<TlsConfig> tls,
      int connectionCountMax,
      long queryMemoryBytes,
      Optional<Path> spillDirectory,
      String database,
      String productVersion) {
    this(
        address,
        tls,
        connectionCountMax,
        queryMemoryBytes,
        Duration.ofMinutes(10),
        spillDirectory,
        database,
        productVersion,
        HostRules.standard(),
        false);
  }

  /// The PostgreSQL version whose catalog and behaviour are shown.
  static final String COMPATIBLE_VERSION = "15.0";

  /// What `server_version` says, for example `15.0 (Quiver 0.1.0)`.
  String serverVersion() {
    return COMPATIBLE_VERSION + " (Quiver " + productVersion + ")";
  }
}
