package quiver.storage.log.kafka;

import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// What failures of Kafka mean here.
final class KafkaErrors {
  private KafkaErrors() {}

  /// A request that changed nothing, or may be repeated, did not succeed.
  static QuiverException failed(Throwable e, KafkaOptions options) {
    return new QuiverException(
            SqlState.IO_ERROR,
            "Kafka at %s failed: %s",
            options.bootstrap(),
            e.getCause() == null ? e : e.getCause())
        .withCause(e);
  }

  /// An append did not succeed: only a refusal of the record itself says that it is not there.
  static QuiverException appendFailed(Exception e, KafkaOptions options) {
    if (e instanceof RecordTooLargeException
        || e instanceof InvalidRecordException
        || e instanceof AuthorizationException
        || e instanceof AuthenticationException) {
      return failed(e, options);
    }
    return new QuiverException(
            SqlState.STATEMENT_COMPLETION_UNKNOWN,
            "Kafka at %s did not say what became of a log record: %s",
            options.bootstrap(),
            e)
        .withCause(e);
  }

  static QuiverException interrupted(Exception e) {
    Thread.currentThread().interrupt();
    return new QuiverException(SqlState.QUERY_CANCELED, "interrupted while waiting for Kafka")
        .withCause(e);
  }
}
