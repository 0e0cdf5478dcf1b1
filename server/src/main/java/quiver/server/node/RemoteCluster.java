package quiver.server.node;

import java.util.List;
import quiver.rpc.Cancellation;
import quiver.rpc.ClusterService;
import quiver.rpc.DataNodeService;
import quiver.rpc.Share;
import quiver.rpc.Unavailable;
import quiver.rpc.grpc.RemoteDirectory;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.Role;

/// The cluster as a front end sees it: owners and holders in other processes.
final class RemoteCluster implements ClusterService {
  private final RemoteDirectory directory;

  RemoteCluster(RemoteDirectory directory) {
    this.directory = directory;
  }

  @Override
  public List<Holder> holders(long tableId) {
    return directory.nodes().stream()
        .filter(node -> node.serves(Role.QUERY_NODE))
        .findFirst()
        .map(node -> List.of(new Holder(directory.queryNode(node.name()), Share.ALL)))
        .orElseThrow(() -> Unavailable.because("there is no query node at the moment"));
  }

  @Override
  public DataNodeService owner(long tableId) {
    return directory.owner(MetaKeys.STANDALONE_CHANNEL);
  }

  @Override
  public void flush(List<Long> tableIds, Cancellation cancellation) {
    directory.dataCoordinator().flush(tableIds, cancellation);
  }

  @Override
  public List<SegmentStatus> segments() {
    return directory.dataCoordinator().segments();
  }

  @Override
  public List<IndexProgress> indexProgress() {
    return directory.dataCoordinator().indexProgress();
  }
}
