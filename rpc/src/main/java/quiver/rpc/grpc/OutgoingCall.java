package quiver.rpc.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.Cancellation;
import quiver.rpc.Unavailable;
import quiver.rpc.codec.WireCodec.Message;

/// A running call: gRPC's thread puts answers into a short queue, the caller waits for them. Used
/// by one caller at a time.
final class OutgoingCall {
  /// Answers that may wait for the caller; the other side stops when they do.
  static final int ANSWER_COUNT_AHEAD = 4;

  /// How often a waiting caller looks whether its statement has been cancelled.
  private static final long CANCELLATION_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final ClientCall<byte[], byte[]> call;
  private final String node;
  private final List<Cancellation> cancellations;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<byte[]> answers = new ArrayDeque<>();
  private @Nullable Status end;

  /// Sends the arguments.
  ///
  /// @param isStoppable whether [#stop] may be called
  OutgoingCall(
      Channel channel,
      ServiceMethod method,
      Metadata headers,
      String node,
      Message message,
      boolean isStoppable) {
    this.node = node;
    this.cancellations = message.cancellations();
    this.call = channel.newCall(method.descriptor(), CallOptions.DEFAULT);
    call.start(new Answers(), headers);
    call.request(method.isStream() ? ANSWER_COUNT_AHEAD : 2);
    call.sendMessage(message.bytes());
    if (!isStoppable) {
      call.halfClose();
    }
  }

  private final class Answers extends ClientCall.Listener<byte[]> {
    @Override
    public void onMessage(byte[] message) {
      lock.lock();
      try {
        answers.add(message);
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      lock.lock();
      try {
        end = status;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /// The next answer.
  ///
  /// @throws QuiverException [Unavailable] if the other side is gone, or what a cancellation throws
  byte[] await() {
    byte[] answer;
    lock.lock();
    try {
      while (answers.isEmpty()) {
        Status status = end;
        if (status != null) {
          throw failure(status);
        }
        for (Cancellation cancellation : cancellations) {
          cancellation.check();
        }
        if (cancellations.isEmpty()) {
          changed.await();
        } else {
          var _ = changed.awaitNanos(CANCELLATION_POLL_NANOS);
        }
      }
      answer = answers.remove();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      cancel();
      throw new QuiverException(SqlState.QUERY_CANCELED, "canceling statement due to user request")
          .withCause(e);
    } catch (RuntimeException e) {
      cancel();
      throw e;
    } finally {
      lock.unlock();
    }
    return answer;
  }

  /// Lets the other side send one more answer of a stream.
  void more() {
    call.request(1);
  }

  private QuiverException failure(Status status) {
    String description = String.valueOf(status.getDescription());
    QuiverException error =
        switch (status.getCode()) {
          case FAILED_PRECONDITION ->
              QuiverException.ofMessage(SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, description);
          case UNIMPLEMENTED ->
              new QuiverException(
                  SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                  "node \"%s\" is another build: its messages differ",
                  node);
          case RESOURCE_EXHAUSTED ->
              QuiverException.ofMessage(SqlState.PROGRAM_LIMIT_EXCEEDED, description);
          default ->
              Unavailable.because("node \"%s\" cannot be reached", node)
                  .withDetail(withReason(description, status.getCause()));
        };
    Throwable cause = status.getCause();
    return cause == null ? error : error.withCause(cause);
  }

  /// "ssl exception" alone tells nobody whose certificate is at fault.
  private static String withReason(String description, @Nullable Throwable cause) {
    return cause == null || cause.getMessage() == null
        ? description
        : description + ": " + cause.getMessage();
  }

  /// Tells a stream that no more rows are wanted.
  void stop() {
    call.sendMessage(new byte[] {ServiceMethod.STOP});
    call.halfClose();
  }

  /// Gives the answer up; the other side learns it.
  void cancel() {
    call.cancel("no longer wanted", null);
  }
}
