package quiver.storage.log.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.log.ChannelNames;
import quiver.storage.log.LogBroker;
import quiver.storage.log.LogReader;
import quiver.storage.log.LogWriter;

/// Channels in Kafka: an idempotent producer for each writer, a consumer without a group for each
/// reader, no Kafka transactions. Offsets are Kafka's. See the protocol guide,
/// <https://kafka.apache.org/protocol>, and KIP-98 for idempotent producers.
public final class KafkaLogBroker implements LogBroker {
  /// Bytes one writer holds that no broker has acknowledged.
  public static final long WRITER_SIZE_BYTES_MAX = 64L << 20;

  /// A record with its envelope in Kafka's record batch: what topics and brokers must take.
  public static final int MESSAGE_SIZE_BYTES_MAX = MAX_RECORD_BYTES + (1 << 20);

  private static final int BATCH_SIZE_BYTES = 1 << 20;
  private static final int FETCH_SIZE_BYTES = 2 * MAX_RECORD_BYTES;
  private static final int RECONNECT_MILLIS = 50;
  private static final int RECONNECT_MILLIS_MAX = 1_000;

  private final KafkaOptions options;
  private final Admin admin;
  private final ChannelTopics topics;
  private final Set<AutoCloseable> opened = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /// Connects lazily: the first channel shows whether Kafka answers.
  public KafkaLogBroker(KafkaOptions options) {
    this.options = options;
    Map<String, Object> properties = connection();
    properties.put(
        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) options.patience().toMillis());
    this.admin = Admin.create(properties);
    this.topics = new ChannelTopics(admin, options);
  }

  private Map<String, Object> connection() {
    int requestMillis = (int) Math.min(10_000, options.patience().toMillis());
    Map<String, Object> properties = new HashMap<>(options.security());
    properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, options.bootstrap());
    properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, requestMillis);
    properties.put(AdminClientConfig.RECONNECT_BACKOFF_MS_CONFIG, RECONNECT_MILLIS);
    properties.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, RECONNECT_MILLIS_MAX);
    properties.put(AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    return properties;
  }

  private TopicPartition partition(String channel) {
    checkOpen();
    return topics.ensure(ChannelNames.check(channel));
  }

  void checkOpen() {
    if (closed) {
      throw new QuiverException(SqlState.ADMIN_SHUTDOWN, "log broker is closed");
    }
  }

  void forget(AutoCloseable writerOrReader) {
    opened.remove(writerOrReader);
  }

  @Override
  public LogWriter openWriter(String channel) {
    TopicPartition partition = partition(channel);
    Map<String, Object> properties = connection();
    int patienceMillis = (int) options.patience().toMillis();
    // Forgetting the topic while no broker can be reached would make appending wait for metadata.
    properties.put(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, "none");
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    properties.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_SIZE_BYTES);
    properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, WRITER_SIZE_BYTES_MAX);
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MESSAGE_SIZE_BYTES_MAX);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, patienceMillis);
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, patienceMillis);
    KafkaLogWriter writer =
        new KafkaLogWriter(
            this,
            partition,
            new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer()));
    opened.add(writer);
    return writer;
  }

  @Override
  public LogReader openReader(String channel, long from) {
    TopicPartition partition = partition(channel);
    checkPosition(partition, from);
    Map<String, Object> properties = connection();
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_SIZE_BYTES);
    properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_SIZE_BYTES);
    properties.put(
        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) options.patience().toMillis());
    KafkaLogReader reader =
        new KafkaLogReader(
            this,
            partition,
            from,
            new KafkaConsumer<>(
                properties, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    opened.add(reader);
    return reader;
  }

  /// One past the last durable record.
  long endOffset(TopicPartition partition) {
    return offset(partition, OffsetSpec.latest());
  }

  /// Refuses a position outside the channel.
  void checkPosition(TopicPartition partition, long position) {
    long start = offset(partition, OffsetSpec.earliest());
    if (position < start) {
      throw new QuiverException(
          SqlState.SNAPSHOT_TOO_OLD,
          "log channel \"%s\" starts at %d, position %d was truncated",
          partition.topic(),
          start,
          position);
    }
    long end = endOffset(partition);
    if (position > end) {
      throw new QuiverException(
          SqlState.DATA_CORRUPTED,
          "log channel \"%s\" ends at %d, position %d lies beyond the end",
          partition.topic(),
          end,
          position);
    }
  }

  @Override
  public long start(String channel) {
    return offset(partition(channel), OffsetSpec.earliest());
  }

  @Override
  public long end(String channel) {
    return offset(partition(channel), OffsetSpec.latest());
  }

  private long offset(TopicPartition partition, OffsetSpec spec) {
    return topics
        .askKnown(() -> admin.listOffsets(Map.of(partition, spec)).partitionResult(partition))
        .offset();
  }

  @Override
  public void truncate(String channel, long before) {
    TopicPartition partition = partition(channel);
    try {
      var _ =
          admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(before))).all().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof OffsetOutOfRangeException) {
        throw new QuiverException(
                SqlState.INTERNAL_ERROR,
                "cannot truncate log channel \"%s\" before %d, it ends earlier",
                channel,
                before)
            .withCause(e);
      }
      throw KafkaErrors.failed(e, options);
    } catch (InterruptedException e) {
      throw KafkaErrors.interrupted(e);
    }
  }

  KafkaOptions options() {
    return options;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    for (AutoCloseable part : opened) {
      try {
        part.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    admin.close();
  }
}
