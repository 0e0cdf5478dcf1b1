package quiver.storage.object.s3;

import io.minio.errors.ErrorResponseException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Repeats requests while the service is busy or cannot be reached, and says what its refusals
/// mean.
final class S3Requests {
  /// How often one request is sent.
  static final int ATTEMPTS_MAX = 6;

  private static final long PAUSE_MILLIS = 50;
  private static final Set<String> MISSING = Set.of("NoSuchKey", "NoSuchObject", "NotFound");
  private static final int STATUS_NOT_FOUND = 404;
  private static final int STATUS_CONFLICT = 409;
  private static final int STATUS_PRECONDITION_FAILED = 412;
  private static final int STATUS_RANGE_NOT_SATISFIABLE = 416;
  private static final int STATUS_TOO_MANY_REQUESTS = 429;
  private static final int STATUS_SERVER_ERROR = 500;

  private final S3Options options;

  S3Requests(S3Options options) {
    this.options = options;
  }

  /// One try of a request.
  interface Request<T> {
    T send() throws Exception;
  }

  /// Sends a request that may be repeated.
  ///
  /// @throws Refusal if the service refuses it
  /// @throws QuiverException `58030` if no answer comes
  <T> T repeat(Request<T> request) throws Refusal {
    for (int attempt = 1; ; attempt++) {
      try {
        return request.send();
      } catch (Exception e) {
        Refusal refusal = refusal(e);
        if (refusal != null && !refusal.isTemporary()) {
          throw refusal;
        }
        if (attempt == ATTEMPTS_MAX) {
          throw unreachable(e);
        }
        pause(attempt);
      }
    }
  }

  /// Waits longer the more attempts there were.
  static void pause(int attempt) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS << attempt));
    if (Thread.currentThread().isInterrupted()) {
      throw new QuiverException(SqlState.QUERY_CANCELED, "interrupted while waiting for S3");
    }
  }

  /// The result of a request of the asynchronous client.
  static <T> T await(CompletableFuture<T> future) throws Exception {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QuiverException(SqlState.QUERY_CANCELED, "interrupted while waiting for S3")
          .withCause(e);
    }
  }

  /// What the service said, if it said anything.
  static @Nullable Refusal refusal(Exception e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof ErrorResponseException answer) {
        return new Refusal(answer.response().code(), answer.errorResponse().code(), answer);
      }
      if (t instanceof QuiverException own) {
        throw own;
      }
    }
    return null;
  }

  QuiverException unreachable(Exception e) {
    Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
    return new QuiverException(
            SqlState.IO_ERROR,
            "object store %s does not answer: %s",
            options.endpoint(),
            cause.getMessage())
        .withCause(e);
  }

  QuiverException failed(Refusal refusal) {
    return new QuiverException(
            SqlState.IO_ERROR,
            "object store %s refused a request on bucket \"%s\": %s (%d)",
            options.endpoint(),
            options.bucket(),
            refusal.code,
            refusal.status)
        .withCause(refusal);
  }

  /// An error the service answered with.
  static final class Refusal extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;

    Refusal(int status, @Nullable String code, Exception cause) {
      super(cause);
      this.status = status;
      this.code = code == null ? "" : code;
    }

    boolean isTemporary() {
      return status >= STATUS_SERVER_ERROR
          || status == STATUS_CONFLICT
          || status == STATUS_TOO_MANY_REQUESTS;
    }

    boolean isMissing() {
      return MISSING.contains(code) || (code.isEmpty() && status == STATUS_NOT_FOUND);
    }

    boolean isTaken() {
      return status == STATUS_PRECONDITION_FAILED;
    }

    boolean isPastEnd() {
      return status == STATUS_RANGE_NOT_SATISFIABLE;
    }
  }
}
