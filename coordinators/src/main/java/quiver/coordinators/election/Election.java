package quiver.coordinators.election;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.meta.LeaderRecord;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.MetaValue;
import quiver.storage.meta.ChangeSignal;
import quiver.storage.meta.CommitResult;
import quiver.storage.meta.Guard;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.Put;

/// Campaigns for a coordinator role as long as it is open: puts the leader key under a lease when
/// there is none, leads while the lease can be renewed, and campaigns again after that. The key
/// says who is asked; only the guard in [Leadership#store] says who may act.
public final class Election implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Election.class);

  /// How long a leader that has died keeps its role.
  public static final Duration LEASE = Duration.ofSeconds(5);

  /// The lease is renewed so many times before it would end.
  private static final int RENEWALS = 5;

  private final MetaStore store;
  private final String key;
  private final String role;
  private final String node;
  private final String rpcAddress;
  private final Duration lease;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final Candidate candidate;
  private final ChangeSignal signal;
  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean resigning;

  /// What a process does once it leads.
  public interface Candidate {
    /// Starts the coordinator; called on the election's thread, so it must not take longer than
    /// half a lease. Whatever it throws ends the reign.
    Reign lead(Leadership leadership);
  }

  /// A running coordinator.
  public interface Reign extends AutoCloseable {
    /// Stops it; nothing it does from now on has an effect in the meta store.
    @Override
    void close();
  }

  private Election(
      MetaStore store,
      String key,
      String node,
      String rpcAddress,
      Duration lease,
      InstantSource clock,
      LongSupplier nanoClock,
      Candidate candidate,
      ThreadFactory threads) {
    this.store = store;
    this.key = key;
    this.role = key.substring(MetaKeys.LEADERS.length());
    this.node = node;
    this.rpcAddress = rpcAddress;
    this.lease = lease;
    this.clock = clock;
    this.nanoClock = nanoClock;
    this.candidate = candidate;
    this.signal = new ChangeSignal(store, List.of(key));
    this.thread = threads.newThread(this::run);
    thread.setName("quiver-election-" + role);
  }

  /// Campaigns for a role.
  ///
  /// @param key the role's leader key
  /// @param node this process's name
  /// @param rpcAddress where it answers when it leads
  public static Election start(
      MetaStore store,
      String key,
      String node,
      String rpcAddress,
      InstantSource clock,
      Candidate candidate,
      ThreadFactory threads) {
    return start(store, key, node, rpcAddress, LEASE, clock, System::nanoTime, candidate, threads);
  }

  /// As above, with a lease and a monotonic clock of choice.
  public static Election start(
      MetaStore store,
      String key,
      String node,
      String rpcAddress,
      Duration lease,
      InstantSource clock,
      LongSupplier nanoClock,
      Candidate candidate,
      ThreadFactory threads) {
    Election election =
        new Election(store, key, node, rpcAddress, lease, clock, nanoClock, candidate, threads);
    election.thread.start();
    return election;
  }

  private Duration step() {
    return lease.dividedBy(RENEWALS);
  }

  private void run() {
    while (signal.await(step()) && !closed) {
      try {
        if (!resigning && store.get(key).isEmpty()) {
          campaign();
        }
      } catch (QuiverException e) {
        if (!closed) {
          log.warn("election step failed, will be tried again: role={}", role, e);
        }
      } catch (RuntimeException e) {
        log.error("election step failed, will be tried again: role={}", role, e);
      }
    }
  }

  private void campaign() {
    Instant wall = clock.instant();
    long nanos = nanoClock.getAsLong();
    long leaseId = store.grant(lease);
    try {
      Optional<Leadership> won = win(leaseId);
      if (won.isPresent()) {
        won.get().renewed(wall, nanos);
        lead(won.get(), leaseId);
      }
    } finally {
      store.revoke(leaseId);
    }
  }

  private Optional<Leadership> win(long leaseId) {
    String termKey = MetaKeys.term(role);
    Optional<KeyValue> before = store.get(termKey);
    long term = before.map(entry -> MetaValue.toLong(termKey, entry.value())).orElse(0L) + 1;
    byte[] record = new LeaderRecord(node, rpcAddress, term).encode();
    long revision;
    try {
      CommitResult result =
          store.commit(
              List.of(
                  Guard.absent(key),
                  before.map(Guard::unchanged).orElseGet(() -> Guard.absent(termKey))),
              List.of(new Put(key, record, leaseId), new Put(termKey, MetaValue.ofLong(term))),
              List.of());
      if (!(result instanceof CommitResult.Committed(var created))) {
        return Optional.empty();
      }
      revision = created;
    } catch (QuiverException e) {
      if (e.state() != SqlState.STATEMENT_COMPLETION_UNKNOWN) {
        throw e;
      }
      // The lease is ours alone: a key under it is our own.
      Optional<KeyValue> now = store.get(key).filter(entry -> entry.lease() == leaseId);
      if (now.isEmpty()) {
        return Optional.empty();
      }
      revision = now.get().createRevision();
    }
    return Optional.of(
        new Leadership(
            role, term, new Guard.CreateRevision(key, revision), store, lease, clock, nanoClock));
  }

  private void lead(Leadership leadership, long leaseId) {
    log.info("leading: role={} node={} term={}", role, node, leadership.term());
    Thread renewer =
        Thread.ofVirtual().name("quiver-lease-" + role).start(() -> renew(leadership, leaseId));
    try (Reign _ = candidate.lead(leadership)) {
      while (leadership.isValid() && !resigning && signal.await(step()) && !closed) {}
    } finally {
      leadership.end();
      renewer.interrupt();
      log.info("not leading any more: role={} node={} term={}", role, node, leadership.term());
    }
  }

  /// Renews the lease while the coordinator starts and works.
  private void renew(Leadership leadership, long leaseId) {
    while (leadership.isValid()) {
      try {
        Instant wall = clock.instant();
        long nanos = nanoClock.getAsLong();
        if (!store.keepAlive(leaseId)) {
          leadership.end();
          signal.signal();
          return;
        }
        leadership.renewed(wall, nanos);
      } catch (QuiverException e) {
        log.warn("lease not renewed: role={}", role, e);
      }
      LockSupport.parkNanos(this, step().toNanos());
      if (Thread.interrupted()) {
        return;
      }
    }
    signal.signal();
  }

  /// Gives the role up, so that another process takes it at once, and does not campaign again.
  public void resign() {
    resigning = true;
    signal.signal();
  }

  /// Gives the role up and stops campaigning.
  @Override
  public void close() {
    closed = true;
    signal.close();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
