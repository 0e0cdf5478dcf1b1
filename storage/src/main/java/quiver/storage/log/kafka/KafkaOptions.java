package quiver.storage.log.kafka;

import java.time.Duration;
import java.util.Map;

/// How a cluster uses Kafka.
///
/// @param bootstrap `host:port` of brokers, comma-separated
/// @param topicPrefix what the topic of every channel starts with, so that clusters can share
///   brokers
/// @param replication copies of every record
/// @param minInSyncReplicas copies that must exist before an append is acknowledged
/// @param security what Kafka's clients are told about encryption and logins: `security.protocol`,
///   `sasl.…`, `ssl.…`, see <https://kafka.apache.org/documentation/#security>
/// @param patience how long an append or a request waits for the brokers
public record KafkaOptions(
    String bootstrap,
    String topicPrefix,
    int replication,
    int minInSyncReplicas,
    Map<String, String> security,
    Duration patience) {
  /// How long an append waits by default.
  public static final Duration PATIENCE_DEFAULT = Duration.ofSeconds(30);

  public KafkaOptions {
    security = Map.copyOf(security);
    if (replication < 1 || minInSyncReplicas < 1 || minInSyncReplicas > replication) {
      throw new IllegalArgumentException(
          replication + " replicas, " + minInSyncReplicas + " of them in sync");
    }
  }
}
