package quiver.workers.node;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.DataNodeService;
import quiver.rpc.QueryNodeService;
import quiver.rpc.meta.ChannelOwnerRecord;
import quiver.rpc.meta.MetaKeys;
import quiver.storage.meta.CommitResult;
import quiver.storage.meta.Guard;
import quiver.storage.meta.IdSource;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.Put;
import quiver.workers.datanode.Checkpointer;
import quiver.workers.datanode.DataNode;
import quiver.workers.file.SegmentStore;
import quiver.workers.host.ChannelSettings;
import quiver.workers.host.HostedChannel;
import quiver.workers.indexnode.IndexNode;
import quiver.workers.querynode.QueryNode;

/// A data node, a query node and an index node over one channel, in one process. They share one
/// replica.
public final class WorkerNode implements AutoCloseable {
  /// Searchers of one index: the query threads, and cursors that stay open.
  private static final int SEARCHERS_PER_THREAD = 64;

  /// Segment ids taken with one meta commit.
  private static final int SEGMENT_IDS_STEP = 256;

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final DataNode dataNode;
  private final QueryNode queryNode;
  private final HostedChannel channel;

  private WorkerNode(WorkerSettings settings, WorkerEnvironment environment) {
    MetaStore meta = environment.meta();
    KeyValue ownership = takeOwnership(meta, settings);
    int term = ChannelOwnerRecord.decode(ownership.key(), ownership.value()).term();
    SegmentStore store =
        new SegmentStore(
            environment.objects(),
            environment.kernel(),
            settings.queryNode().threadCount() * SEARCHERS_PER_THREAD,
            settings.channel() + "-" + term);
    Checkpointer.Stored stored = Checkpointer.load(settings.channel(), meta, environment.objects());
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
    opened.push(channel);
    this.dataNode =
        new DataNode(
            channel,
            settings.dataNode(),
            meta,
            store,
            new Checkpointer(
                settings.channel(),
                meta,
                environment.broker(),
                store,
                Guard.unchanged(ownership),
                stored),
            segmentIds,
            environment.clock());
    opened.push(dataNode);
    this.queryNode =
        new QueryNode(
            channel,
            environment.executor(),
            settings.queryNode(),
            environment.catalog(),
            environment.clock(),
            environment.random(),
            environment.threads());
    opened.push(queryNode);
  }

  /// Takes the channel over, recovers it, and serves.
  public static WorkerNode start(WorkerSettings settings, WorkerEnvironment environment) {
    WorkerNode node = new WorkerNode(settings, environment);
    try {
      node.dataNode.start(environment.threads());
      node.opened.push(
          new IndexNode(
              environment.meta(),
              new SegmentStore(
                  environment.objects(),
                  environment.kernel(),
                  1,
                  settings.channel() + "-" + node.channel.settings().term() + "i"),
              environment.functions(),
              settings.indexThreadCount(),
              environment.threads()));
      return node;
    } catch (RuntimeException e) {
      node.close();
      throw e;
    }
  }

  /// Raises the channel's term.
  private static KeyValue takeOwnership(MetaStore meta, WorkerSettings settings) {
    String key = MetaKeys.owner(settings.channel());
    Optional<KeyValue> before = meta.get(key);
    int term =
        before.map(entry -> ChannelOwnerRecord.decode(key, entry.value()).term()).orElse(0) + 1;
    CommitResult result =
        meta.commit(
            List.of(before.map(Guard::unchanged).orElseGet(() -> Guard.absent(key))),
            List.of(new Put(key, new ChannelOwnerRecord(term, settings.node()).encode())),
            List.of());
    if (!(result instanceof CommitResult.Committed)) {
      throw new QuiverException(
          SqlState.OBJECT_IN_USE,
          "log channel \"%s\" is being taken over by another process",
          settings.channel());
    }
    return meta.get(key).orElseThrow();
  }

  public DataNodeService dataNode() {
    return dataNode;
  }

  public QueryNodeService queryNode() {
    return queryNode;
  }

  /// Why the channel has stopped, if it has.
  public Optional<QuiverException> halted() {
    return channel.halted();
  }

  /// Stops the roles in reverse order of their start. Everything acknowledged is in the log.
  @Override
  public void close() {
    while (!opened.isEmpty()) {
      AutoCloseable role = opened.pop();
      switch (role) {
        case HostedChannel each -> each.close();
        case DataNode each -> each.close();
        case QueryNode each -> each.close();
        case IndexNode each -> each.close();
        default -> throw new IllegalStateException(role.toString());
      }
    }
  }
}
