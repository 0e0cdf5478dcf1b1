package quiver.jdbc.host;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The properties that are ours. Those that name a setting of the server are spelled as there; all
/// other properties are pgjdbc's.
public enum DriverProperty {
  LOAD_BALANCE(
      "loadBalance",
      "random",
      "Which of several front ends a connection goes to: random, round-robin or first",
      null,
      "random",
      "round-robin",
      "first"),
  FAILOVER(
      "failover",
      "true",
      "Whether a connection whose front end is gone goes on with another one, and reads are sent"
          + " again",
      null,
      "true",
      "false"),
  COPY_BATCH(
      "copyBatch",
      "true",
      "Whether executeBatch of a plain INSERT goes over COPY",
      null,
      "true",
      "false"),
  TRANSACTION_RETRIES(
      "transactionRetries", "10", "How often inTransaction repeats its work after 40001", null),
  EF_SEARCH("ef_search", "", "Effort of a search by a vector index", "hnsw.ef_search"),
  CONSISTENCY(
      "consistency",
      "",
      "How recent what a statement sees must be: strong, session, bounded or eventual",
      "quiver.consistency",
      "strong",
      "session",
      "bounded",
      "eventual"),
  STATEMENT_TIMEOUT(
      "statement_timeout",
      "",
      "After how many milliseconds (or 10s, 1min) the server ends a statement",
      "statement_timeout");

  private final String key;
  private final String defaultText;
  private final String description;
  private final @Nullable String setting;
  private final String choices;

  DriverProperty(
      String key,
      String defaultText,
      String description,
      @Nullable String setting,
      String... choices) {
    this.key = key;
    this.defaultText = defaultText;
    this.description = description;
    this.setting = setting;
    this.choices = String.join(",", choices);
  }

  /// Its name in a URL.
  public String key() {
    return key;
  }

  /// Its value if none is given; empty: the server's.
  public String defaultText() {
    return defaultText;
  }

  /// What it does, in one sentence.
  public String description() {
    return description;
  }

  /// The setting of the server it stands for.
  public Optional<String> setting() {
    return Optional.ofNullable(setting);
  }

  /// The values it can have; empty if they are not words.
  public String[] choices() {
    return choices.isEmpty() ? new String[0] : choices.split(",", -1);
  }
}
