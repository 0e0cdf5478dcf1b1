package quiver.frontend.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// LISTEN and NOTIFY between the sessions of one front end. Safe for every thread.
public final class Notifications {
  /// Characters of a channel's name, and one.
  static final int CHANNEL_LENGTH_MAX = 64;

  /// Characters of a payload, and one.
  static final int PAYLOAD_LENGTH_MAX = 8000;

  /// Notifications a session may leave unread; more are dropped, with a warning to it.
  static final int UNREAD_COUNT_MAX = 100_000;

  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Map<String, Set<Listener>> byChannel = new HashMap<>();

  /// A session's end of it: what it has not read yet.
  static final class Listener {
    private final Client client;
    private final ConcurrentLinkedQueue<Notification> unread = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    Listener(Client client) {
      this.client = client;
    }

    /// The oldest notification not read yet.
    Optional<Notification> poll() {
      Notification next = unread.poll();
      if (next != null) {
        count.decrementAndGet();
      }
      return Optional.ofNullable(next);
    }

    private void add(Notification notification) {
      if (count.incrementAndGet() > UNREAD_COUNT_MAX) {
        count.decrementAndGet();
        return;
      }
      unread.add(notification);
    }
  }

  /// @throws QuiverException `22023` for a name or payload that is too long
  static void check(String channel, String payload) {
    if (channel.isEmpty()) {
      throw new QuiverException(SqlState.INVALID_PARAMETER_VALUE, "channel name cannot be empty");
    }
    if (channel.length() >= CHANNEL_LENGTH_MAX) {
      throw new QuiverException(SqlState.INVALID_PARAMETER_VALUE, "channel name too long");
    }
    if (payload.length() >= PAYLOAD_LENGTH_MAX) {
      throw new QuiverException(SqlState.INVALID_PARAMETER_VALUE, "payload string too long");
    }
  }

  void listen(String channel, Listener listener) {
    synchronized (lock) {
      byChannel.computeIfAbsent(channel, ignored -> new HashSet<>()).add(listener);
    }
  }

  /// @param channel null for all
  void unlisten(@Nullable String channel, Listener listener) {
    synchronized (lock) {
      for (String name : channel == null ? List.copyOf(byChannel.keySet()) : List.of(channel)) {
        Set<Listener> listeners = byChannel.get(name);
        if (listeners != null) {
          listeners.remove(listener);
          if (listeners.isEmpty()) {
            byChannel.remove(name);
          }
        }
      }
    }
  }

  void send(Notification notification) {
    List<Listener> listeners;
    synchronized (lock) {
      listeners = List.copyOf(byChannel.getOrDefault(notification.channel(), Set.of()));
    }
    for (Listener listener : listeners) {
      listener.add(notification);
      listener.client.wake();
    }
  }
}
