package quiver.workers.node;

import quiver.rpc.QueryNodeService;
import quiver.rpc.meta.MetaKeys;
import quiver.storage.meta.IdSource;
import quiver.workers.host.ChannelNudge;
import quiver.workers.querynode.QueryNode;

/// A query node in a process of its own: it follows the channels and serves what it has read.
public final class QueryNodeRole implements AutoCloseable {
  private final FollowedChannels channels;
  private final QueryNode queryNode;
  private final PlacedSegments placed;

  private QueryNodeRole(
      FollowedChannels channels,
      QueryNode queryNode,
      WorkerSettings settings,
      WorkerEnvironment environment) {
    this.channels = channels;
    this.queryNode = queryNode;
    this.placed =
        new PlacedSegments(environment.meta(), settings.node(), channels, environment.threads());
  }

  /// Begins to follow; queries wait until the node has caught up.
  public static QueryNodeRole start(
      WorkerSettings settings, WorkerEnvironment environment, ChannelNudge nudge) {
    FollowedChannels channels = new FollowedChannels(settings, environment, nudge);
    try {
      return new QueryNodeRole(
          channels,
          new QueryNode(
              settings.node(),
              channels,
              environment.executor(),
              settings.queryNode(),
              environment.catalog(),
              environment.clock(),
              environment.random(),
              environment.threads()),
          settings,
          environment);
    } catch (RuntimeException e) {
      channels.close();
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
    return channels.readableTimestamp();
  }

  /// Segments whose files are open here.
  public int openSegmentCount() {
    return channels.openCount();
  }

  @Override
  public void close() {
    placed.close();
    queryNode.close();
    channels.close();
  }
}
