package quiver.storage.meta.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.meta.CommitResult;
import quiver.storage.meta.Guard;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.Listing;
import quiver.storage.meta.MetaListener;
import quiver.storage.meta.MetaState;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.Put;
import quiver.storage.meta.Watch;

/// The keys of one cluster in etcd, every commit one etcd transaction.
///
/// Reads are linearizable and are repeated while etcd cannot be reached. A commit is sent once:
/// when its answer does not come, its outcome is unknown, and [quiver.storage.meta.OperationCommit]
/// is the way to repeat it. See etcd's API guarantees, <https://etcd.io/docs/v3.4/learning/api/>.
public final class EtcdMetaStore implements MetaStore {
  /// Keys one listing request asks for; a longer listing takes several, at one revision.
  public static final int LISTING_PAGE_KEYS_MAX = 500;

  private static final int MESSAGE_SIZE_BYTES_MAX = 512 << 20;
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

  private final EtcdOptions options;
  private final Executor delivery;
  private final ScheduledExecutorService timer;
  private final EtcdCalls calls;
  private final Client client;
  private final KV kv;
  private final Lease leases;
  private final Set<EtcdWatch> watches = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /// Connects lazily: the first operation shows whether etcd answers.
  ///
  /// @param delivery calls watch listeners; must not run them on the calling thread
  /// @param timer reopens broken watches; owned by the caller
  public EtcdMetaStore(EtcdOptions options, Executor delivery, ScheduledExecutorService timer) {
    this.options = options;
    this.delivery = delivery;
    this.timer = timer;
    this.calls = new EtcdCalls(options);
    DirectAnswers direct = new DirectAnswers();
    this.client =
        EtcdLogin.builder(options.access(), options.endpoints())
            .waitForReady(false)
            .keepaliveTime(KEEP_ALIVE)
            .keepaliveTimeout(KEEP_ALIVE)
            .maxInboundMessageSize(MESSAGE_SIZE_BYTES_MAX)
            .retryDelay(50)
            .retryMaxDelay(1_000)
            .retryMaxAttempts(Integer.MAX_VALUE)
            .retryMaxDuration(options.patience())
            .executorService(direct)
            .interceptor(direct)
            .build();
    this.kv = client.getKVClient();
    this.leases = client.getLeaseClient();
  }

  ByteSequence bytes(String key) {
    return ByteSequence.from(options.root() + key, StandardCharsets.UTF_8);
  }

  KeyValue entry(io.etcd.jetcd.KeyValue found) {
    return new KeyValue(
        key(found.getKey()),
        found.getValue().getBytes(),
        found.getCreateRevision(),
        found.getModRevision(),
        found.getLease());
  }

  String key(ByteSequence bytes) {
    return bytes.toString(StandardCharsets.UTF_8).substring(options.root().length());
  }

  /// The end of the range of keys that start with `prefix`.
  ByteSequence rangeEnd(String prefix) {
    byte[] end = (options.root() + prefix).getBytes(StandardCharsets.UTF_8);
    // UTF-8 has no byte 0xff, so the last one can always be raised.
    end[end.length - 1]++;
    return ByteSequence.from(end);
  }

  private void checkOpen() {
    if (closed) {
      throw new QuiverException(SqlState.ADMIN_SHUTDOWN, "metadata store is closed");
    }
  }

  @Override
  public Optional<KeyValue> get(String key) {
    checkOpen();
    return calls.read(kv.get(bytes(key))).getKvs().stream().findFirst().map(this::entry);
  }

  @Override
  public List<Optional<KeyValue>> getAll(List<String> keys) {
    checkOpen();
    Op[] reads = keys.stream().map(key -> Op.get(bytes(key), GetOption.DEFAULT)).toArray(Op[]::new);
    // A transaction without writes is a linearizable read, as a get is.
    return calls.read(kv.txn().Then(reads).commit()).getGetResponses().stream()
        .map(found -> found.getKvs().stream().findFirst().map(this::entry))
        .toList();
  }

