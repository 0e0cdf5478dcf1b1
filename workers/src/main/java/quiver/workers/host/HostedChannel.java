package quiver.workers.host;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.Cancellation;
import quiver.rpc.DataNodeService.CommitRequest;
import quiver.rpc.DataNodeService.CommitResult;
import quiver.rpc.DataNodeService.KeyedCommit;
import quiver.rpc.DataNodeService.Resolution;
import quiver.rpc.DataNodeService.TableWrite;
import quiver.rpc.Unavailable;
import quiver.storage.log.LogAppend;
import quiver.storage.log.LogBroker;
import quiver.storage.log.LogEntry;
import quiver.storage.log.LogReader;
import quiver.storage.log.LogWriter;
import quiver.storage.record.Epoch;
import quiver.storage.record.LogRecord;
import quiver.workers.channel.ChannelCheckpoint;
import quiver.workers.channel.ChannelOwner;
import quiver.workers.channel.ChannelReplica;
import quiver.workers.channel.Decision;
import quiver.workers.channel.Pending;
import quiver.workers.channel.SegmentFiles;
import quiver.workers.channel.TableReading;
import quiver.workers.segment.RowCodec;
import quiver.workers.segment.TableView;

/// One channel as its owner's process hosts it. Callers decide and append under the lock; one
/// thread reads the log back, applies it under the lock, and wakes whoever waits. Because records
/// are appended before earlier ones are durable, many commits share one disk synchronisation.
///
/// When an append fails, a new session starts with a BARRIER; what has not landed before it never
/// will, and is refused. When a record cannot be applied, the channel halts: every request fails
/// with the reason.
public final class HostedChannel implements ReadableChannel, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HostedChannel.class);

  /// How long the reading thread sleeps without a record before it looks for a failed session.
  private static final Duration POLL = Duration.ofMillis(100);

  /// Records applied under one hold of the lock.
  private static final int APPLY_COUNT_MAX = 256;

  /// Bytes applied under one hold of the lock.
  private static final int APPLY_BYTES_MAX = 1 << 20;

  private final ChannelSettings settings;
  private final LogBroker broker;
  private final LongSupplier timestamps;
  private final LongSupplier segmentIds;
  private final LogReader reader;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition progressed = lock.newCondition();

  @GuardedBy("lock")
  private final ChannelReplica replica;

  /// The replica again, for the calls that every thread may make.
  private final ChannelReplica shared;

  @GuardedBy("lock")
  private ChannelOwner owner;

  /// The owner of the next session, until its barrier is applied.
  @GuardedBy("lock")
  private @Nullable ChannelOwner successor;

  @GuardedBy("lock")
  private LogWriter writer;

  @GuardedBy("lock")
  private final Map<Pending, Waiter> waiters = new HashMap<>();

  @GuardedBy("lock")
  private long inFlightBytes;

  @GuardedBy("lock")
  private long memoryBytes;

  @GuardedBy("lock")
  private long wantedTimestamp;

  @GuardedBy("lock")
  private long appliedBytes;

  private volatile long readableTimestamp;
  private volatile @Nullable QuiverException sessionFailure;
  private volatile @Nullable QuiverException halted;
  private volatile boolean closed;

  private static final class Waiter {
    final CountDownLatch done = new CountDownLatch(1);
    volatile @Nullable QuiverException failure;
  }

  private HostedChannel(
      ChannelSettings settings,
      ChannelReplica replica,
      long replayFromOffset,
      LogBroker broker,
      LongSupplier timestamps,
      LongSupplier segmentIds,
      ThreadFactory threads) {
    this.settings = settings;
    this.replica = replica;
    this.shared = replica;
    this.broker = broker;
    this.timestamps = timestamps;
    this.segmentIds = segmentIds;
    this.writer = broker.openWriter(settings.channel());
    this.reader = broker.openReader(settings.channel(), replayFromOffset);
    this.owner = newOwner(new Epoch(settings.term(), 1));
    this.thread = threads.newThread(this::run);
    thread.setName("quiver-channel-" + settings.channel());
  }

  /// Takes the channel over: restores the checkpoint, reads the log up to the own barrier, and
  /// serves.
  ///
  /// @param timestamps the timestamp oracle
  /// @param segmentIds fresh segment ids
  public static HostedChannel open(
      ChannelSettings settings,
      ChannelCheckpoint checkpoint,
      SegmentFiles files,
      LogBroker broker,
      LongSupplier timestamps,
      LongSupplier segmentIds,
      ThreadFactory threads) {
    ChannelReplica replica = new ChannelReplica(checkpoint, files);
    HostedChannel channel;
    try {
      channel =
          new HostedChannel(
              settings,
              replica,
              checkpoint.replayFrom().offset(),
              broker,
              timestamps,
              segmentIds,
              threads);
    } catch (RuntimeException e) {
      replica.close();
      throw e;
    }
    try {
      channel.recover();
    } catch (RuntimeException e) {
      channel.close();
      throw e;
    }
    channel.thread.start();
    return channel;
  }

  private ChannelOwner newOwner(Epoch epoch) {
    return new ChannelOwner(shared, epoch, timestamps, segmentIds, settings.limits());
  }

  private void recover() {
    lock.lock();
    try {
      long started = System.nanoTime();
      writer.append(owner.barrier(settings.node(), "start").encode()).await(settings.patience());
      long records = 0;
      while (!owner.isReady()) {
        LogEntry entry =
            reader
                .next(settings.patience())
                .orElseThrow(() ->
                    new QuiverException(
                        SqlState.IO_ERROR,
                        "log channel \"%s\" ends before the barrier just written",
                        settings.channel()));
        apply(entry, LogRecord.decode(entry.record()));
        records++;
        if (owner.isDeposed()) {
          throw replaced();
        }
      }
      countMemory();
      advanceReadable();
      log.info(
          "channel recovered: channel={} records={} millis={} epoch={}",
          settings.channel(),
          records,
          (System.nanoTime() - started) / 1_000_000,
          owner.epoch());
    } finally {
      lock.unlock();
    }
  }

  private QuiverException replaced() {
    return Unavailable.because("log channel \"%s\" has another owner now", settings.channel());
  }

  // ---- reading the log back ----

  private void run() {
    while (!closed && halted == null) {
      try {
        Optional<LogEntry> entry = reader.next(POLL);
        if (sessionFailure != null) {
          renewSession();
        }
        if (entry.isPresent()) {
          applyAvailable(entry.get());
        }
      } catch (QuiverException e) {
        if (!closed) {
          halt(e);
        }
      } catch (RuntimeException e) {
        halt(
            new QuiverException(
                    SqlState.INTERNAL_ERROR,
                    "log channel \"%s\" cannot be applied",
                    settings.channel())
                .withCause(e));
      }
    }
  }

  private void applyAvailable(LogEntry first) {
    LogRecord record = LogRecord.decode(first.record());
    lock.lock();
    try {
      LogEntry entry = first;
      int count = 0;
      int bytes = 0;
      while (true) {
        bytes += entry.record().remaining();
        apply(entry, record);
        count++;
        if (count == APPLY_COUNT_MAX || bytes >= APPLY_BYTES_MAX) {
          break;
        }
        Optional<LogEntry> next = reader.ready();
        if (next.isEmpty()) {
          break;
        }
        entry = next.get();
        record = LogRecord.decode(entry.record());
      }
      appliedBytes += bytes;
      countMemory();
      advanceReadable();
      progressed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void apply(LogEntry entry, LogRecord record) {
    replica.apply(entry.offset(), record);
    ChannelOwner next = successor;
    if (next != null && replica.position().epoch().equals(next.epoch())) {
      owner = next;
      successor = null;
      inFlightBytes = 0;
      QuiverException lost =
          new QuiverException(
              SqlState.IO_ERROR, "could not write to log channel \"%s\"", settings.channel());
      waiters.values().forEach(waiter -> finish(waiter, lost));
      waiters.clear();
    }
    if (record.header().epoch().equals(owner.epoch())) {
      inFlightBytes -= entry.record().remaining();
    }
    for (Pending done : owner.applied()) {
      Waiter waiter = waiters.remove(done);
      if (waiter != null) {
        finish(waiter, null);
      }
    }
    // Barriers of this process's own earlier sessions depose nobody.
    ChannelOwner newest = successor;
    if ((newest == null ? owner : newest).isDeposed()) {
      throw replaced();
    }
  }

  private static void finish(Waiter waiter, @Nullable QuiverException failure) {
    waiter.failure = failure;
    waiter.done.countDown();
  }

  @GuardedBy("lock")
  private void countMemory() {
    long bytes = 0;
    for (var segment : replica.segments()) {
      bytes += segment.rows().memoryBytes();
    }
    memoryBytes = bytes;
  }

  @GuardedBy("lock")
  private void advanceReadable() {
    if (settings.exclusive()) {
      if (owner.isReady() && successor == null) {
        owner.promise(wantedTimestamp);
      }
      readableTimestamp = Math.max(readableTimestamp, owner.settledTimestamp());
    } else {
      readableTimestamp = replica.appliedTimestamp();
    }
  }

  /// Starts the next session: a new writer and a BARRIER.
  private void renewSession() {
    lock.lock();
    try {
      QuiverException cause = sessionFailure;
      sessionFailure = null;
      ChannelOwner before = successor == null ? owner : successor;
      log.warn(
          "log append failed, new session: channel={} epoch={}",
          settings.channel(),
          before.epoch(),
          cause);
      writer.close();
      writer = broker.openWriter(settings.channel());
      ChannelOwner next = newOwner(before.epoch().nextSession());
      successor = next;
      append(List.of(next.barrier(settings.node(), "append failed")));
    } catch (QuiverException e) {
      sessionFailure = e;
      log.warn("no new session yet: channel={}", settings.channel(), e);
    } finally {
      lock.unlock();
    }
  }

  private void halt(QuiverException reason) {
    log.error("channel halted: channel={}", settings.channel(), reason);
    lock.lock();
    try {
      halted = reason;
      waiters.values().forEach(waiter -> finish(waiter, unknown(reason)));
      waiters.clear();
      progressed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// What a request gets whose records may or may not be in the log. Where another process can own
  /// the channel, asking that one the same again tells.
  private QuiverException unknown(@Nullable QuiverException reason) {
    if (!settings.exclusive()) {
      QuiverException elsewhere =
          Unavailable.because("log channel \"%s\" is not served here any more", settings.channel());
      return reason == null ? elsewhere : elsewhere.withCause(reason);
    }
    if (reason == null) {
      return new QuiverException(
          SqlState.TRANSACTION_RESOLUTION_UNKNOWN,
          "server stopped before the outcome of the transaction was known");
    }
    return new QuiverException(
            SqlState.TRANSACTION_RESOLUTION_UNKNOWN,
            "log channel \"%s\" stopped before the outcome of the transaction was known",
            settings.channel())
        .withCause(reason);
  }

  // ---- requests ----

  /// Appends records in order. An append that fails makes the reading thread start a new session.
  @GuardedBy("lock")
  private void append(List<LogRecord> records) {
    for (LogRecord record : records) {
      var bytes = record.encode();
      inFlightBytes += bytes.remaining();
      try {
        LogAppend append = writer.append(bytes);
        append.whenDone(() -> noteFailure(append));
      } catch (QuiverException e) {
        sessionFailure = e;
        return;
      }
    }
  }

  private void noteFailure(LogAppend append) {
    try {
      append.await(Duration.ZERO);
    } catch (QuiverException e) {
      sessionFailure = e;
    }
  }

  /// Asks the owner until it answers, and appends what it decides.
  ///
  /// @return the waiter of what was appended, or the answer
  private Submitted submit(Function<ChannelOwner, Decision> request) {
    long deadline = System.nanoTime() + settings.patience().toNanos();
    lock.lock();
    try {
      while (true) {
        checkServing();
        if (successor == null && sessionFailure == null) {
          switch (decide(request)) {
            case Decision.Append(var records, var pending) -> {
              Waiter waiter = new Waiter();
              waiters.put(pending, waiter);
              append(records);
              return new Submitted(waiter, pending, null);
            }
            case Decision.Known(var pending) -> {
              Waiter waiter = waiters.computeIfAbsent(pending, ignored -> new Waiter());
              return new Submitted(waiter, pending, null);
            }
            case Decision.Answer(var result) -> {
              return new Submitted(null, null, result);
            }
            case Decision.Later() -> {}
          }
        }
        awaitProgress(deadline);
      }
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private Decision decide(Function<ChannelOwner, Decision> request) {
    try {
      return request.apply(owner);
    } catch (RuntimeException e) {
      if (owner.isBroken()) {
        sessionFailure =
            new QuiverException(SqlState.INTERNAL_ERROR, "a decision failed half-way").withCause(e);
      }
      throw e;
    }
  }

  private record Submitted(
      @Nullable Waiter waiter, @Nullable Pending pending, @Nullable CommitResult answer) {}

  @GuardedBy("lock")
  private void awaitProgress(long deadline) {
    long left = deadline - System.nanoTime();
    if (left <= 0) {
      throw new QuiverException(
          SqlState.CANNOT_CONNECT_NOW,
          "log channel \"%s\" is not ready to write",
          settings.channel());
    }
    awaitSignal(left);
  }

  /// One wait of a loop in the caller.
  @GuardedBy("lock")
  @SuppressWarnings("WaitNotInLoop")
  private void awaitSignal(long nanos) {
    try {
      boolean _ = progressed.await(Math.min(nanos, POLL.toNanos()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QuiverException(SqlState.QUERY_CANCELED, "canceling statement due to user request")
          .withCause(e);
    }
  }

  private void checkServing() {
    QuiverException reason = halted;
    if (reason != null) {
      if (!settings.exclusive()) {
        throw unknown(reason);
      }
      throw QuiverException.ofMessage(reason.state(), reason.message()).withCause(reason);
    }
    if (closed) {
      throw settings.exclusive()
          ? new QuiverException(
              SqlState.ADMIN_SHUTDOWN, "terminating connection due to administrator command")
          : unknown(null);
    }
  }

  /// Waits until what was submitted is applied.
  private CommitResult await(Submitted submitted) {
    if (submitted.waiter == null || submitted.pending == null) {
      return java.util.Objects.requireNonNull(submitted.answer);
    }
    boolean interrupted = false;
    try {
      while (true) {
        try {
          submitted.waiter.done.await();
          break;
        } catch (InterruptedException e) {
          // The records are on their way: the outcome decides, not the interrupt.
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    QuiverException failure = submitted.waiter.failure;
    if (failure != null) {
      throw QuiverException.ofMessage(failure.state(), failure.message()).withCause(failure);
    }
    return new CommitResult.Committed(submitted.pending.timestamp());
  }

  /// As [quiver.rpc.DataNodeService#stage]: blocks while too many bytes are on their way or rows in
  /// memory exceed their limit.
  public CommitResult stage(UUID transaction, int sequence, TableWrite write) {
    List<RowCodec.Piece> pieces = encode(write);
    awaitRoom(write);
    Submitted submitted = submit(owner -> owner.stage(transaction, sequence, write, pieces));
    return submitted.answer == null ? new CommitResult.Committed(0) : submitted.answer;
  }

  private List<RowCodec.Piece> encode(TableWrite write) {
    return write
        .inserted()
        .map(rows -> RowCodec.pieces(rows, settings.limits().frameBytesMax()))
        .orElse(List.of());
  }

  private void awaitRoom(TableWrite write) {
    if (write.inserted().isEmpty()) {
      return;
    }
    long deadline = System.nanoTime() + settings.patience().toNanos();
    lock.lock();
    try {
      while (inFlightBytes > settings.inFlightBytesMax()
          || memoryBytes > settings.memoryBytesMax()) {
        checkServing();
        if (System.nanoTime() > deadline) {
          throw new QuiverException(SqlState.OUT_OF_MEMORY, "out of memory")
              .withDetail(
                  String.format(
                      Locale.ROOT,
                      "Rows that are not in files yet occupy %d bytes, the limit is %d.",
                      memoryBytes,
                      settings.memoryBytesMax()))
              .withHint("Load the rows in several transactions.");
        }
        awaitSignal(POLL.toNanos());
      }
    } finally {
      lock.unlock();
    }
  }

  /// As [quiver.rpc.DataNodeService#commit].
  public CommitResult commit(CommitRequest request) {
    List<List<RowCodec.Piece>> pieces = new ArrayList<>();
    long bytes = 0;
    for (TableWrite write : request.writes()) {
      List<RowCodec.Piece> encoded = encode(write);
      pieces.add(encoded);
      bytes += 8L * write.deleted().length;
      for (RowCodec.Piece piece : encoded) {
        bytes += piece.bytes().remaining();
      }
      awaitRoom(write);
    }
    if (bytes > settings.limits().frameBytesMax()) {
      return commitStaged(request);
    }
    return await(submit(owner -> owner.commit(request, pieces)));
  }

  /// A write set too large for one record goes as frames.
  private CommitResult commitStaged(CommitRequest request) {
    Optional<CommitResult> outcome = outcome(request.transaction());
    if (outcome.isPresent()) {
      return outcome.get();
    }
    int sequence = request.stagedCount();
    List<TableWrite> kept = new ArrayList<>();
    for (TableWrite write : request.writes()) {
      if (write.kept().length > 0) {
        // Rows that must live are looked at when the transaction commits.
        kept.add(write);
        continue;
      }
      CommitResult staged = stage(request.transaction(), sequence, write);
      if (!(staged instanceof CommitResult.Committed)) {
        abandon(request.transaction());
        return staged;
      }
      sequence++;
    }
    CommitRequest rest =
        new CommitRequest(
            request.transaction(),
            request.snapshot(),
            sequence,
            kept,
            request.definitions(),
            request.part(),
            request.key());
    List<List<RowCodec.Piece>> none = kept.stream().map(this::encode).toList();
    CommitResult result = await(submit(owner -> owner.commit(rest, none)));
    if (!(result instanceof CommitResult.Committed)) {
      abandon(request.transaction());
    }
    return result;
  }

  private Optional<CommitResult> outcome(UUID transaction) {
    lock.lock();
    try {
      return owner.outcome(transaction);
    } finally {
      lock.unlock();
    }
  }

  /// As [quiver.rpc.DataNodeService#resolve].
  public Resolution resolve(UUID transaction) {
    CommitResult _ = await(submit(owner -> owner.resolve(transaction)));
    Optional<Resolution> resolution = withReplica(replica -> replica.resolution(transaction));
    return resolution.orElseThrow(() ->
        new QuiverException(SqlState.INTERNAL_ERROR, "transaction %s is not decided", transaction));
  }

  /// As [quiver.rpc.DataNodeService#status].
  public Optional<Resolution> status(UUID transaction, long snapshot) {
    Resolution resolution = resolve(transaction);
    boolean isKnown =
        resolution.isCommitted() || withReplica(replica -> snapshot > replica.forgottenUntil());
    return isKnown ? Optional.of(resolution) : Optional.empty();
  }

  /// As [quiver.rpc.DataNodeService#committed].
  public Optional<KeyedCommit> committed(UUID key) {
    return await(submit(owner -> owner.committed(key)))
            instanceof CommitResult.AlreadyCommitted(var before)
        ? Optional.of(before)
        : Optional.empty();
  }

  /// As [quiver.rpc.DataNodeService#finish].
  public void finish(Map<UUID, Resolution> decided) {
    List<Submitted> all = new ArrayList<>();
    decided.forEach((id, resolution) -> all.add(submit(owner -> owner.finish(id, resolution))));
    all.forEach(this::await);
  }

  /// As [quiver.rpc.DataNodeService#abandon].
  public void abandon(UUID transaction) {
    CommitResult ignored =
        await(
            submit(owner ->
                owner
                    .abandon(transaction)
                    .<Decision>map(append -> append)
                    .orElseGet(() -> new Decision.Answer(new CommitResult.Committed(0)))));
  }

  /// Submits any other decision and waits until it is applied.
  ///
  /// @param request returns empty when there is nothing to do
  public CommitResult decideAndWait(Function<ChannelOwner, Optional<? extends Decision>> request) {
    return await(
        submit(owner ->
            request
                .apply(owner)
                .<Decision>map(decision -> decision)
                .orElseGet(() -> new Decision.Answer(new CommitResult.Committed(0)))));
  }

  // ---- readers ----

  /// Everything at or before this timestamp can be read.
  public long readableTimestamp() {
    return readableTimestamp;
  }

  /// Makes the owner let readers reach `timestamp` soon.
  public void nudge(long timestamp) {
    if (readableTimestamp >= timestamp) {
      return;
    }
    lock.lock();
    try {
      if (timestamp > wantedTimestamp) {
        wantedTimestamp = timestamp;
        if (!settings.exclusive()
            && owner.isReady()
            && successor == null
            && sessionFailure == null
            && owner.lastAssigned() < timestamp) {
          append(((Decision.Append) decide(ChannelOwner::tick)).records());
        }
      }
      advanceReadable();
    } finally {
      lock.unlock();
    }
  }

  /// As [quiver.rpc.DataNodeService#readIndex].
  public Optional<Long> readIndex() {
    lock.lock();
    try {
      checkServing();
      return successor == null && sessionFailure == null ? owner.readIndex() : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private boolean isReadable(long tableId, long timestamp) {
    return readableTimestamp >= timestamp && shared.isDecided(tableId, timestamp);
  }

  @Override
  public void awaitReadable(long tableId, long timestamp, Cancellation cancellation) {
    if (isReadable(tableId, timestamp)) {
      return;
    }
    nudge(timestamp);
    if (isReadable(tableId, timestamp)) {
      return;
    }
    long deadline = System.nanoTime() + settings.patience().toNanos();
    lock.lock();
    try {
      while (!isReadable(tableId, timestamp)) {
        checkServing();
        cancellation.check();
        awaitProgress(deadline);
      }
    } finally {
      lock.unlock();
    }
  }

  /// The segments of a table, pinned by the caller.
  public Optional<TableView> view(long tableId) {
    return shared.view(tableId);
  }

  @Override
  public Optional<TableReading> read(long tableId, long[] addresses) {
    if (addresses.length == 0) {
      return view(tableId).map(view -> new TableReading(view, addresses));
    }
    lock.lock();
    try {
      return replica.read(tableId, addresses);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String node() {
    return settings.node();
  }

  // ---- background work ----

  /// Looks at, or changes, the replica while nothing is applied.
  public <T> T withReplica(Function<ChannelReplica, T> action) {
    lock.lock();
    try {
      T result = action.apply(replica);
      countMemory();
      progressed.signalAll();
      return result;
    } finally {
      lock.unlock();
    }
  }

  /// Bytes of log applied since this was asked last.
  public long takeAppliedBytes() {
    lock.lock();
    try {
      long bytes = appliedBytes;
      appliedBytes = 0;
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /// Waits until `condition` holds or `timeout` has passed; it is asked again after every change.
  public boolean awaitChange(Supplier<Boolean> condition, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    lock.lock();
    try {
      while (!condition.get()) {
        long left = deadline - System.nanoTime();
        if (left <= 0 || closed) {
          return false;
        }
        awaitSignal(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  public ChannelSettings settings() {
    return settings;
  }

  /// Whether the channel has stopped for good, and why.
  public Optional<QuiverException> halted() {
    return Optional.ofNullable(halted);
  }

  /// Stops serving. Everything acknowledged is in the log; nothing is written here.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    reader.close();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join(TimeUnit.SECONDS.toMillis(1));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    lock.lock();
    try {
      QuiverException stopped = unknown(null);
      waiters.values().forEach(waiter -> finish(waiter, stopped));
      waiters.clear();
      progressed.signalAll();
      writer.close();
      replica.close();
    } finally {
      lock.unlock();
    }
  }
}
