package quiver.workers.node;

import quiver.rpc.meta.MetaKeys;
import quiver.workers.channel.SegmentLimits;
import quiver.workers.datanode.DataNodeSettings;
import quiver.workers.host.ChannelSettings;
import quiver.workers.querynode.QueryNodeSettings;

/// How the worker roles of one process are set up.
///
/// @param node this process, for people to read
/// @param channel the channel that a role for one channel works on
/// @param exclusive no other process can own the channel while this one lives
/// @param memoryBytesMax rows of a channel in memory before writers wait
/// @param indexThreadCount threads of an index build
public record WorkerSettings(
    String node,
    String channel,
    boolean exclusive,
    SegmentLimits limits,
    long memoryBytesMax,
    DataNodeSettings dataNode,
    QueryNodeSettings queryNode,
    int indexThreadCount) {
  /// The same for another channel.
  public WorkerSettings withChannel(String name) {
    return new WorkerSettings(
        node, name, exclusive, limits, memoryBytesMax, dataNode, queryNode, indexThreadCount);
  }

  /// One process over a locked directory.
  public static WorkerSettings standalone(QueryNodeSettings queryNode) {
    return new WorkerSettings(
        "standalone",
        MetaKeys.STANDALONE_CHANNEL,
        true,
        SegmentLimits.DEFAULT,
        ChannelSettings.MEMORY_BYTES_MAX,
        DataNodeSettings.DEFAULT,
        queryNode,
        queryNode.threadCount());
  }

  /// A process of a cluster.
  ///
  /// @param node its registered name
  public static WorkerSettings clustered(String node, QueryNodeSettings queryNode) {
    return new WorkerSettings(
        node,
        MetaKeys.STANDALONE_CHANNEL,
        false,
        SegmentLimits.DEFAULT,
        ChannelSettings.MEMORY_BYTES_MAX,
        DataNodeSettings.CLUSTERED,
        queryNode,
        queryNode.threadCount());
  }
}
