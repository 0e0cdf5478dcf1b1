package quiver.storage.log.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Creates the topics of channels, and refuses topics whose settings would lose records. Safe for
/// use by many threads.
final class ChannelTopics {
  private static final long UNKNOWN_TOPIC_NANOS = 20_000_000;

  private final Admin admin;
  private final KafkaOptions options;
  private final Map<String, TopicPartition> known = new ConcurrentHashMap<>();

  ChannelTopics(Admin admin, KafkaOptions options) {
    this.admin = admin;
    this.options = options;
  }

  /// The partition of a channel, which exists and is safe to use.
  ///
  /// @throws QuiverException `F0000` if the topic has settings under which records could be lost
  TopicPartition ensure(String channel) {
    TopicPartition partition = known.get(channel);
    if (partition == null) {
      String topic = options.topicPrefix() + channel;
      createIfAbsent(topic);
      check(topic);
      partition = new TopicPartition(topic, 0);
      known.put(channel, partition);
    }
    return partition;
  }

  private void createIfAbsent(String topic) {
    NewTopic created =
        new NewTopic(topic, 1, (short) options.replication())
            .configs(
                Map.of(
                    TopicConfig.CLEANUP_POLICY_CONFIG,
                    TopicConfig.CLEANUP_POLICY_DELETE,
                    TopicConfig.RETENTION_MS_CONFIG,
                    "-1",
                    TopicConfig.RETENTION_BYTES_CONFIG,
                    "-1",
                    TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG,
                    "false",
                    TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                    Integer.toString(options.minInSyncReplicas()),
                    TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                    Integer.toString(KafkaLogBroker.MESSAGE_SIZE_BYTES_MAX)));
    try {
      if (!exists(topic)) {
        admin.createTopics(List.of(created)).all().get();
      }
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw KafkaErrors.failed(e, options);
      }
    } catch (InterruptedException e) {
      throw KafkaErrors.interrupted(e);
    }
  }

  private boolean exists(String topic) throws InterruptedException, ExecutionException {
    try {
      return !admin.describeTopics(List.of(topic)).allTopicNames().get().isEmpty();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return false;
      }
      throw e;
    }
  }

  private void check(String topic) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    Config config = askKnown(() -> admin.describeConfigs(List.of(resource)).values().get(resource));
    TopicDescription description =
        askKnown(() -> admin.describeTopics(List.of(topic)).topicNameValues().get(topic));
    List<String> faults = settingFaults(config);
    faults.addAll(replicationFaults(description));
    if (!faults.isEmpty()) {
      throw new QuiverException(
              SqlState.CONFIG_FILE_ERROR,
              "Kafka topic \"%s\" could lose records: %s",
              topic,
              String.join(", ", faults))
          .withHint("Change the topic's settings, or use another topic prefix.");
    }
  }

  /// Asks about a topic that exists. The controller makes topics and brokers hear of them later:
  /// one that does not know the topic yet is asked again, as long as the patience lasts.
  <T> T askKnown(Supplier<KafkaFuture<T>> question) {
    long deadline = System.nanoTime() + options.patience().toNanos();
    while (true) {
      try {
        return question.get().get();
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
            || System.nanoTime() > deadline) {
          throw KafkaErrors.failed(e, options);
        }
        LockSupport.parkNanos(UNKNOWN_TOPIC_NANOS);
      } catch (InterruptedException e) {
        throw KafkaErrors.interrupted(e);
      }
    }
  }

  private List<String> settingFaults(Config config) {
    List<String> faults = new ArrayList<>();
    expect(config, TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE, faults);
    expect(config, TopicConfig.RETENTION_MS_CONFIG, "-1", faults);
    expect(config, TopicConfig.RETENTION_BYTES_CONFIG, "-1", faults);
    expect(config, TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG, "false", faults);
    expectAtLeast(
        config, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, options.minInSyncReplicas(), faults);
    expectAtLeast(
        config,
        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
        KafkaLogBroker.MESSAGE_SIZE_BYTES_MAX,
        faults);
    return faults;
  }

  private static void expect(Config config, String name, String wanted, Collection<String> faults) {
    String value = config.get(name).value();
    if (!wanted.equals(value)) {
      faults.add(name + " is " + value + " and must be " + wanted);
    }
  }

  private static void expectAtLeast(
      Config config, String name, int wanted, Collection<String> faults) {
    String value = config.get(name).value();
    if (value == null || Long.parseLong(value) < wanted) {
      faults.add(name + " is " + value + " and must be at least " + wanted);
    }
  }

  private List<String> replicationFaults(TopicDescription description) {
    List<String> faults = new ArrayList<>();
    if (description.partitions().size() != 1) {
      faults.add("it has " + description.partitions().size() + " partitions and must have one");
    }
    int replicas = description.partitions().getFirst().replicas().size();
    if (replicas < options.replication()) {
      faults.add("it has " + replicas + " replicas and must have " + options.replication());
    }
    return faults;
  }
}
