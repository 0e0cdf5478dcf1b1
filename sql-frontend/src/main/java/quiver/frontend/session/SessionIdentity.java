package quiver.frontend.session;

import org.jspecify.annotations.Nullable;

/// Who and where a session is.
///
/// @param key the secret of cancel requests
/// @param clientAddress null when it is not known
/// @param clientPort -1 when it is not known
/// @param startMicros microseconds since 2000-01-01 UTC
public record SessionIdentity(
    int pid,
    int key,
    String user,
    @Nullable String clientAddress,
    int clientPort,
    long startMicros) {
  /// Of a session of the server itself.
  static final int BACKGROUND_PID = 0;

  /// Whether nobody has asked for what the session does.
  boolean isBackground() {
    return pid == BACKGROUND_PID;
  }
}
