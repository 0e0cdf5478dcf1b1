package quiver.coordinators.query;

import java.util.List;
import quiver.coordinators.data.DataCoordinator;
import quiver.rpc.Cancellation;
import quiver.rpc.ClusterService;
import quiver.rpc.DataNodeService;
import quiver.rpc.QueryNodeService;
import quiver.rpc.Share;

/// Placement in a standalone server: one node owns and holds everything.
public final class Cluster implements ClusterService {
  private final DataNodeService dataNode;
  private final List<Holder> holders;
  private final DataCoordinator dataCoordinator;

  public Cluster(
      DataNodeService dataNode, QueryNodeService queryNode, DataCoordinator dataCoordinator) {
    this.dataNode = dataNode;
    this.holders = List.of(new Holder(queryNode, Share.ALL));
    this.dataCoordinator = dataCoordinator;
  }

  @Override
  public List<Holder> holders(long tableId) {
    return holders;
  }

  @Override
  public DataNodeService owner(long tableId) {
    return dataNode;
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
