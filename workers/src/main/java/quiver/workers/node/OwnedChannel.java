package quiver.workers.node;

import java.util.Optional;
import java.util.function.LongSupplier;
import quiver.common.error.QuiverException;
import quiver.rpc.Unavailable;
import quiver.rpc.meta.ChannelOwnerRecord;
import quiver.rpc.meta.MetaKeys;
import quiver.storage.meta.Guard;
import quiver.storage.meta.GuardedMeta;
import quiver.storage.meta.IdSource;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;
import quiver.workers.datanode.Checkpointer;
import quiver.workers.datanode.DataNode;
import quiver.workers.file.Manifests;
import quiver.workers.file.SegmentStore;
import quiver.workers.host.ChannelSettings;
import quiver.workers.host.HostedChannel;

/// One ownership of a channel: the channel as this process hosts it, and the data node that works
/// on it.
final class OwnedChannel implements AutoCloseable {
  /// Searchers of one index: the query threads, and cursors that stay open.
  static final int SEARCHERS_PER_THREAD = 64;

  /// Segment ids taken with one meta commit.
  private static final int SEGMENT_IDS_STEP = 256;

  private final HostedChannel channel;
  private final DataNode dataNode;

  /// Takes the channel over: restores the checkpoint and reads the log up to its own barrier.
  ///
  /// @param ownership the owner record that this process has written: its term is used once
  OwnedChannel(WorkerSettings settings, WorkerEnvironment environment, KeyValue ownership) {
    MetaStore meta = environment.meta();
    int term = ChannelOwnerRecord.decode(ownership.key(), ownership.value()).term();
    SegmentStore store =
        new SegmentStore(
            environment.objects(),
            environment.kernel(),
            settings.queryNode().threadCount() * SEARCHERS_PER_THREAD,
            settings.channel() + "-" + term);
    Manifests.Stored stored = Manifests.load(settings.channel(), meta, environment.objects());
    LongSupplier segmentIds = new IdSource(meta, MetaKeys.ids("segment"), 1, SEGMENT_IDS_STEP);
    ChannelSettings defaults =
        ChannelSettings.of(settings.channel(), settings.node(), term, settings.exclusive());
    this.channel =
        HostedChannel.open(
            new ChannelSettings(
                defaults.channel(),
                defaults.node(),
                term,
                settings.exclusive(),
                settings.limits(),
                settings.memoryBytesMax(),
                defaults.inFlightBytesMax(),
                defaults.patience()),
            stored.checkpoint(),
            store,
            environment.broker(),
            environment.timestamps(),
            segmentIds,
            environment.threads());
    this.dataNode =
        new DataNode(
            channel,
            environment.owners(),
            settings.dataNode(),
            new GuardedMeta(meta, Guard.unchanged(ownership), () -> lost(settings.channel())),
            store,
            new Checkpointer(
                settings.channel(),
                meta,
                environment.broker(),
                store,
                Guard.unchanged(ownership),
                stored,
                settings.dataNode().objectGrace(),
                environment.clock()),
            segmentIds,
            environment.clock());
    try {
      dataNode.start(environment.threads());
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static QuiverException lost(String channel) {
    return Unavailable.because("log channel \"%s\" has another owner now", channel);
  }

  HostedChannel channel() {
    return channel;
  }

  DataNode dataNode() {
    return dataNode;
  }

  int term() {
    return channel.settings().term();
  }

  /// Why the channel has stopped, if it has.
  Optional<QuiverException> halted() {
    return channel.halted();
  }

  @Override
  public void close() {
    dataNode.close();
    channel.close();
  }
}
