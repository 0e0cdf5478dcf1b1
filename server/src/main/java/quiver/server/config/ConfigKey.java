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
  MAX_CONNECTIONS("max-connections", "100", "sessions at once, 1 to 10000"),
  QUERY_MEMORY("query-memory", "256MiB", "memory of one statement before it spills or fails"),
  SEGMENT_ROWS_MAX(
      "segment-rows-max", "1000000", "rows at which a growing segment is sealed, 1024 to 16000000"),
  SEGMENT_BYTES_MAX(
      "segment-bytes-max", "1GiB", "bytes at which a growing segment is sealed, 1MiB or more"),
  LOG_LEVEL("log-level", "warn", "error, warn, info or debug");

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
