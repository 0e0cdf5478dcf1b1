package quiver.frontend.session;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.ClusterService;
import quiver.rpc.RootCoordinatorService;
import quiver.rpc.RootCoordinatorService.Moment;

/// Which moment a statement reads at, and which definitions it sees. A strong read of tables of one
/// channel asks how far that must be read; any other strong statement asks the root coordinator for
/// a fresh moment. A weaker read takes one that a statement of the same front end has been given
/// lately, so that it asks nobody and waits for nobody: query nodes have come that far already.
/// Whatever is chosen is a consistent snapshot.
///
/// From [#begin] to [#end] a statement runs, and asks once. Used by the session's thread.
public final class SnapshotChoice {
  static final String CONSISTENCY = "quiver.consistency";
  static final String TOKEN = "quiver.session_token";
  static final String STALENESS = "quiver.max_staleness";

  /// What `session` and `eventual` reads are never older than.
  private static final Duration AGE_MAX = Duration.ofMinutes(1);

  /// How long after Bind what was asked for then still serves the execution.
  private static final long KEPT_NANOS_MAX = 1_000_000_000;

  private final RootCoordinatorService root;
  private final ClusterService cluster;
  private final Newest newest;
  private final LongSupplier nanoTime;
  private long token;
  private boolean hasChanged;

  /// Statements that run, one inside the other.
  private int depth;

  private Begun begun = Begun.NOTHING;

  /// Of the portal bound last, when nothing has run since.
  private @Nullable Kept kept;

  private record Kept(Portal portal, Begun begun, long nanos) {}

  /// What a statement has been told since it began.
  ///
  /// @param channel the only one it is thought to read
  /// @param fresh a moment of the root coordinator
  /// @param freshNanos before it was asked for
  /// @param index a moment for tables of `channel` alone
  record Begun(
      Optional<String> channel, Optional<Moment> fresh, long freshNanos, Optional<Moment> index) {
    static final Begun NOTHING = of(Optional.empty());

    static Begun of(Optional<String> channel) {
      return new Begun(channel, Optional.empty(), 0, Optional.empty());
    }

    Begun withFresh(Moment moment, long nanos) {
      return new Begun(channel, Optional.of(moment), nanos, index);
    }
  }

  /// The newest moment that a front end knows of. Thread-safe.
  public static final class Newest {
    /// @param nanos before the coordinator was asked
    private record Known(Moment moment, long nanos) {}

    private volatile @Nullable Known known;

    private void offer(Known now) {
      Known before = known;
      if (before == null || before.moment.timestamp() < now.moment.timestamp()) {
        known = now;
      }
    }
  }

  SnapshotChoice(
      RootCoordinatorService root, ClusterService cluster, Newest newest, LongSupplier nanoTime) {
    this.root = root;
    this.cluster = cluster;
    this.newest = newest;
    this.nanoTime = nanoTime;
  }

  /// A statement begins, perhaps inside another one, which it then shares everything with.
  ///
  /// @param earlier what it was told when it was bound
  /// @param channel the only one it is thought to read
  void begin(Optional<Begun> earlier, Optional<String> channel) {
    if (depth == 0) {
      begun = earlier.orElseGet(() -> Begun.of(channel));
    }
    depth++;
  }

  /// The statement has ended.
  Begun end() {
    Begun last = begun;
    depth--;
    if (depth == 0) {
      begun = Begun.NOTHING;
    }
    return last;
  }

  /// Notes what was asked for when a portal was bound.
  void keep(Portal portal, Begun asked) {
    kept = new Kept(portal, asked, nanoTime.getAsLong());
  }

  /// What was asked for when a portal was bound, if nothing has run since: its execution is the
  /// same statement.
  Optional<Begun> kept(Portal portal) {
    return Optional.ofNullable(kept)
        .filter(last -> last.portal == portal && nanoTime.getAsLong() - last.nanos < KEPT_NANOS_MAX)
        .map(Kept::begun);
  }

  /// Something else has run.
  void forgetKept() {
    kept = null;
  }

  /// The running statement begins anew, or has changed definitions.
  void renew() {
    begun = Begun.of(begun.channel);
  }

  /// The newest definitions, at the least those in force when the running statement began.
  CatalogImage definitions() {
    if (depth == 0) {
      return root.catalog();
    }
    return root.catalogAt(
        begun.fresh.or(() -> begun.channel.flatMap(this::index)).orElseGet(() -> fresh().moment));
  }

  /// A moment that shows all of one channel that was acknowledged before the statement began.
  private Optional<Moment> index(String channel) {
    boolean isKnown = begun.index.isPresent() && begun.channel.equals(Optional.of(channel));
    Optional<Moment> index = isKnown ? begun.index : cluster.readIndex(channel);
    if (depth > 0) {
      begun = new Begun(Optional.of(channel), begun.fresh, begun.freshNanos, index);
    }
    index.ifPresent(moment -> token = Math.max(token, moment.timestamp()));
    return index;
  }

  /// A moment that shows everything acknowledged before now, or before the running statement began.
  Moment strong() {
    Newest.Known now = fresh();
    newest.offer(now);
    token = Math.max(token, now.moment.timestamp());
    return now.moment;
  }

  /// The same, but nobody reads at it yet: query nodes need not have come that far.
  private Newest.Known fresh() {
    if (begun.fresh.isPresent()) {
      return new Newest.Known(begun.fresh.get(), begun.freshNanos);
    }
    long asked = nanoTime.getAsLong();
    Moment now = root.moment();
    if (depth > 0) {
      begun = begun.withFresh(now, asked);
    }
    return new Newest.Known(now, asked);
  }

  /// Whether the log of the statement's channel has a record of the moment, or soon will.
  boolean isIndex(Moment moment) {
    return begun.index.equals(Optional.of(moment));
  }

  /// For a statement that may change something: the session's next read shows it.
  Moment forChange() {
    hasChanged = true;
    return strong();
  }

  /// For a statement in a transaction block that only reads.
  ///
  /// @param channel of all its tables; empty if they are on several, or must all be seen at one
  ///   moment with those of other statements
  Moment forReadInBlock(Optional<String> channel) {
    return channel.flatMap(this::index).orElseGet(this::strong);
  }

  /// For a statement outside a transaction block that only reads.
  ///
  /// @param channel of all its tables; empty if they are on several
  Moment forRead(Map<String, String> settings, Optional<String> channel) {
    if (isPlain(settings)) {
      Optional<Moment> index = channel.flatMap(this::index);
      if (index.isPresent()) {
        return index.get();
      }
    }
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
    // Rows of before a table was rewritten do not fit the definitions of after.
    boolean isOfDefinitions =
        begun.fresh.filter(now -> now.catalogVersion() != known.moment.catalogVersion()).isEmpty();
    if (!isRecent || !isCovered || !isOfDefinitions) {
      return notBefore(wanted, strong());
    }
    token = Math.max(token, known.moment.timestamp());
    return known.moment;
  }

  /// Whether reads are strong, and need not show what another session has seen: that may be a
  /// moment later than the last record of a channel.
  static boolean isPlain(Map<String, String> settings) {
    return settings.getOrDefault(CONSISTENCY, "strong").equals("strong")
        && settings.getOrDefault(TOKEN, "0").equals("0");
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
