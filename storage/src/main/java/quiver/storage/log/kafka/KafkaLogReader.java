package quiver.storage.log.kafka;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.log.LogEntry;
import quiver.storage.log.LogReader;

/// Reads through a consumer of its own.
final class KafkaLogReader implements LogReader {
  private final KafkaLogBroker broker;
  private final TopicPartition partition;
  private final Consumer<byte[], byte[]> consumer;
  private final Deque<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();

  // A consumer serves one thread at a time; closing waits for the reading one.
  private final ReentrantLock using = new ReentrantLock();
  private long position;
  private volatile boolean closed;

  KafkaLogReader(
      KafkaLogBroker broker,
      TopicPartition partition,
      long position,
      Consumer<byte[], byte[]> consumer) {
    this.broker = broker;
    this.partition = partition;
    this.position = position;
    this.consumer = consumer;
    consumer.assign(List.of(partition));
    consumer.seek(partition, position);
  }

  @Override
  public Optional<LogEntry> poll() {
    return locked(() -> {
      if (fetched.isEmpty()) {
        // What is durable now must be found, however long the fetch takes. The consumer's own
        // connection is busy with the fetch that waits for new records.
        long end = broker.endOffset(partition);
        while (fetched.isEmpty() && position < end) {
          fetch(broker.options().patience());
        }
      }
    });
  }

  @Override
  public Optional<LogEntry> ready() {
    return locked(() -> {});
  }

  @Override
  public Optional<LogEntry> next(Duration timeout) {
    return locked(() -> {
      if (fetched.isEmpty()) {
        fetch(timeout);
      }
    });
  }

  private Optional<LogEntry> locked(Runnable fetching) {
    checkOpen();
    using.lock();
    try {
      checkOpen();
      fetching.run();
      ConsumerRecord<byte[], byte[]> record = fetched.poll();
      if (record == null) {
        return Optional.empty();
      }
      position = record.offset() + 1;
      return Optional.of(
          new LogEntry(
              record.offset(),
              ByteBuffer.wrap(record.value()).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN)));
    } catch (WakeupException e) {
      throw new QuiverException(SqlState.ADMIN_SHUTDOWN, "log reader is closed").withCause(e);
    } catch (InterruptException e) {
      throw KafkaErrors.interrupted(e);
    } catch (OffsetOutOfRangeException e) {
      broker.checkPosition(partition, position);
      throw KafkaErrors.failed(e, broker.options());
    } catch (KafkaException e) {
      throw KafkaErrors.failed(e, broker.options());
    } finally {
      using.unlock();
    }
  }

  private void fetch(Duration timeout) {
    consumer.poll(timeout).forEach(fetched::add);
  }

  private void checkOpen() {
    broker.checkOpen();
    if (closed) {
      throw new QuiverException(SqlState.ADMIN_SHUTDOWN, "log reader is closed");
    }
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    consumer.wakeup();
    using.lock();
    try {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
    } catch (WakeupException | InterruptException e) {
      // Nothing is left to be done: a consumer without a group owes nobody anything.
      if (e instanceof InterruptException) {
        Thread.currentThread().interrupt();
      }
    } finally {
      using.unlock();
    }
    broker.forget(this);
  }
}
