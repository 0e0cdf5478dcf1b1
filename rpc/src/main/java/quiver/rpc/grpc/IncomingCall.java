package quiver.rpc.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.Pending;
import quiver.rpc.QueryNodeService.RowStream;
import quiver.rpc.codec.WireCodec;
import quiver.rpc.codec.WireError;

/// One call of another process: its message is taken on gRPC's thread, the work is done by a thread
/// of its own.
final class IncomingCall {
  private static final Logger log = LoggerFactory.getLogger(IncomingCall.class);
  private static final Type[] ERROR = {WireError.class};
  private static final Type[] BATCH = {RowBatch.class};
  private static final Type[] LINE = {String.class};

  private final ServerCall<byte[], byte[]> call;
  private final WireCodec codec;
  private final ServiceMethod method;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile byte @Nullable [] request;
  private volatile boolean stopped;
  private volatile boolean cancelled;

  /// Whether headers have been sent. Only for the thread that answers.
  private boolean hasHeaders;

  IncomingCall(ServerCall<byte[], byte[]> call, WireCodec codec, ServiceMethod method) {
    this.call = call;
    this.codec = codec;
    this.method = method;
  }

  /// @param start runs the call; called once, when its arguments are there
  ServerCall.Listener<byte[]> listener(Runnable start) {
    return new ServerCall.Listener<>() {
      @Override
      public void onMessage(byte[] message) {
        if (message.length > 0 && message[0] == ServiceMethod.STOP) {
          stopped = true;
          signal();
        } else if (request == null) {
          request = message;
          start.run();
        }
      }

      @Override
      public void onCancel() {
        cancelled = true;
        signal();
      }

      @Override
      public void onReady() {
        signal();
      }
    };
  }

  private void signal() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void checkWanted() {
    if (cancelled) {
      throw new QuiverException(SqlState.QUERY_CANCELED, "canceling statement due to user request");
    }
  }

  /// Does the work and answers.
  ///
  /// @param target the service, or throws
  void run(Supplier<Object> target) {
    try {
      answer(target);
      call.close(Status.OK, new Metadata());
    } catch (IllegalStateException e) {
      // gRPC throws it for a call that has been cancelled meanwhile.
      if (!cancelled) {
        log.warn("an answer could not be sent: method={}", method.named(), e);
      }
    }
  }

  private void answer(Supplier<Object> target) {
    byte[] answer;
    try {
      byte[] message = request;
      if (message == null) {
        throw new IllegalStateException("started without a message");
      }
      @Nullable Object[] arguments = codec.decode(method.parameters(), message, this::checkWanted);
      Object service;
      try {
        service = target.get();
      } catch (QuiverException e) {
        send(bytes(ServiceMethod.REFUSED, ERROR, WireError.of(e)));
        return;
      }
      Object returned = invoke(service, arguments);
      Object result = returned instanceof Pending<?> later ? later.await() : returned;
      if (result instanceof RowStream rows) {
        answer = stream(rows);
      } else if (method.isVoid()) {
        answer = new byte[] {ServiceMethod.VALUE};
      } else {
        answer = bytes(ServiceMethod.VALUE, new Type[] {method.result()}, result);
      }
    } catch (RuntimeException e) {
      if (!(e instanceof QuiverException) && !cancelled) {
        log.error("a service failed: method={}", method.named(), e);
      }
      answer = bytes(ServiceMethod.ERROR, ERROR, WireError.of(e));
    } catch (Error e) {
      log.error("a service failed: method={}", method.named(), e);
      answer =
          bytes(
              ServiceMethod.ERROR, ERROR, WireError.of(new IllegalStateException(e.toString(), e)));
    }
    send(answer);
  }

  /// Together with the first message go the headers: each alone would wake the connection's thread.
  private void send(byte[] message) {
    if (!hasHeaders) {
      hasHeaders = true;
      call.sendHeaders(new Metadata());
    }
    call.sendMessage(message);
  }

  private byte[] bytes(int tag, Type[] types, @Nullable Object value) {
    return codec.encode(tag, types, new @Nullable Object[] {value}).bytes();
  }

  private @Nullable Object invoke(Object target, @Nullable Object[] arguments) {
    try {
      return method.method().invoke(target, arguments);
    } catch (InvocationTargetException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Sends batches as fast as they are taken.
  ///
  /// @return the last message
  private byte[] stream(RowStream rows) {
    byte @Nullable [] last = null;
    try (rows) {
      while (awaitTurn()) {
        Optional<RowBatch> batch = rows.next();
        if (batch.isEmpty()) {
          break;
        }
        byte[] message = bytes(ServiceMethod.VALUE, BATCH, batch.get());
        if (rows.isEnded()) {
          last = message;
          break;
        }
        send(message);
      }
    }
    // Only now have all operators of the fragment counted.
    List<String> lines = rows.statistics();
    if (last != null && lines.isEmpty()) {
      last[0] = ServiceMethod.LAST;
      return last;
    }
    if (last != null) {
      send(last);
    }
    return bytes(ServiceMethod.END, LINE, String.join("\n", lines));
  }

  /// Waits until the receiver has room.
  ///
  /// @return false if no more rows are wanted
  private boolean awaitTurn() {
    lock.lock();
    try {
      while (!call.isReady() && !stopped && !cancelled) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
    checkWanted();
    return !stopped;
  }
}
