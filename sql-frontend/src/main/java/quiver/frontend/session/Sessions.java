package quiver.frontend.session;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import quiver.common.catalog.RoleDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.frontend.activity.SessionActivity;
import quiver.frontend.activity.SessionRegistry;
import quiver.rpc.Unavailable;

/// The sessions of a front end. Safe for every thread.
public final class Sessions implements SessionRegistry {
  /// The detail by which drivers know that a statement was not executed.
  private static final String NOTHING_EXECUTED =
      "The session was between statements; nothing sent since then was executed.";

  private final int countMax;
  private final ConcurrentSkipListMap<Integer, Entry> byPid = new ConcurrentSkipListMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final ConcurrentHashMap<Long, Integer> byRole = new ConcurrentHashMap<>();
  private final Object ended = new Object();
  private final AtomicInteger nextPid = new AtomicInteger(1);

  private final Notifications notifications = new Notifications();

  private volatile boolean draining;

  private record Entry(Session session, Termination termination) {}

  /// Ends a connection from outside.
  public interface Termination {
    /// The session gets `because` as a FATAL error, and its connection is closed.
    void terminate(QuiverException because);

    /// The same, once the session is between statements and in no transaction.
    void leave();
  }

  public Sessions(int countMax) {
    this.countMax = countMax;
  }

  /// What its sessions tell each other.
  Notifications notifications() {
    return notifications;
  }

  /// A process id no other session has had.
  public int newPid() {
    return nextPid.getAndIncrement();
  }

  /// Takes a place for a session.
  ///
  /// @throws QuiverException `53300` when all are taken, `57P03` when the server is about to stop
  public void reserve() {
    if (draining) {
      throw Unavailable.because("the database system is shutting down");
    }
    if (count.incrementAndGet() > countMax) {
      count.decrementAndGet();
      throw new QuiverException(SqlState.TOO_MANY_CONNECTIONS, "sorry, too many clients already");
    }
  }

  /// Counts a session of a role.
  ///
  /// @throws QuiverException `53300` when the role has as many as it may
  public void enter(RoleDefinition role) {
    int count = byRole.merge(role.id(), 1, Integer::sum);
    int limit = role.connectionLimit();
    if (limit >= 0 && count > limit && !role.attributes().superuser()) {
      leave(role);
      throw new QuiverException(
          SqlState.TOO_MANY_CONNECTIONS, "too many connections for role \"%s\"", role.name());
    }
  }

  /// The session of a role has ended.
  public void leave(RoleDefinition role) {
    byRole.computeIfPresent(role.id(), (id, count) -> count == 1 ? null : count - 1);
  }

  /// Gives the place back.
  public void release() {
    count.decrementAndGet();
    synchronized (ended) {
      ended.notifyAll();
    }
  }

  /// Waits until no session is left, or the time is up.
  public void awaitEnd(long seconds) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    synchronized (ended) {
      try {
        for (long left = seconds * 1_000;
            count.get() > 0 && left > 0;
            left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())) {
          ended.wait(left);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  public void add(Session session, Termination termination) {
    byPid.put(session.identity().pid(), new Entry(session, termination));
  }

  public void remove(Session session) {
    byPid.remove(session.identity().pid());
  }

  /// A cancel request of the protocol: wrong keys are ignored.
  public void cancel(int pid, int key) {
    Entry entry = byPid.get(pid);
    if (entry != null && entry.session().identity().key() == key) {
      entry.session().cancelStatement();
    }
  }

  @Override
  public List<SessionActivity> sessions() {
    return byPid.values().stream().map(entry -> entry.session().activity()).toList();
  }

  /// Who has logged in to a session; empty: there is none.
  Optional<String> userOf(int pid) {
    return Optional.ofNullable(byPid.get(pid)).map(entry -> entry.session().identity().user());
  }

  @Override
  public boolean cancel(int pid) {
    Optional<Entry> entry = Optional.ofNullable(byPid.get(pid));
    entry.ifPresent(e -> e.session().cancelStatement());
    return entry.isPresent();
  }

  @Override
  public boolean terminate(int pid) {
    Optional<Entry> entry = Optional.ofNullable(byPid.get(pid));
    entry.ifPresent(e -> e.termination().terminate(shutdown()));
    return entry.isPresent();
  }

  /// Ends each session as soon as it is between statements and in no transaction, and takes no
  /// further ones.
  public void drain() {
    draining = true;
    byPid.values().forEach(entry -> entry.termination().leave());
  }

  /// Whether [#drain] was called.
  public boolean isDraining() {
    return draining;
  }

  /// What a session is told that ends between statements: a client may send what it has just sent
  /// to another front end.
  public static QuiverException leaving() {
    return shutdown().withDetail(NOTHING_EXECUTED);
  }

  /// Ends every session.
  public void terminateAll() {
    byPid.values().forEach(entry -> entry.termination().terminate(shutdown()));
  }

  private static QuiverException shutdown() {
    return new QuiverException(
        SqlState.ADMIN_SHUTDOWN, "terminating connection due to administrator command");
  }
}
