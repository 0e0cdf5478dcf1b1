package quiver.frontend.session;

/// What NOTIFY sends to those who LISTEN.
///
/// @param pid of the session that sent it
public record Notification(int pid, String channel, String payload) {}
