package quiver.frontend.pgwire;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.format.DateTimes;
import quiver.frontend.auth.Login;
import quiver.frontend.session.SessionIdentity;
import quiver.frontend.session.SessionServices;
import quiver.frontend.session.Sessions;

/// Joins a socket to its session: starts the session's thread at the startup packet and fills its
/// inbox. Used by the connection's event loop only.
final class ConnectionHandler extends ChannelInboundHandlerAdapter {
  /// PostgreSQL's authentication_timeout.
  private static final int STARTUP_TIMEOUT_SECONDS = 60;

  private static final Logger log = LoggerFactory.getLogger(ConnectionHandler.class);

  private final SessionServices services;
  private final Sessions sessions;
  private final ThreadFactory threads;
  private final FrameDecoder decoder;
  private final @Nullable TlsAcceptor tls;
  private @Nullable Connection connection;
  private @Nullable ProtocolLoop loop;
  private @Nullable Future<?> startupTimeout;

  /// @param tls what the connection is encrypted with if it is; null: with nothing
  ConnectionHandler(
      SessionServices services,
      Sessions sessions,
      ThreadFactory threads,
      FrameDecoder decoder,
      @Nullable TlsAcceptor tls) {
    this.services = services;
    this.sessions = sessions;
    this.threads = threads;
    this.decoder = decoder;
    this.tls = tls;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    startupTimeout =
        context
            .executor()
            .schedule(() -> close(context), STARTUP_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    context.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    switch ((Inbound) message) {
      case Inbound.Startup startup -> start(context, startup);
      case Inbound.Fatal(var error) when loop == null -> {
        Connection answering = open(context);
        answering.error(error, true);
        answering.close();
      }
      case Inbound other -> {
        if (connection != null) {
          connection.inbox().put(other);
        }
      }
    }
  }

  private Connection open(ChannelHandlerContext context) {
    Connection opened =
        new Connection(
            context.channel(),
            new Inbox(reading -> context.channel().config().setAutoRead(reading)));
    connection = opened;
    return opened;
  }

  private void start(ChannelHandlerContext context, Inbound.Startup startup) {
    if (startupTimeout != null) {
      startupTimeout.cancel(false);
    }
    Instant now = services.clock().instant();
    InetSocketAddress address =
        context.channel().remoteAddress() instanceof InetSocketAddress known ? known : null;
    SessionIdentity identity =
        new SessionIdentity(
            sessions.newPid(),
            services.statements().random().nextInt(),
            startup.parameters().getOrDefault("user", ""),
            address == null ? null : address.getAddress().getHostAddress(),
            address == null ? -1 : address.getPort(),
            DateTimes.microsOf(now));
    ProtocolLoop started =
        new ProtocolLoop(
            services,
            sessions,
            open(context),
            startup,
            identity,
            new Entrance(peer(context, address), decoder::letIn));
    loop = started;
    threads.newThread(started).start();
  }

  private Login.Peer peer(ChannelHandlerContext context, @Nullable InetSocketAddress address) {
    InetAddress from = address == null ? InetAddress.getLoopbackAddress() : address.getAddress();
    SslHandler encryption = context.pipeline().get(SslHandler.class);
    return encryption == null || tls == null
        ? new Login.Peer(from, false, null, null)
        : new Login.Peer(
            from, true, tls.binding(), TlsAcceptor.clientName(encryption.engine().getSession()));
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (connection != null) {
      connection.socketChanged(false);
    }
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (startupTimeout != null) {
      startupTimeout.cancel(false);
    }
    if (connection != null) {
      connection.socketChanged(true);
    }
    if (loop != null) {
      loop.disconnected();
    }
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    log.debug("connection failed: remote={}", context.channel().remoteAddress(), cause);
    close(context);
  }

  private static void close(ChannelHandlerContext context) {
    var _ = context.close();
  }
}
