package quiver.rpc.grpc;

import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.Unavailable;
import quiver.rpc.codec.WireCodec;

/// Answers calls of other processes with the services of this one. Services come and go while it
/// listens: a coordinator leads, a channel is owned. Thread-safe.
public final class RpcServer implements AutoCloseable {
  /// What one connection may send ahead of its readers.
  private static final int WINDOW_BYTES = 4 << 20;

  /// How often a caller may ask whether this process is alive.
  private static final long KEEP_ALIVE_MIN_MILLIS = 500;

  private record Offer(Class<?> service, String instance) {}

  private final WireCodec codec;
  private final String node;
  private final ThreadFactory threads;
  private final ConcurrentMap<Offer, Object> offers = new ConcurrentHashMap<>();
  private final Server server;

  /// Starts to listen; nothing is offered yet.
  ///
  /// @param node this process's name: calls for another are refused
  /// @param identity callers must show a certificate of the cluster; empty: anybody may call, and
  ///   nothing is encrypted
  /// @param threads makes one thread for each call
  /// @throws QuiverException `F0000` when the address cannot be bound
  public RpcServer(
      InetSocketAddress address,
      String node,
      WireCodec codec,
      Optional<NodeIdentity> identity,
      ThreadFactory threads) {
    this.codec = codec;
    this.node = node;
    this.threads = threads;
    NettyServerBuilder builder = NettyServerBuilder.forAddress(address);
    identity.ifPresent(known -> builder.sslContext(known.server()));
    this.server =
        builder
            .directExecutor()
            .fallbackHandlerRegistry(new Methods())
            .maxInboundMessageSize(WireCodec.MESSAGE_SIZE_BYTES_MAX)
            .flowControlWindow(WINDOW_BYTES)
            .permitKeepAliveTime(KEEP_ALIVE_MIN_MILLIS, TimeUnit.MILLISECONDS)
            .permitKeepAliveWithoutCalls(true)
            .build();
    try {
      var _ = server.start();
    } catch (IOException e) {
      Throwable reason = e.getCause() == null ? e : e.getCause();
      throw new QuiverException(
              SqlState.CONFIG_FILE_ERROR,
              "cannot listen on %s port %d: %s",
              address.getHostString(),
              address.getPort(),
              String.valueOf(reason.getMessage()))
          .withCause(e);
    }
  }

  /// The port that was bound.
  public int port() {
    return server.getPort();
  }

  /// Serves from now on.
  ///
  /// @param instance which of several, for example the channel; empty for the only one
  public <S> void offer(Class<S> service, String instance, S implementation) {
    offers.put(new Offer(service, instance), implementation);
  }

  /// Serves no longer: calls fail as [Unavailable]. Running calls go on.
  public void withdraw(Class<?> service, String instance) {
    offers.remove(new Offer(service, instance));
  }

  /// Takes no calls any more and ends those that run. Idempotent.
  @Override
  public void close() {
    offers.clear();
    var _ = server.shutdownNow();
  }

  /// Waits until running calls have ended.
  public void drain(long patienceMillis) {
    var _ = server.shutdown();
    try {
      var _ = server.awaitTermination(patienceMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Methods extends HandlerRegistry {
    private final Map<String, ServerMethodDefinition<?, ?>> byName = new HashMap<>();

    Methods() {
      for (Class<?> service : WireCodec.SERVICES) {
        for (ServiceMethod method : ServiceMethod.all(service).values()) {
          byName.put(
              method.descriptor().getFullMethodName(),
              ServerMethodDefinition.create(method.descriptor(), handler(service, method)));
        }
      }
    }

    @Override
    public @Nullable ServerMethodDefinition<?, ?> lookupMethod(
        String name, @Nullable String authority) {
      return byName.get(name);
    }
  }

  private ServerCallHandler<byte[], byte[]> handler(Class<?> service, ServiceMethod method) {
    return (call, headers) -> {
      Optional<Status> refusal = refusal(headers);
      if (refusal.isPresent()) {
        call.close(refusal.get(), new Metadata());
        return new ServerCall.Listener<>() {};
      }
      String instance = String.valueOf(headers.get(Headers.INSTANCE));
      IncomingCall incoming = new IncomingCall(call, codec, method);
      call.request(2);
      return incoming.listener(
          () -> threads.newThread(() -> incoming.run(() -> target(service, instance))).start());
    };
  }

  private Optional<Status> refusal(Metadata headers) {
    String digest = headers.get(Headers.DIGEST);
    if (!codec.digest().equals(digest)) {
      return Optional.of(
          Status.FAILED_PRECONDITION.withDescription(
              "node \"" + node + "\" is another build: its messages differ"));
    }
    String meant = headers.get(Headers.NODE);
    return node.equals(meant)
        ? Optional.empty()
        : Optional.of(
            Status.UNAVAILABLE.withDescription(
                "node \"" + meant + "\" is gone: \"" + node + "\" is at its address"));
  }

  private Object target(Class<?> service, String instance) {
    Object target = offers.get(new Offer(service, instance));
    if (target == null) {
      throw Unavailable.because(
          "node \"%s\" does not serve %s%s",
          node, service.getSimpleName(), instance.isEmpty() ? "" : " of \"" + instance + "\"");
    }
    return target;
  }
}
