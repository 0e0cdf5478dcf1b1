package quiver.server.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.error.QuiverException;
import quiver.rpc.meta.ChannelOwnerRecord;
import quiver.rpc.meta.ClusterView;
import quiver.rpc.meta.LeaderRecord;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.NodeRecord;
import quiver.storage.meta.ChangeSignal;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;

/// Tells who is in the cluster and who has which job, each time that changes. While the meta store
/// does not answer, what it said last stays true.
final class DirectoryWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DirectoryWatch.class);

  /// Looks again after so long even if no change was reported.
  private static final Duration REFRESH = Duration.ofSeconds(5);

  private final MetaStore meta;
  private final List<String> channels;
  private final Consumer<ClusterView> listener;
  private final ChangeSignal signal;
  private final Thread thread;
  private volatile boolean closed;

  /// @param channels names of the log channels
  /// @param listener called on this watch's thread, and once by the caller's
  DirectoryWatch(
      MetaStore meta,
      List<String> channels,
      Consumer<ClusterView> listener,
      ThreadFactory threads) {
    this.meta = meta;
    this.channels = List.copyOf(channels);
    this.listener = listener;
    List<String> prefixes = new ArrayList<>(List.of(MetaKeys.NODES, MetaKeys.LEADERS));
    channels.forEach(channel -> prefixes.add(MetaKeys.owner(channel)));
    this.signal = new ChangeSignal(meta, prefixes);
    listener.accept(read());
    this.thread = threads.newThread(this::run);
    thread.setName("quiver-directory");
    thread.start();
  }

  private void run() {
    while (signal.await(REFRESH) && !closed) {
      try {
        listener.accept(read());
      } catch (QuiverException e) {
        if (!closed) {
          log.warn("the cluster's members could not be read, will be tried again", e);
        }
      }
    }
  }

  private ClusterView read() {
    Map<String, NodeRecord> nodes = new HashMap<>();
    for (KeyValue entry : meta.list(MetaKeys.NODES).entries()) {
      NodeRecord node = NodeRecord.decode(entry.key(), entry.value());
      nodes.put(node.name(), node);
    }
    Map<String, LeaderRecord> leaders = new HashMap<>();
    for (KeyValue entry : meta.list(MetaKeys.LEADERS).entries()) {
      leaders.put(entry.key(), LeaderRecord.decode(entry.key(), entry.value()));
    }
    Map<String, ChannelOwnerRecord> owners = new HashMap<>();
    for (String channel : channels) {
      String key = MetaKeys.owner(channel);
      meta.get(key)
          .ifPresent(entry -> owners.put(channel, ChannelOwnerRecord.decode(key, entry.value())));
    }
    return new ClusterView(nodes, leaders, owners);
  }

  @Override
  public void close() {
    closed = true;
    signal.close();
    Joining.await(thread);
  }
}
