package quiver.coordinators.query;

import java.util.List;
import quiver.coordinators.data.DataCoordinator;
import quiver.rpc.Cancellation;
import quiver.rpc.ClusterService;
import quiver.rpc.DataNodeService;
import quiver.rpc.QueryNodeService;

/// Placement in a standalone server: one node owns and holds everything.
public final class Cluster implements ClusterService {
  private final DataNodeService dataNode;
  private final List<QueryNodeService> queryNodes;
  private final DataCoordinator dataCoordinator;

  public Cluster(
      DataNodeService dataNode, QueryNodeService queryNode, DataCoordinator dataCoordinator) {
    this.dataNode = dataNode;
    this.queryNodes = List.of(queryNode);
    this.dataCoordinator = dataCoordinator;
  }

  @Override
  public List<QueryNodeService> holders(long tableId) {
    return queryNodes;
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
    return dataCoordinator.segments().stream()
        .map(segment ->
            new SegmentStatus(
                segment.tableId(),
                segment.segmentId(),
                segment.state(),
                segment.rowCount(),
                segment.deletedCount(),
                segment.sizeBytes(),
                segment.indexIds()))
        .toList();
  }

  @Override
  public List<IndexProgress> indexProgress() {
    return dataCoordinator.indexProgress().stream()
        .map(progress ->
            new IndexProgress(
                progress.indexId(),
                progress.tableId(),
                progress.phase(),
                progress.rowsDone(),
                progress.rowsTotal()))
        .toList();
  }
}
