package quiver.coordinators.data;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.error.QuiverException;
import quiver.rpc.meta.ChannelOwnerRecord;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.MetaValue;
import quiver.rpc.meta.NodeRecord;
import quiver.rpc.meta.Role;
import quiver.storage.meta.ChangeSignal;
import quiver.storage.meta.CommitResult;
import quiver.storage.meta.Guard;
import quiver.storage.meta.IdSource;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.Put;

/// Gives the channel to a data node that lives, with the next term, and to another one when that
/// node's registration is gone or says that it is about to stop. No lease makes this safe: the
/// barrier in the log does.
public final class ChannelAssignment implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ChannelAssignment.class);

  private static final Duration IDLE = Duration.ofSeconds(1);

  /// How long a node that is about to stop has to write its rows to files, so that its successor
  /// has little to read.
  private static final Duration FLUSH_PATIENCE = Duration.ofSeconds(5);

  private final MetaStore meta;
  private final String channel;
  private final IdSource ids;
  private final ChangeSignal signal;
  private final Thread thread;
  private Optional<Handover> handover = Optional.empty();
  private volatile boolean closed;

  /// A flush before a planned move.
  private record Handover(String from, String flushKey, long deadline) {}

  /// @param meta of a leader: every commit is guarded
  public ChannelAssignment(MetaStore meta, String channel, ThreadFactory threads) {
    this.meta = meta;
    this.channel = channel;
    this.ids = new IdSource(meta, MetaKeys.ids("compaction"), 1, 16);
    this.signal =
        new ChangeSignal(
            meta, List.of(MetaKeys.NODES, MetaKeys.owner(channel), MetaKeys.flushes(channel)));
    this.thread = threads.newThread(this::run);
    thread.setName("quiver-assign-" + channel);
    thread.start();
  }

  private void run() {
    while (signal.await(IDLE) && !closed) {
      try {
        assign();
      } catch (QuiverException e) {
        if (!closed) {
          log.warn("channel assignment failed, will be tried again: channel={}", channel, e);
        }
      } catch (RuntimeException e) {
        log.error("channel assignment failed, will be tried again: channel={}", channel, e);
      }
    }
  }

  private void assign() {
    List<NodeRecord> nodes = new ArrayList<>();
    for (KeyValue entry : meta.list(MetaKeys.NODES).entries()) {
      nodes.add(NodeRecord.decode(entry.key(), entry.value()));
    }
    String key = MetaKeys.owner(channel);
    Optional<KeyValue> before = meta.get(key);
    Optional<ChannelOwnerRecord> owner =
        before.map(entry -> ChannelOwnerRecord.decode(key, entry.value()));
    Optional<String> next = choose(nodes, owner.map(ChannelOwnerRecord::node));
    if (next.isEmpty()) {
      handover = Optional.empty();
      return;
    }
    boolean lives =
        owner.isPresent()
            && nodes.stream().anyMatch(node -> node.name().equals(owner.get().node()));
    if (lives && !isFlushed(owner.get().node())) {
      return;
    }
    ChannelOwnerRecord record =
        new ChannelOwnerRecord(owner.map(ChannelOwnerRecord::term).orElse(0) + 1, next.get());
    CommitResult result =
        meta.commit(
            List.of(before.map(Guard::unchanged).orElseGet(() -> Guard.absent(key))),
            List.of(new Put(key, record.encode())),
            List.of());
    if (result instanceof CommitResult.Committed) {
      handover = Optional.empty();
      log.info(
          "channel assigned: channel={} node={} term={}", channel, record.node(), record.term());
    }
  }

  /// Who should own the channel.
  ///
  /// @return empty: the owner stays, or there is nobody
  static Optional<String> choose(List<NodeRecord> nodes, Optional<String> owner) {
    boolean stays =
        owner.isPresent()
            && nodes.stream()
                .anyMatch(node -> node.name().equals(owner.get()) && node.serves(Role.DATA_NODE));
    return stays
        ? Optional.empty()
        : nodes.stream()
            .filter(node -> node.serves(Role.DATA_NODE))
            .map(NodeRecord::name)
            .min(Comparator.naturalOrder());
  }

  /// Has an owner that is about to stop write its rows to files.
  ///
  /// @return whether it has, or was given long enough
  private boolean isFlushed(String from) {
    if (handover.filter(each -> each.from.equals(from)).isEmpty()) {
      String key = MetaKeys.flush(channel, ids.getAsLong());
      CommitResult _ =
          meta.commit(List.of(), List.of(new Put(key, MetaValue.ofLongs(List.of()))), List.of());
      handover = Optional.of(new Handover(from, key, System.nanoTime() + FLUSH_PATIENCE.toNanos()));
    }
    Handover now = handover.orElseThrow();
    return meta.get(now.flushKey).isEmpty() || System.nanoTime() - now.deadline > 0;
  }

  /// Stops the thread. The channel stays where it is.
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
