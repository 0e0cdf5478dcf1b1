package quiver.frontend.session;

import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.RootCoordinatorService;
import quiver.rpc.RootCoordinatorService.Moment;

/// Which moment a statement reads at. A strong read asks the root coordinator for a fresh one; a
/// weaker read takes one that a statement of the same front end has been given lately, so that it
/// asks nobody and waits for nobody: query nodes have come that far already. Whatever is chosen is
/// a consistent snapshot. Used by the session's thread.
public final class SnapshotChoice {
  static final String CONSISTENCY = "quiver.consistency";
  static final String TOKEN = "quiver.session_token";
  static final String STALENESS = "quiver.max_staleness";

  /// What `session` and `eventual` reads are never older than.
  private static final Duration AGE_MAX = Duration.ofMinutes(1);

  private final RootCoordinatorService root;
  private final Newest newest;
  private final LongSupplier nanoTime;
  private long token;
  private boolean hasChanged;

  /// The newest moment that a front end knows of. Thread-safe.
  public static final class Newest {
    private record Known(Moment moment, long nanos) {}

    private volatile @Nullable Known known;

    /// @param askedNanos before the coordinator was asked
    private void offer(Moment moment, long askedNanos) {
      Known before = known;
      if (before == null || before.moment.timestamp() < moment.timestamp()) {
        known = new Known(moment, askedNanos);
      }
    }
  }

  SnapshotChoice(RootCoordinatorService root, Newest newest, LongSupplier nanoTime) {
    this.root = root;
    this.newest = newest;
    this.nanoTime = nanoTime;
  }

  /// A moment that shows everything acknowledged before now.
  Moment strong() {
    long asked = nanoTime.getAsLong();
    Moment now = root.moment();
    newest.offer(now, asked);
    token = Math.max(token, now.timestamp());
    return now;
  }

  /// For a statement that may change something: the session's next read shows it.
  Moment forChange() {
    hasChanged = true;
    return strong();
  }

  /// For a statement outside a transaction block that only reads.
  Moment forRead(Map<String, String> settings) {
    String consistency = settings.getOrDefault(CONSISTENCY, "strong");
    long wanted = Math.max(token, Long.parseLong(settings.getOrDefault(TOKEN, "0")));
    Newest.Known known = newest.known;
    if (consistency.equals("strong") || known == null || hasChanged) {
      hasChanged = false;
      return notBefore(wanted, strong());
    }
    long ageMax =
        consistency.equals("bounded")
            ? Duration.ofMillis(Long.parseLong(settings.getOrDefault(STALENESS, "0"))).toNanos()
            : AGE_MAX.toNanos();
    boolean isRecent = nanoTime.getAsLong() - known.nanos <= ageMax;
    boolean isCovered = consistency.equals("eventual") || known.moment.timestamp() >= wanted;
    if (!isRecent || !isCovered) {
      return notBefore(wanted, strong());
    }
    token = Math.max(token, known.moment.timestamp());
    return known.moment;
  }

  private static Moment notBefore(long wanted, Moment moment) {
    if (moment.timestamp() < wanted) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE, "session token %s lies in the future", wanted);
    }
    return moment;
  }

  /// What another session must be told to see all this one has seen and done.
  long token(Map<String, String> settings) {
    if (hasChanged) {
      hasChanged = false;
      return strong().timestamp();
    }
    return Math.max(token, Long.parseLong(settings.getOrDefault(TOKEN, "0")));
  }
}
