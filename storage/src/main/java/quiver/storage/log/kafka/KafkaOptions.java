package quiver.storage.log.kafka;

import java.time.Duration;

/// How a cluster uses Kafka.
///
/// @param bootstrap `host:port` of brokers, comma-separated
/// @param topicPrefix what the topic of every channel starts with, so that clusters can share
///   brokers
/// @param replication copies of every record
/// @param minInSyncReplicas copies that must exist before an append is acknowledged
/// @param patience how long an append or a request waits for the brokers
public record KafkaOptions(
    String bootstrap,
    String topicPrefix,
    int replication,
    int minInSyncReplicas,
    Duration patience) {
  /// How long an append waits by default.
  public static final Duration PATIENCE_DEFAULT = Duration.ofSeconds(30);

  public KafkaOptions {
    if (replication < 1 || minInSyncReplicas < 1 || minInSyncReplicas > replication) {
      throw new IllegalArgumentException(
          replication + " replicas, " + minInSyncReplicas + " of them in sync");
    }
  }
}
