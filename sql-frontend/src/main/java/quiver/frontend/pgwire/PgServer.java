package quiver.frontend.pgwire;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import quiver.frontend.TlsConfig;
import quiver.frontend.session.SessionServices;
import quiver.frontend.session.Sessions;

/// Listens for PostgreSQL clients. Safe for every thread.
public final class PgServer implements AutoCloseable {
  private static final int EVENT_LOOP_COUNT_MAX = 8;
  private static final long SHUTDOWN_SECONDS = 10;

  private final EventLoopGroup loops;
  private final Channel channel;
  private final Sessions sessions;

  private PgServer(EventLoopGroup loops, Channel channel, Sessions sessions) {
    this.loops = loops;
    this.channel = channel;
    this.sessions = sessions;
  }

  /// Starts to listen.
  ///
  /// @param tls how connections that ask for it are encrypted; empty: none is
  /// @param threads makes the threads of sessions
  /// @throws UncheckedIOException when the address cannot be bound
  /// @throws quiver.common.error.QuiverException `F0000` if the certificate or its key is unusable
  public static PgServer start(
      InetSocketAddress address,
      Optional<TlsConfig> tls,
      SessionServices services,
      Sessions sessions,
      ThreadFactory threads) {
    TlsAcceptor acceptor = tls.map(TlsAcceptor::new).orElse(null);
    boolean epoll = Epoll.isAvailable();
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    Class<? extends ServerChannel> type =
        epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    int loopCount =
        Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, EVENT_LOOP_COUNT_MAX);
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            loopCount, new DefaultThreadFactory("quiver-pgwire", true), io);
    try {
      Channel channel =
          new ServerBootstrap()
              .group(loops)
              .channel(type)
              .option(ChannelOption.SO_REUSEADDR, true)
              .option(ChannelOption.SO_BACKLOG, 1024)
              .childOption(ChannelOption.TCP_NODELAY, true)
              .childOption(ChannelOption.SO_KEEPALIVE, true)
              .childOption(
                  ChannelOption.WRITE_BUFFER_WATER_MARK,
                  new WriteBufferWaterMark(
                      WireLimits.WRITE_QUEUE_SIZE_BYTES_MAX / 4,
                      WireLimits.WRITE_QUEUE_SIZE_BYTES_MAX))
              .childHandler(
                  new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel child) {
                      FrameDecoder decoder = new FrameDecoder(sessions::cancel, acceptor);
                      child
                          .pipeline()
                          .addLast(
                              decoder,
                              new ConnectionHandler(
                                  services, sessions, threads, decoder, acceptor));
                    }
                  })
              .bind(address)
              .syncUninterruptibly()
              .channel();
      return new PgServer(loops, channel, sessions);
    } catch (Exception e) {
      var _ = loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      throw new UncheckedIOException(
          new IOException("cannot listen on " + address + ": " + e.getMessage(), e));
    }
  }

  /// The port that was bound.
  public int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /// Stops to listen, so that clients and load balancers turn elsewhere, and has every session end
  /// when it is between statements and in no transaction; waits for that.
  public void drain(long seconds) {
    channel.close().syncUninterruptibly();
    sessions.drain();
    sessions.awaitEnd(seconds);
  }

  /// Stops to listen, ends every session, and waits for the event loops.
  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    sessions.terminateAll();
    sessions.awaitEnd(SHUTDOWN_SECONDS);
    loops
        .shutdownGracefully(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS)
        .awaitUninterruptibly(SHUTDOWN_SECONDS, TimeUnit.SECONDS);
  }
}
