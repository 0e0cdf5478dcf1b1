package quiver.workers.node;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.error.QuiverException;
import quiver.rpc.meta.ChannelMap;
import quiver.rpc.meta.CompactionTask;
import quiver.rpc.meta.MetaKeys;
import quiver.storage.meta.ChangeSignal;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;
import quiver.workers.file.Manifests;
import quiver.workers.file.SegmentStore;

/// Fetches files before they are needed: those of merges that will be switched to, and those of the
/// manifest in force, which a data node opens when it takes the channel over.
final class Prefetch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Prefetch.class);

  /// How often to look though nothing has been told.
  private static final Duration IDLE = Duration.ofSeconds(10);

  /// How long to wait after a failure.
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final MetaStore meta;
  private final String channel;
  private final ChannelMap channels;
  private final SegmentStore store;
  private final ChangeSignal signal;
  private final Thread thread;
  private final Set<String> fetched = new HashSet<>();
  private volatile boolean closed;

  Prefetch(MetaStore meta, String channel, SegmentStore store, ThreadFactory threads) {
    this.meta = meta;
    this.channel = channel;
    this.channels = ChannelMap.of(meta.get(MetaKeys.CHANNEL_COUNT).map(KeyValue::value));
    this.store = store;
    this.signal = new ChangeSignal(meta, List.of(MetaKeys.COMPACTIONS, MetaKeys.manifest(channel)));
    this.thread = threads.newThread(this::run);
    thread.setName("quiver-prefetch-" + channel);
    thread.start();
  }

  private void run() {
    Duration pause = IDLE;
    while (signal.await(pause) && !closed) {
      pause = RETRY;
      try {
        fetch();
        pause = IDLE;
      } catch (QuiverException e) {
        // Whoever needs a file fetches it then.
        log.debug("files not fetched ahead: channel={}", channel, e);
      } catch (RuntimeException e) {
        log.error("files not fetched ahead: channel={}", channel, e);
      }
    }
  }

  private void fetch() {
    Set<String> wanted = new LinkedHashSet<>();
    for (KeyValue entry : meta.list(MetaKeys.COMPACTIONS).entries()) {
      CompactionTask task = CompactionTask.decode(entry.key(), entry.value());
      if (task.state() != CompactionTask.State.MERGE
          && channels.channelOf(task.tableId()).equals(channel)) {
        wanted.add(task.merged().objectName());
        task.merged().indexes().forEach(index -> wanted.add(index.objectName()));
      }
    }
    wanted.addAll(Manifests.load(channel, meta, store.objects()).objectNames());
    fetched.retainAll(wanted);
    for (String name : wanted) {
      if (!closed && !fetched.contains(name)) {
        store.fetch(name);
        fetched.add(name);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    signal.close();
    Threads.join(thread);
  }
}
