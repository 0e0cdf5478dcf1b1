package quiver.server.config;

import java.util.Optional;

/// The keys of the configuration file, with their defaults as text.
public enum ConfigKey {
  DATA_DIR("data-dir", "quiver-data", "directory of the embedded log, metadata and objects"),
  LISTEN_ADDRESS("listen-address", "127.0.0.1", "address the SQL port binds to"),
  PORT("port", "5433", "SQL port, 0 to 65535; 0 picks a free one"),
  TLS_CERTIFICATE(
      "tls-certificate", "", "PEM file with the server's certificate chain; empty: no encryption"),
  TLS_KEY("tls-key", "", "PEM file with the certificate's unencrypted PKCS #8 key"),
  TLS_REQUIRED("tls-required", "no", "yes: unencrypted connections are refused; yes or no"),
  TLS_CLIENT_AUTHORITY(
      "tls-client-authority",
      "",
      "PEM file with who signs certificates of clients; empty: they are not asked for one"),
  HOST_RULES(
      "host-rules",
      "",
      "file in pg_hba.conf's form that says who authenticates how; empty: the standard rules"),
  SUPERUSER("superuser", "quiver", "name of the role a new data directory begins with"),
  MAX_CONNECTIONS("max-connections", "100", "sessions at once, 1 to 10000"),
  QUERY_MEMORY("query-memory", "256MiB", "memory of one statement before it spills or fails"),
  SEGMENT_ROWS_MAX(
      "segment-rows-max", "1000000", "rows at which a growing segment is sealed, 1024 to 16000000"),
  SEGMENT_BYTES_MAX(
      "segment-bytes-max", "1GiB", "bytes at which a growing segment is sealed, 1MiB or more"),
  HISTORY_RETENTION(
      "history-retention",
      "10min",
      "how long deleted rows can be read by FOR SYSTEM_TIME AS OF, 10s to 30d"),
  AUTOMATIC_ANALYSIS(
      "automatic-analysis", "yes", "yes: tables that have changed much are analysed; yes or no"),
  LOG_LEVEL("log-level", "warn", "error, warn, info or debug"),
  ROLES(
      "roles",
      "all",
      "all, or a comma-separated list of front-end, root-coordinator, data-coordinator,"
          + " query-coordinator, data-node, query-node, index-node"),
  NODE_NAME(
      "node-name",
      "",
      "unique name in the cluster, of a to z, 0 to 9, dot, hyphen and underscore; empty: made of"
          + " the advertised address"),
  RPC_ADDRESS("rpc-address", "", "host:port that other processes reach this one at"),
  RPC_ADVERTISE("rpc-advertise", "", "host:port that others are told; empty: rpc-address"),
  RPC_TLS_CERTIFICATE(
      "rpc-tls-certificate",
      "",
      "PEM file with this process's certificate chain; empty: processes do not encrypt"),
  RPC_TLS_KEY("rpc-tls-key", "", "PEM file with the certificate's unencrypted PKCS #8 key"),
  RPC_TLS_AUTHORITY(
      "rpc-tls-authority", "", "PEM file with who signs certificates of the cluster's processes"),
  METADATA("metadata", "", "etcd:// or etcds://host:port,host:port/prefix; empty: embedded"),
  METADATA_AUTHORITY(
      "metadata-authority",
      "",
      "PEM file with who signs etcd's certificate; empty: the JDK's list"),
  METADATA_CERTIFICATE(
      "metadata-certificate", "", "PEM file with the certificate chain that is shown to etcd"),
  METADATA_KEY("metadata-key", "", "PEM file with that certificate's unencrypted PKCS #8 key"),
  METADATA_USER("metadata-user", "", "user of etcd; empty: none"),
  METADATA_PASSWORD_FILE(
      "metadata-password-file", "", "file whose first line is the password of that user"),
  LOG("log", "", "kafka://host:port,host:port/topic-prefix; empty: embedded"),
  LOG_REPLICATION("log-replication", "3", "copies of every log record in Kafka, 1 to 15"),
  LOG_IN_SYNC(
      "log-in-sync",
      "2",
      "copies that acknowledge a log record, 1 to the value of log-replication"),
  LOG_SECURITY_FILE(
      "log-security-file",
      "",
      "properties of Kafka's clients: security.protocol, sasl.… and ssl.…; empty: PLAINTEXT"),
  OBJECTS("objects", "", "s3://host:port/bucket or s3s://host:port/bucket; empty: embedded"),
  OBJECTS_ACCESS_KEY("objects-access-key", "", "access key of the bucket"),
  OBJECTS_SECRET_KEY_FILE(
      "objects-secret-key-file", "", "file whose first line is the secret key of the bucket"),
  CHANNELS(
      "channels",
      "0",
      "log channels, 1 to 64, chosen once for new metadata; 0: as many as were chosen, at first 1"),
  REPLICAS("replicas", "1", "copies of every segment on query nodes, 1 to 16"),
  CACHE_DIR(
      "cache-dir", "", "directory of a query node's copies of files; empty: cache in data-dir"),
  CACHE_SIZE("cache-size", "10GiB", "what a query node keeps there, 64MiB or more");

  private final String key;
  private final String defaultText;
  private final String meaning;

  ConfigKey(String key, String defaultText, String meaning) {
    this.key = key;
    this.defaultText = defaultText;
    this.meaning = meaning;
  }

  public String key() {
    return key;
  }

  public String defaultText() {
    return defaultText;
  }

  /// What the key sets, with unit and range.
  public String meaning() {
    return meaning;
  }

  static Optional<ConfigKey> byKey(String text) {
    for (ConfigKey candidate : values()) {
      if (candidate.key.equals(text)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /// The key with the smallest edit distance to `text`.
  static ConfigKey nearest(String text) {
    ConfigKey nearest = values()[0];
    int best = Integer.MAX_VALUE;
    for (ConfigKey candidate : values()) {
      int distance = editDistance(candidate.key, text);
      if (distance < best) {
        best = distance;
        nearest = candidate;
      }
    }
    return nearest;
  }

  /// Levenshtein's distance.
  private static int editDistance(String left, String right) {
    int[] previous = new int[right.length() + 1];
    for (int j = 0; j <= right.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int[] current = new int[right.length() + 1];
      current[0] = i;
      for (int j = 1; j <= right.length(); j++) {
        int substitution = previous[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[right.length()];
  }
}
