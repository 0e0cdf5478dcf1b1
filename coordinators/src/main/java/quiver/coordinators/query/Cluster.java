package quiver.coordinators.query;

import java.util.List;
import java.util.function.Function;
import quiver.coordinators.data.DataCoordinator;
import quiver.rpc.Cancellation;
import quiver.rpc.ClusterService;
import quiver.rpc.DataNodeService;
import quiver.rpc.QueryNodeService;
import quiver.rpc.Share;
import quiver.rpc.meta.ChannelMap;

/// Placement in a standalone server: one process owns and holds everything.
public final class Cluster implements ClusterService {
  private final ChannelMap channels;
  private final Function<String, DataNodeService> dataNodes;
  private final List<Holder> holders;
  private final DataCoordinator dataCoordinator;

  /// @param dataNodes by channel
  public Cluster(
      ChannelMap channels,
      Function<String, DataNodeService> dataNodes,
      QueryNodeService queryNode,
      DataCoordinator dataCoordinator) {
    this.channels = channels;
    this.dataNodes = dataNodes;
    this.holders = List.of(new Holder(queryNode, Share.ALL));
    this.dataCoordinator = dataCoordinator;
  }

  @Override
  public List<Holder> holders(long tableId) {
    return holders;
  }

  @Override
  public String channel(long tableId) {
    return channels.channelOf(tableId);
  }

  @Override
  public List<String> channelNames() {
    return channels.names();
  }

  @Override
  public DataNodeService channelOwner(String channel) {
    return dataNodes.apply(channel);
  }

  @Override
  public void flush(List<Long> tableIds, Cancellation cancellation) {
    dataCoordinator.flush(tableIds, cancellation);
  }

  @Override
  public List<SegmentStatus> segments() {
    return dataCoordinator.segmentStatus();
  }

  @Override
  public List<IndexProgress> indexProgress() {
    return dataCoordinator.indexStatus();
  }
}
