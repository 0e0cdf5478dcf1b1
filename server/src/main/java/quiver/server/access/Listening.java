package quiver.server.access;

import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.frontend.FrontEnd;
import quiver.frontend.FrontEndBackend;
import quiver.frontend.FrontEndConfig;
import quiver.server.config.ServerConfig;

/// Starts a front end at the configured address.
public final class Listening {
  /// The name of the one database.
  private static final String DATABASE = "quiver";

  private Listening() {}

  /// Starts it; the caller closes it.
  ///
  /// @throws QuiverException `F0000` when the address cannot be bound
  public static FrontEnd start(
      ServerConfig config, Path spill, String version, FrontEndBackend backend) {
    InetSocketAddress address = new InetSocketAddress(config.listenAddress(), config.port());
    if (address.isUnresolved()) {
      throw new QuiverException(
          SqlState.CONFIG_FILE_ERROR,
          "cannot listen on \"%s\": the name is unknown",
          config.listenAddress());
    }
    try {
      return FrontEnd.start(
          new FrontEndConfig(
              address,
              config.tls(),
              config.connectionsMax(),
              config.queryMemory().bytes(),
              config.historyRetention(),
              Optional.of(spill),
              DATABASE,
              version,
              config.hostRules(),
              config.automaticAnalysis()),
          backend);
    } catch (UncheckedIOException e) {
      Throwable cause = e.getCause();
      throw new QuiverException(
              SqlState.CONFIG_FILE_ERROR,
              "cannot listen on %s port %d: %s",
              config.listenAddress(),
              config.port(),
              String.valueOf(cause == null ? e.getMessage() : cause.getMessage()))
          .withCause(e);
    }
  }
}
