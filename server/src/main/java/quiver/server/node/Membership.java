package quiver.server.node;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.NodeRecord;
import quiver.storage.meta.ChangeSignal;
import quiver.storage.meta.CommitResult;
import quiver.storage.meta.Guard;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.Put;

/// Keeps this process registered under a lease as long as it is open. Thread-safe.
public final class Membership implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Membership.class);

  /// The lease is renewed so many times before it would end.
  private static final int RENEWALS = 5;

  private final MetaStore meta;
  private final String key;
  private final ChangeSignal signal;
  private final Thread thread;
  private volatile NodeRecord record;
  private volatile NodeRecord registered;
  private volatile long lease = MetaStore.NO_LEASE;
  private volatile boolean closed;

  private Membership(MetaStore meta, NodeRecord record, ThreadFactory threads) {
    this.meta = meta;
    this.key = MetaKeys.node(record.name());
    this.record = record;
    this.registered = record;
    this.signal = new ChangeSignal(meta, List.of(key));
    this.thread = threads.newThread(this::run);
    thread.setName("quiver-membership");
  }

  /// Registers.
  ///
  /// @throws QuiverException `55006` if another live process has the name
  public static Membership join(MetaStore meta, NodeRecord record, ThreadFactory threads) {
    Membership membership = new Membership(meta, record, threads);
    try {
      membership.awaitName();
      membership.register();
    } catch (RuntimeException e) {
      membership.signal.close();
      throw e;
    }
    membership.thread.start();
    return membership;
  }

  /// A former process of the name that was killed keeps it until its lease ends. If it had the
  /// address that this one has bound, it certainly is gone.
  private void awaitName() {
    long deadline = System.nanoTime() + NodeRecord.LEASE.multipliedBy(2).toNanos();
    while (meta.get(key).filter(entry -> !isFormer(entry)).isPresent()) {
      if (System.nanoTime() > deadline || !signal.await(Duration.ofMillis(100))) {
        throw new QuiverException(
            SqlState.OBJECT_IN_USE, "a node named \"%s\" is running already", record.name());
      }
    }
  }

  private boolean isFormer(KeyValue entry) {
    return NodeRecord.decode(key, entry.value()).rpcAddress().equals(record.rpcAddress());
  }

  private void register() {
    long granted = meta.grant(NodeRecord.LEASE);
    Optional<KeyValue> before = meta.get(key);
    if (before.filter(entry -> !isFormer(entry)).isPresent()) {
      meta.revoke(granted);
      throw new QuiverException(
          SqlState.OBJECT_IN_USE, "a node named \"%s\" is running already", record.name());
    }
    NodeRecord current = record;
    CommitResult result =
        meta.commit(
            List.of(before.map(Guard::unchanged).orElseGet(() -> Guard.absent(key))),
            List.of(new Put(key, current.encode(), granted)),
            List.of());
    if (!(result instanceof CommitResult.Committed)) {
      meta.revoke(granted);
      throw new QuiverException(
          SqlState.OBJECT_IN_USE, "a node named \"%s\" is just starting", record.name());
    }
    lease = granted;
    registered = current;
  }

  private void run() {
    Duration step = NodeRecord.LEASE.dividedBy(RENEWALS);
    while (signal.await(step) && !closed) {
      try {
        if (!meta.keepAlive(lease)) {
          log.warn("this node was taken for dead and registers again: node={}", record.name());
          register();
        } else if (!registered.equals(record)) {
          NodeRecord current = record;
          var _ = meta.commit(List.of(), List.of(new Put(key, current.encode(), lease)), List.of());
          registered = current;
        }
      } catch (QuiverException e) {
        if (!closed) {
          log.warn("registration not renewed, will be tried again: node={}", record.name(), e);
        }
      }
    }
  }

  /// This process as it is registered, or will be in a moment.
  public NodeRecord record() {
    return record;
  }

  /// Changes the record.
  public void update(NodeRecord newRecord) {
    record = newRecord;
    signal.signal();
  }

  /// Leaves the cluster at once. Idempotent.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    signal.close();
    Joining.await(thread);
    try {
      meta.revoke(lease);
    } catch (QuiverException e) {
      log.warn("registration not ended, its lease will: node={}", record.name(), e);
    }
  }
}
