package quiver.workers.node;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.error.QuiverException;
import quiver.rpc.DataNodeService;
import quiver.rpc.Pending;
import quiver.rpc.Unavailable;
import quiver.rpc.meta.MetaKeys;
import quiver.storage.meta.ChangeSignal;
import quiver.storage.meta.KeyValue;
import quiver.workers.datanode.DataNode;
import quiver.workers.file.SegmentStore;

/// A process that owns a channel whenever the meta store says so: it takes the channel over when
/// the data coordinator has written its name into the owner record, and stops when another name
/// stands there. Without the channel it refuses with `57P03`. Thread-safe.
public final class DataNodeRole implements DataNodeService, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DataNodeRole.class);

  /// How often the node looks for a channel that has halted.
  private static final Duration IDLE = Duration.ofMillis(250);

  /// How long the node waits after it could not take the channel over.
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final WorkerSettings settings;
  private final WorkerEnvironment environment;
  private final Ownership ownership;
  private final ChangeSignal signal;
  private final Thread thread;
  private final Prefetch prefetch;
  private volatile @Nullable OwnedChannel owned;
  private volatile boolean closed;

  private DataNodeRole(WorkerSettings settings, WorkerEnvironment environment) {
    this.settings = settings;
    this.environment = environment;
    this.ownership = new Ownership(environment.meta(), settings.channel(), settings.node());
    this.signal = new ChangeSignal(environment.meta(), List.of(MetaKeys.owner(settings.channel())));
    this.thread = environment.threads().newThread(this::run);
    thread.setName("quiver-ownership-" + settings.channel());
    this.prefetch =
        new Prefetch(
            environment.meta(),
            settings.channel(),
            new SegmentStore(
                environment.objects(),
                environment.kernel(),
                1,
                settings.node() + "-" + settings.channel() + "-standby"),
            environment.threads());
  }

  /// Stands by.
  ///
  /// @param settings not exclusive
  public static DataNodeRole start(WorkerSettings settings, WorkerEnvironment environment) {
    DataNodeRole role = new DataNodeRole(settings, environment);
    role.thread.start();
    return role;
  }

  private void run() {
    Duration pause = IDLE;
    while (signal.await(pause) && !closed) {
      try {
        follow();
        pause = IDLE;
      } catch (QuiverException e) {
        pause = RETRY;
        if (!closed) {
          log.warn("channel not taken over yet: channel={}", settings.channel(), e);
        }
      } catch (RuntimeException e) {
        pause = RETRY;
        log.error("channel not taken over yet: channel={}", settings.channel(), e);
      }
    }
    giveUp();
  }

  /// Does what the owner record says.
  private void follow() {
    Optional<KeyValue> entry = ownership.read();
    boolean mine =
        entry.map(ownership::record).filter(now -> now.node().equals(settings.node())).isPresent();
    OwnedChannel now = owned;
    if (now != null
        && (!mine
            || now.halted().isPresent()
            || now.term() != ownership.record(entry.get()).term())) {
      log.info("channel given up: channel={} term={}", settings.channel(), now.term());
      giveUp();
    }
    if (mine && owned == null) {
      Optional<KeyValue> taken = ownership.take(entry);
      if (taken.isPresent()) {
        owned = new OwnedChannel(settings, environment, taken.get());
        log.info(
            "channel taken over: channel={} term={}",
            settings.channel(),
            ownership.record(taken.get()).term());
      }
    }
  }

  private void giveUp() {
    OwnedChannel last = owned;
    owned = null;
    if (last != null) {
      last.close();
    }
  }

  private DataNode owner() {
    OwnedChannel now = owned;
    if (now == null) {
      throw Unavailable.because(
          "data node \"%s\" does not own log channel \"%s\"", settings.node(), settings.channel());
    }
    return now.dataNode();
  }

  /// Whether the node owns the channel and serves it.
  public boolean isServing() {
    OwnedChannel now = owned;
    return now != null && now.halted().isEmpty();
  }

  @Override
  public void stage(UUID transaction, int sequence, TableWrite write) {
    owner().stage(transaction, sequence, write);
  }

  @Override
  public CommitResult commit(CommitRequest request) {
    return owner().commit(request);
  }

  @Override
  public Resolution resolve(UUID transaction) {
    return owner().resolve(transaction);
  }

  @Override
  public Optional<Resolution> status(UUID transaction, long snapshot) {
    return owner().status(transaction, snapshot);
  }

  @Override
  public Optional<KeyedCommit> committed(UUID key) {
    return owner().committed(key);
  }

  @Override
  public void finish(Map<UUID, Resolution> decided) {
    owner().finish(decided);
  }

  @Override
  public void abandon(UUID transaction) {
    owner().abandon(transaction);
  }

  @Override
  public void nudge(long tableId, long timestamp) {
    owner().nudge(tableId, timestamp);
  }

  @Override
  public Pending<ReadIndex> readIndex() {
    return owner().readIndex();
  }

  /// Stops serving. The owner record stays: the data coordinator gives the channel to another node.
  @Override
  public void close() {
    closed = true;
    prefetch.close();
    signal.close();
    Threads.join(thread);
  }
}
