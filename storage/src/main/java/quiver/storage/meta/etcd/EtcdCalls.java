package quiver.storage.meta.etcd;

import io.etcd.jetcd.common.exception.EtcdException;
import io.grpc.Status;
import java.net.ConnectException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Waits for answers of etcd and says what a missing one means.
final class EtcdCalls {
  private static final String NO_SPACE = "database space exceeded";
  private static final String NO_LEASE = "requested lease not found";

  private final EtcdOptions options;

  EtcdCalls(EtcdOptions options) {
    this.options = options;
  }

  /// The answer of an operation that changes nothing that matters when it happens twice.
  <T> T read(CompletableFuture<T> call) {
    try {
      return await(call);
    } catch (TimeoutException e) {
      throw unreachable(e);
    } catch (ExecutionException e) {
      throw failed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QuiverException(SqlState.QUERY_CANCELED, "interrupted while waiting for etcd")
          .withCause(e);
    }
  }

  /// The answer of a transaction; without one it may have happened or not, now or later.
  <T> T write(CompletableFuture<T> call) {
    try {
      return await(call);
    } catch (TimeoutException e) {
      throw unknown(e);
    } catch (ExecutionException e) {
      throw wasSent(e) ? unknown(e) : failed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unknown(e);
    }
  }

  /// The answer about a lease, unless there is no such lease any more.
  <T> Optional<T> unlessLeaseEnded(CompletableFuture<T> call) {
    try {
      return Optional.of(read(call));
    } catch (QuiverException e) {
      if (e.state() == SqlState.UNDEFINED_OBJECT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private <T> T await(CompletableFuture<T> call)
      throws TimeoutException, ExecutionException, InterruptedException {
    return call.get(options.patience().toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Whether the request may have reached etcd's log although an error came back.
  private static boolean wasSent(ExecutionException e) {
    if (hasConnectFailure(e)) {
      return false;
    }
    Status answer = answer(e);
    return switch (answer.getCode()) {
      case INVALID_ARGUMENT,
          NOT_FOUND,
          PERMISSION_DENIED,
          UNAUTHENTICATED,
          RESOURCE_EXHAUSTED,
          FAILED_PRECONDITION,
          OUT_OF_RANGE ->
          false;
      // etcd has no code of its own for this refusal.
      default -> !text(answer).contains(NO_LEASE);
    };
  }

  /// Most calls fail with gRPC's exception, keep-alives with the client's own; the codes are equal.
  private static Status answer(ExecutionException e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof EtcdException found) {
        return Status.fromCode(Status.Code.valueOf(found.getErrorCode().name()))
            .withDescription(found.getMessage());
      }
    }
    return Status.fromThrowable(e);
  }

  private static String text(Status answer) {
    return String.valueOf(answer.getDescription());
  }

  private static boolean hasConnectFailure(Throwable error) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof ConnectException) {
        return true;
      }
    }
    return false;
  }

  private QuiverException failed(ExecutionException e) {
    Status answer = answer(e);
    if (text(answer).contains(NO_LEASE)) {
      return new QuiverException(SqlState.UNDEFINED_OBJECT, "metadata lease does not exist")
          .withCause(e);
    }
    if (text(answer).contains(NO_SPACE)) {
      return new QuiverException(
              SqlState.DISK_FULL, "etcd at %s refuses writes: %s", options.named(), text(answer))
          .withCause(e);
    }
    if (answer.getCode() == Status.Code.UNAVAILABLE) {
      return unreachable(e);
    }
    return new QuiverException(SqlState.IO_ERROR, "etcd at %s failed: %s", options.named(), answer)
        .withCause(e);
  }

  private QuiverException unreachable(Exception e) {
    return new QuiverException(
            SqlState.IO_ERROR,
            "etcd at %s does not answer within %d ms",
            options.named(),
            options.patience().toMillis())
        .withCause(e);
  }

  private QuiverException unknown(Exception e) {
    return new QuiverException(
            SqlState.STATEMENT_COMPLETION_UNKNOWN,
            "etcd at %s did not say what became of a commit",
            options.named())
        .withCause(e);
  }
}
