package quiver.frontend.pgwire;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import javax.net.ssl.SSLException;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.frontend.TlsConfig;

/// Encrypts connections with the JDK's TLS 1.2 and 1.3: after an SSLRequest, or from the first byte
/// on ("direct TLS"), see <https://www.postgresql.org/docs/current/protocol-flow.html>, "SSL
/// Session Encryption". Safe for every thread.
final class TlsAcceptor {
  /// The first byte of a TLS connection: a handshake record.
  static final byte HANDSHAKE = 0x16;

  private static final String APPLICATION_PROTOCOL = "postgresql";

  private final SslContext context;
  private final boolean isRequired;

  /// @throws QuiverException `F0000` if the files cannot be used
  TlsAcceptor(TlsConfig config) {
    this.isRequired = config.isRequired();
    try {
      this.context =
          SslContextBuilder.forServer(config.certificate().toFile(), config.key().toFile())
              .sslProvider(SslProvider.JDK)
              .protocols("TLSv1.3", "TLSv1.2")
              .applicationProtocolConfig(
                  new ApplicationProtocolConfig(
                      Protocol.ALPN,
                      SelectorFailureBehavior.NO_ADVERTISE,
                      SelectedListenerFailureBehavior.ACCEPT,
                      APPLICATION_PROTOCOL))
              .build();
    } catch (SSLException | IllegalArgumentException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new QuiverException(
              SqlState.CONFIG_FILE_ERROR,
              "cannot use TLS certificate \"%s\" with key \"%s\": %s",
              config.certificate(),
              config.key(),
              cause.getMessage())
          .withCause(e);
    }
  }

  /// Whether unencrypted connections are refused.
  boolean isRequired() {
    return isRequired;
  }

  /// The handler of one connection, to stand first in its pipeline.
  SslHandler newHandler(ByteBufAllocator allocator) {
    return context.newHandler(allocator);
  }
}
