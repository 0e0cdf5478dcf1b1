package quiver.frontend.session;

import java.util.Optional;

/// LISTEN, UNLISTEN and NOTIFY of one session. Used by the session's thread only.
final class SessionNotifications {
  private final Notifications all;
  private final Client client;
  private final Notifications.Listener listener;
  private final int pid;
  private final SessionTransaction transaction;

  SessionNotifications(Notifications all, Client client, int pid, SessionTransaction transaction) {
    this.all = all;
    this.client = client;
    this.listener = new Notifications.Listener(client);
    this.pid = pid;
    this.transaction = transaction;
  }

  /// LISTEN, once the transaction commits.
  void listen(String channel) {
    Notifications.check(channel, "");
    transaction.onCommit(() -> all.listen(channel, listener));
  }

  /// UNLISTEN; empty: of all channels.
  void unlisten(Optional<String> channel) {
    all.unlisten(channel.orElse(null), listener);
  }

  /// NOTIFY, once the transaction commits; the same twice is sent once.
  void notify(String channel, String payload) {
    Notifications.check(channel, payload);
    Notification notification = new Notification(pid, channel, payload);
    if (transaction.current().note(notification)) {
      transaction.onCommit(() -> all.send(notification));
    }
  }

  /// Sends the client the notifications that have come.
  ///
  /// @return whether there were any
  boolean deliver() {
    boolean any = false;
    for (Optional<Notification> next = listener.poll(); next.isPresent(); next = listener.poll()) {
      client.notification(next.get());
      any = true;
    }
    return any;
  }
}
