package quiver.rpc.grpc;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContext;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import quiver.rpc.codec.WireCodec;

/// Connections to other processes, one an address, made when they are needed. Thread-safe.
final class Connections implements AutoCloseable {
  private static final int WINDOW_BYTES = 4 << 20;

  /// How long a silent connection is trusted before the other side is asked; gRPC's least.
  private static final long KEEP_ALIVE_SECONDS = 10;

  /// How long the other side may take to answer that; a process that has ended is noticed at once,
  /// one that stands still by the end of its lease.
  private static final long KEEP_ALIVE_PATIENCE_SECONDS = 3;

  private final Optional<SslContext> encryption;
  private final ConcurrentMap<String, ManagedChannel> channels = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /// @param identity empty: nothing is encrypted
  Connections(Optional<NodeIdentity> identity) {
    this.encryption = identity.map(NodeIdentity::client);
  }

  /// The connection to `host:port`.
  ManagedChannel to(String address) {
    ManagedChannel channel = channels.computeIfAbsent(address, this::open);
    if (closed) {
      var _ = channel.shutdownNow();
    }
    return channel;
  }

  private ManagedChannel open(String address) {
    NettyChannelBuilder builder = NettyChannelBuilder.forTarget("dns:///" + address);
    encryption.ifPresentOrElse(builder::sslContext, builder::usePlaintext);
    return builder
        .proxyDetector(server -> null)
        .directExecutor()
        .disableRetry()
        .maxInboundMessageSize(WireCodec.MESSAGE_SIZE_BYTES_MAX)
        .flowControlWindow(WINDOW_BYTES)
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEP_ALIVE_PATIENCE_SECONDS, TimeUnit.SECONDS)
        .build();
  }

  /// Ends connections to all other addresses, and the calls on them.
  void keepOnly(Set<String> addresses) {
    for (String address : new HashSet<>(channels.keySet())) {
      if (!addresses.contains(address)) {
        ManagedChannel gone = channels.remove(address);
        if (gone != null) {
          var _ = gone.shutdownNow();
        }
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    keepOnly(Set.of());
  }
}