  @Override
  public Listing list(String prefix) {
    checkOpen();
    ByteSequence end = rangeEnd(prefix);
    ByteSequence from = bytes(prefix);
    List<KeyValue> entries = new ArrayList<>();
    long revision = 0;
    while (true) {
      GetResponse page =
          calls.read(
              kv.get(
                  from,
                  GetOption.builder()
                      .withRange(end)
                      .withLimit(LISTING_PAGE_KEYS_MAX)
                      .withSortField(GetOption.SortTarget.KEY)
                      .withSortOrder(GetOption.SortOrder.ASCEND)
                      .withRevision(revision)
                      .build()));
      if (revision == 0) {
        revision = page.getHeader().getRevision();
      }
      page.getKvs().forEach(found -> entries.add(entry(found)));
      if (!page.isMore()) {
        return new Listing(revision, entries);
      }
      // The smallest key after the last one.
      from = bytes(entries.getLast().key() + "\0");
    }
  }

  @Override
  public CommitResult commit(List<Guard> guards, List<Put> puts, List<String> deletes) {
    MetaState.check(guards, puts, deletes);
    checkOpen();
    Cmp[] conditions = guards.stream().map(this::condition).toArray(Cmp[]::new);
    List<Op> writes = new ArrayList<>(puts.size() + deletes.size());
    for (Put put : puts) {
      writes.add(
          Op.put(
              bytes(put.key()),
              ByteSequence.from(put.value()),
              PutOption.builder().withLeaseId(put.lease()).build()));
    }
    for (String key : deletes) {
      writes.add(Op.delete(bytes(key), DeleteOption.DEFAULT));
    }
    Op[] otherwise =
        guards.stream()
            .map(guard -> Op.get(bytes(guard.key()), GetOption.DEFAULT))
            .toArray(Op[]::new);
    CompletableFuture<TxnResponse> sent =
        kv.txn().If(conditions).Then(writes.toArray(new Op[0])).Else(otherwise).commit();
    TxnResponse answer = calls.write(sent);
    return answer.isSucceeded()
        ? new CommitResult.Committed(answer.getHeader().getRevision())
        : new CommitResult.Conflict(firstFailed(guards, answer));
  }

  private Cmp condition(Guard guard) {
    return new Cmp(
        bytes(guard.key()),
        Cmp.Op.EQUAL,
        switch (guard) {
          case Guard.ModRevision(_, long revision) -> CmpTarget.modRevision(revision);
          case Guard.CreateRevision(_, long revision) -> CmpTarget.createRevision(revision);
        });
  }

  private String firstFailed(List<Guard> guards, TxnResponse answer) {
    for (int i = 0; i < guards.size(); i++) {
      Optional<KeyValue> found =
          answer.getGetResponses().get(i).getKvs().stream().findFirst().map(this::entry);
      long actual =
          switch (guards.get(i)) {
            case Guard.ModRevision _ -> found.map(KeyValue::modRevision).orElse(0L);
            case Guard.CreateRevision _ -> found.map(KeyValue::createRevision).orElse(0L);
          };
      long expected =
          switch (guards.get(i)) {
            case Guard.ModRevision(_, long revision) -> revision;
            case Guard.CreateRevision(_, long revision) -> revision;
          };
      if (actual != expected) {
        return guards.get(i).key();
      }
    }
    throw new QuiverException(
        SqlState.DATA_CORRUPTED, "etcd refused a transaction whose conditions all hold");
  }

  @Override
  public Watch watch(String prefix, long fromRevision, MetaListener listener) {
    checkOpen();
    EtcdWatch watch =
        new EtcdWatch(
            this, client.getWatchClient(), timer, prefix, fromRevision, listener, delivery);
    watches.add(watch);
    watch.open();
    return watch;
  }

  void forget(EtcdWatch watch) {
    watches.remove(watch);
  }

  /// The time to live is rounded up to whole seconds; etcd has a least one of about two seconds.
  @Override
  public long grant(Duration timeToLive) {
    checkOpen();
    long seconds = timeToLive.plusSeconds(1).minusNanos(1).toSeconds();
    return calls.read(leases.grant(Math.max(1, seconds))).getID();
  }

  @Override
  public boolean keepAlive(long lease) {
    checkOpen();
    return calls.unlessLeaseEnded(leases.keepAliveOnce(lease)).isPresent();
  }

  @Override
  public void revoke(long lease) {
    checkOpen();
    var _ = calls.unlessLeaseEnded(leases.revoke(lease));
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      watches.forEach(EtcdWatch::close);
      client.close();
    }
  }
}
