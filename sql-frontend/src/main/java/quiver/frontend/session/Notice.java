package quiver.frontend.session;

import java.util.List;
import java.util.Optional;
import quiver.common.error.SqlState;

/// A message that is not an error.
///
/// @param severity `WARNING`, `NOTICE`, `INFO`, `LOG` or `DEBUG`
/// @param sqlState five characters
public record Notice(
    String severity,
    String sqlState,
    String message,
    Optional<String> detail,
    Optional<String> hint) {
  private static final List<String> LEVELS =
      List.of(
          "debug5", "debug4", "debug3", "debug2", "debug1", "log", "notice", "warning", "error");

  static Notice warning(SqlState state, String message) {
    return new Notice("WARNING", state.code(), message, Optional.empty(), Optional.empty());
  }

  /// A warning or a notice, as its code says.
  static Notice of(String sqlState, String message) {
    boolean isWarning =
        sqlState.startsWith("01") || sqlState.equals(SqlState.INVALID_GRANT_OPERATION.code());
    return new Notice(
        isWarning ? "WARNING" : "NOTICE", sqlState, message, Optional.empty(), Optional.empty());
  }

  static Notice notice(String sqlState, String message) {
    return new Notice("NOTICE", sqlState, message, Optional.empty(), Optional.empty());
  }

  /// The same with a detail.
  Notice withDetail(Optional<String> newDetail) {
    return new Notice(severity, sqlState, message, newDetail, hint);
  }

  /// The same with a hint.
  Notice withHint(String newHint) {
    return new Notice(severity, sqlState, message, detail, Optional.of(newHint));
  }

  /// Whether a client that asked for `client_min_messages = level` gets the message.
  boolean reaches(String level) {
    int own =
        switch (severity) {
          case "WARNING" -> LEVELS.indexOf("warning");
          case "NOTICE" -> LEVELS.indexOf("notice");
          case "LOG" -> LEVELS.indexOf("log");
          case "INFO" -> LEVELS.size();
          default -> LEVELS.indexOf("debug1");
        };
    return own >= LEVELS.indexOf(level);
  }
}
