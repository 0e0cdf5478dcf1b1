package quiver.workers.node;

import quiver.rpc.QueryNodeService;
import quiver.rpc.meta.MetaKeys;
import quiver.storage.meta.IdSource;
import quiver.workers.file.OnDemandFiles;
import quiver.workers.file.SegmentStore;
import quiver.workers.host.ChannelNudge;
import quiver.workers.host.ChannelSettings;
import quiver.workers.host.FollowerChannel;
import quiver.workers.querynode.QueryNode;

/// A query node in a process of its own: it follows the channel and serves what it has read.
public final class QueryNodeRole implements AutoCloseable {
  private final FollowerChannel channel;
  private final QueryNode queryNode;
  private final PlacedSegments placed;
  private final OnDemandFiles files;

  private QueryNodeRole(
      FollowerChannel channel,
      QueryNode queryNode,
      OnDemandFiles files,
      WorkerSettings settings,
      WorkerEnvironment environment) {
    this.channel = channel;
    this.queryNode = queryNode;
    this.placed =
        new PlacedSegments(
            environment.meta(), settings.node(), channel, files, environment.threads());
    this.files = files;
  }

  /// Begins to follow; queries wait until the node has caught up.
  public static QueryNodeRole start(
      WorkerSettings settings, WorkerEnvironment environment, ChannelNudge nudge) {
    OnDemandFiles files =
        new OnDemandFiles(
            new SegmentStore(
                environment.objects(),
                environment.kernel(),
                settings.queryNode().threadCount() * OwnedChannel.SEARCHERS_PER_THREAD,
                settings.node() + "-" + run(environment)));
    FollowerChannel channel =
        FollowerChannel.start(
            settings.channel(),
            settings.node(),
            ChannelSettings.PATIENCE,
            environment.meta(),
            files,
            environment.broker(),
            nudge,
            environment.threads());
    try {
      return new QueryNodeRole(
          channel,
          new QueryNode(
              channel,
              environment.executor(),
              settings.queryNode(),
              environment.catalog(),
              environment.clock(),
              environment.random(),
              environment.threads()),
          files,
          settings,
          environment);
    } catch (RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /// A number that no other run of any process has.
  static long run(WorkerEnvironment environment) {
    return new IdSource(environment.meta(), MetaKeys.ids("run"), 1, 1).getAsLong();
  }

  public QueryNodeService service() {
    return queryNode;
  }

  /// Everything at or before this timestamp can be read here.
  public long readableTimestamp() {
    return channel.readableTimestamp();
  }

  /// Segments whose files are open here.
  public int openSegmentCount() {
    return files.openCount();
  }

  @Override
  public void close() {
    placed.close();
    queryNode.close();
    channel.close();
  }
}
