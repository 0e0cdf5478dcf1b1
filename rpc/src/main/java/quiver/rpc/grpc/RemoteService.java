package quiver.rpc.grpc;

import io.grpc.ManagedChannel;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.Cancellation;
import quiver.rpc.Pending;
import quiver.rpc.QueryNodeService.FragmentRequest;
import quiver.rpc.Unavailable;
import quiver.rpc.codec.WireCodec;
import quiver.rpc.codec.WireCodec.Message;
import quiver.rpc.codec.WireError;

/// A service of another process. Every call looks up who has the job. When that one cannot be
/// reached or has the job no longer, an [quiver.rpc.Idempotent] call is repeated, any other only if
/// certainly nothing was done; as long as its patience lasts.
final class RemoteService implements InvocationHandler {
  /// How long a call waits for somebody to have the job: the end of a lease, and a takeover.
  static final Duration PATIENCE = Duration.ofSeconds(20);

  /// For services that the caller looks for elsewhere when one does not answer.
  static final Duration NONE = Duration.ZERO;

  private static final long PAUSE_NANOS_MIN = 20_000_000;
  private static final long PAUSE_NANOS_MAX = 320_000_000;
  private static final Type[] ERROR = {WireError.class};

  private final Class<?> service;
  private final Map<Method, ServiceMethod> methods;
  private final WireCodec codec;
  private final Connections connections;
  private final Supplier<Target> targets;
  private final Duration patience;

  private RemoteService(
      Class<?> service,
      WireCodec codec,
      Connections connections,
      Supplier<Target> targets,
      Duration patience) {
    this.service = service;
    this.methods = ServiceMethod.all(service);
    this.codec = codec;
    this.connections = connections;
    this.targets = targets;
    this.patience = patience;
  }

  /// @param targets who has the job, or throws [Unavailable]
  static <S> S of(
      Class<S> service,
      WireCodec codec,
      Connections connections,
      Supplier<Target> targets,
      Duration patience) {
    return service.cast(
        Proxy.newProxyInstance(
            service.getClassLoader(),
            new Class<?>[] {service},
            new RemoteService(service, codec, connections, targets, patience)));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] given) {
    ServiceMethod called = methods.get(method);
    if (called == null) {
      return ofObject(method, given);
    }
    @Nullable Object[] arguments = given == null ? new @Nullable Object[0] : given;
    Invocation invocation = new Invocation(called, arguments);
    Attempt first = invocation.attempt();
    return called.isPending()
        ? (Pending<Object>) () -> Objects.requireNonNull(invocation.outcome(first))
        : invocation.outcome(first);
  }

  private @Nullable Object ofObject(Method method, @Nullable Object @Nullable [] given) {
    return switch (method.getName()) {
      case "equals" -> given != null && isThis(given[0]);
      case "hashCode" -> hashCode();
      default -> "remote " + service.getSimpleName();
    };
  }

  private boolean isThis(@Nullable Object other) {
    return other != null
        && Proxy.isProxyClass(other.getClass())
        && Proxy.getInvocationHandler(other).equals(this);
  }

  private sealed interface Attempt {
    record Answered(@Nullable Object value) implements Attempt {}

    record Asked(OutgoingCall call) implements Attempt {}

    /// @param done whether it may have been carried out
    record Failed(QuiverException error, boolean done) implements Attempt {}
  }

  /// One call, perhaps made several times.
  private final class Invocation {
    private final ServiceMethod called;
    private final Message message;
    private final boolean isAnalyzed;
    private final long deadline = System.nanoTime() + patience.toNanos();
    private long pause = PAUSE_NANOS_MIN;

    Invocation(ServiceMethod called, @Nullable Object[] arguments) {
      this.called = called;
      this.message = codec.encode(ServiceMethod.CALL, called.parameters(), arguments);
      this.isAnalyzed =
          arguments.length > 0
              && arguments[0] instanceof FragmentRequest request
              && request.analyze();
    }

    /// Asks; waits for nothing.
    Attempt attempt() {
      OutgoingCall call;
      try {
        Target target = targets.get();
        ManagedChannel channel = connections.to(target.address());
        // A node that has just come back is not to wait for gRPC's next try.
        channel.resetConnectBackoff();
        call =
            new OutgoingCall(
                channel,
                called,
                Headers.of(codec.digest(), target.node(), target.instance()),
                target.node(),
                message,
                isAnalyzed);
      } catch (QuiverException e) {
        if (!Unavailable.is(e)) {
          throw e;
        }
        return new Attempt.Failed(e, false);
      }
      if (called.forgotten()) {
        return new Attempt.Answered(null);
      }
      return called.isStream()
          ? new Attempt.Answered(new RemoteStream(call, codec, isAnalyzed))
          : new Attempt.Asked(call);
    }

    /// Waits for the answer, and asks again where that is allowed.
    @Nullable Object outcome(Attempt first) {
      Attempt attempt = first;
      while (true) {
        switch (attempt) {
          case Attempt.Answered(var value) -> {
            return value;
          }
          case Attempt.Asked(var call) -> attempt = answer(call);
          case Attempt.Failed(var error, var done) -> {
            if (done && !called.idempotent()) {
              throw unknown(called, error);
            }
            if (called.forgotten()) {
              return null;
            }
            if (System.nanoTime() > deadline || Thread.currentThread().isInterrupted()) {
              throw error;
            }
            message.cancellations().forEach(Cancellation::check);
            LockSupport.parkNanos(pause);
            pause = Math.min(2 * pause, PAUSE_NANOS_MAX);
            attempt = attempt();
          }
        }
      }
    }

    private Attempt answer(OutgoingCall call) {
      try {
        return answered(called, call.await());
      } catch (QuiverException e) {
        if (!Unavailable.is(e)) {
          throw e;
        }
        return new Attempt.Failed(e, true);
      }
    }
  }

  private Attempt answered(ServiceMethod called, byte[] answer) {
    return switch (answer[0]) {
      case ServiceMethod.VALUE ->
          new Attempt.Answered(
              called.isVoid()
                  ? null
                  : codec.decode(new Type[] {called.result()}, answer, Cancellation.NEVER)[0]);
      case ServiceMethod.REFUSED -> new Attempt.Failed(error(answer), false);
      default -> throw error(answer);
    };
  }

  private QuiverException error(byte[] answer) {
    return codec.decode(ERROR, answer, Cancellation.NEVER)[0] instanceof WireError error
        ? error.exception()
        : new QuiverException(SqlState.PROTOCOL_VIOLATION, "a message between nodes is damaged");
  }

  private static QuiverException unknown(ServiceMethod called, QuiverException error) {
    return new QuiverException(
            SqlState.TRANSACTION_RESOLUTION_UNKNOWN,
            "the connection was lost while the command was carried out: its outcome is unknown")
        .withDetail(called.named() + ": " + error.message())
        .withCause(error);
  }
}
