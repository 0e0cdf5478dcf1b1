package quiver.coordinators.data;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.error.QuiverException;
import quiver.rpc.meta.ChannelMap;
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

/// Gives each channel to a data node that lives, with the next term, and to another one when that
/// node's registration is gone or says that it is about to stop. Data nodes have about the same
/// number of channels: one that joins is given some. No lease makes this safe: the barrier in the
/// log does.
public final class ChannelAssignment implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ChannelAssignment.class);

  private static final Duration IDLE = Duration.ofSeconds(1);

  /// How long a node that lives has to write its rows to files before it gives a channel up, so
  /// that its successor has little to read.
  private static final Duration FLUSH_PATIENCE = Duration.ofSeconds(5);

  private final MetaStore meta;
  private final List<String> channels;
  private final IdSource ids;
  private final ChangeSignal signal;
  private final Thread thread;
  private final Map<String, Handover> handovers = new HashMap<>();
  private volatile boolean closed;

  /// A flush before a planned move.
  private record Handover(String from, String flushKey, long deadline) {}

  /// @param meta of a leader: every commit is guarded
  public ChannelAssignment(MetaStore meta, ThreadFactory threads) {
    this.meta = meta;
    this.channels = ChannelMap.of(meta.get(MetaKeys.CHANNEL_COUNT).map(KeyValue::value)).names();
    this.ids = new IdSource(meta, MetaKeys.ids("compaction"), 1, 16);
    List<String> prefixes = new ArrayList<>(List.of(MetaKeys.NODES));
    for (String channel : channels) {
      prefixes.add(MetaKeys.owner(channel));
      prefixes.add(MetaKeys.flushes(channel));
    }
    this.signal = new ChangeSignal(meta, prefixes);
    this.thread = threads.newThread(this::run);
    thread.setName("quiver-assign");
    thread.start();
  }

  private void run() {
    while (signal.await(IDLE) && !closed) {
      try {
        assign();
      } catch (QuiverException e) {
        if (!closed) {
          log.warn("channel assignment failed, will be tried again", e);
        }
      } catch (RuntimeException e) {
        log.error("channel assignment failed, will be tried again", e);
      }
    }
  }

  private void assign() {
    List<NodeRecord> nodes = new ArrayList<>();
    for (KeyValue entry : meta.list(MetaKeys.NODES).entries()) {
      nodes.add(NodeRecord.decode(entry.key(), entry.value()));
    }
    Map<String, KeyValue> entries = new HashMap<>();
    Map<String, String> owners = new TreeMap<>();
    for (String channel : channels) {
      meta.get(MetaKeys.owner(channel))
          .ifPresent(entry -> {
            entries.put(channel, entry);
            owners.put(channel, ChannelOwnerRecord.decode(entry.key(), entry.value()).node());
          });
    }
    Map<String, String> moves = choose(channels, nodes, owners);
    handovers.keySet().retainAll(moves.keySet());
    moves.forEach((channel, next) -> {
      String owner = owners.get(channel);
      boolean lives = nodes.stream().anyMatch(node -> node.name().equals(owner));
      if (owner == null || !lives || isFlushed(channel, owner)) {
        move(channel, Optional.ofNullable(entries.get(channel)), next);
      }
    });
  }

  private void move(String channel, Optional<KeyValue> before, String next) {
    String key = MetaKeys.owner(channel);
    int term =
        before.map(entry -> ChannelOwnerRecord.decode(key, entry.value()).term()).orElse(0) + 1;
    CommitResult result =
        meta.commit(
            List.of(before.map(Guard::unchanged).orElseGet(() -> Guard.absent(key))),
            List.of(new Put(key, new ChannelOwnerRecord(term, next).encode())),
            List.of());
    if (result instanceof CommitResult.Committed) {
      handovers.remove(channel);
      log.info("channel assigned: channel={} node={} term={}", channel, next, term);
    }
  }

  /// Which channels should have another owner.
  ///
  /// @param owners by channel; one that is missing has never had an owner
  /// @return the next owner by channel; nothing about those that stay, or if there is nobody
  static Map<String, String> choose(
      List<String> channels, List<NodeRecord> nodes, Map<String, String> owners) {
    NavigableMap<String, NavigableSet<String>> channelsOf = new TreeMap<>();
    nodes.stream()
        .filter(node -> node.serves(Role.DATA_NODE))
        .forEach(node -> channelsOf.put(node.name(), new TreeSet<>()));
    if (channelsOf.isEmpty()) {
      return Map.of();
    }
    List<String> homeless = new ArrayList<>();
    for (String channel : channels) {
      NavigableSet<String> stays = channelsOf.get(owners.getOrDefault(channel, ""));
      if (stays == null) {
        homeless.add(channel);
      } else {
        stays.add(channel);
      }
    }
    Map<String, String> moves = new TreeMap<>();
    for (String channel : homeless) {
      give(channel, least(channelsOf), moves);
    }
    while (true) {
      Map.Entry<String, NavigableSet<String>> most =
          Collections.max(channelsOf.entrySet(), BY_COUNT);
      Map.Entry<String, NavigableSet<String>> least = least(channelsOf);
      if (most.getValue().size() - least.getValue().size() < 2) {
        return moves;
      }
      give(most.getValue().removeLast(), least, moves);
    }
  }

  private static final Comparator<Map.Entry<String, NavigableSet<String>>> BY_COUNT =
      Comparator.comparingInt(each -> each.getValue().size());

  /// The first node with the fewest channels.
  private static Map.Entry<String, NavigableSet<String>> least(
      NavigableMap<String, NavigableSet<String>> channelsOf) {
    return Collections.min(channelsOf.entrySet(), BY_COUNT);
  }

  private static void give(
      String channel, Map.Entry<String, NavigableSet<String>> node, Map<String, String> moves) {
    node.getValue().add(channel);
    moves.put(channel, node.getKey());
  }

  /// Has an owner that is to give a channel up write its rows to files.
  ///
  /// @return whether it has, or was given long enough
  private boolean isFlushed(String channel, String from) {
    Handover known = handovers.get(channel);
    if (known == null || !known.from.equals(from)) {
      String key = MetaKeys.flush(channel, ids.getAsLong());
      CommitResult _ =
          meta.commit(List.of(), List.of(new Put(key, MetaValue.ofLongs(List.of()))), List.of());
      known = new Handover(from, key, System.nanoTime() + FLUSH_PATIENCE.toNanos());
      handovers.put(channel, known);
    }
    return meta.get(known.flushKey).isEmpty() || System.nanoTime() - known.deadline > 0;
  }

  /// Stops the thread. The channels stay where they are.
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
