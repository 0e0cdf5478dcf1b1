package quiver.storage.log.kafka;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.log.CompletableAppend;
import quiver.storage.log.LogAppend;
import quiver.storage.log.LogBroker;
import quiver.storage.log.LogWriter;

/// Appends through one idempotent producer, whose sequence numbers keep the order of its records.
/// The first record that fails stops the producer at once, so that none after it can follow.
final class KafkaLogWriter implements LogWriter {
  private final KafkaLogBroker broker;
  private final TopicPartition partition;
  private final Producer<byte[], byte[]> producer;
  private volatile @Nullable QuiverException failure;
  private volatile boolean closed;

  KafkaLogWriter(
      KafkaLogBroker broker, TopicPartition partition, Producer<byte[], byte[]> producer) {
    this.broker = broker;
    this.partition = partition;
    this.producer = producer;
  }

  @Override
  public LogAppend append(ByteBuffer record) {
    broker.checkOpen();
    if (closed) {
      throw new QuiverException(SqlState.ADMIN_SHUTDOWN, "log writer is closed");
    }
    int sizeBytes = record.remaining();
    if (sizeBytes == 0 || sizeBytes > LogBroker.MAX_RECORD_BYTES) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "log record of %d bytes is not within 1 and %d bytes",
          sizeBytes,
          LogBroker.MAX_RECORD_BYTES);
    }
    QuiverException former = failure;
    if (former != null) {
      return CompletableAppend.failed(notSent(former));
    }
    byte[] bytes = new byte[sizeBytes];
    record.get(record.position(), bytes);
    return send(bytes);
  }

  private LogAppend send(byte[] bytes) {
    CompletableAppend append = new CompletableAppend();
    try {
      var _ =
          producer.send(
              new ProducerRecord<>(partition.topic(), partition.partition(), null, bytes),
              (metadata, error) -> {
                if (error == null) {
                  append.complete(metadata.offset());
                } else {
                  append.fail(fail(error));
                }
              });
    } catch (KafkaException | IllegalStateException e) {
      // The producer was stopped by a failure that another thread has just seen.
      QuiverException former = failure;
      append.fail(former == null ? fail(e) : notSent(former));
    }
    return append;
  }

  private QuiverException fail(Exception error) {
    QuiverException known = KafkaErrors.appendFailed(error, broker.options());
    if (failure == null) {
      failure = known;
      producer.close(Duration.ZERO);
    }
    return known;
  }

  private static QuiverException notSent(QuiverException former) {
    return new QuiverException(
            SqlState.IO_ERROR, "log record was not sent: an earlier one of its writer failed")
        .withCause(former);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      producer.close(broker.options().patience());
      broker.forget(this);
    }
  }
}
