package quiver.rpc.grpc;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import quiver.rpc.DataCoordinatorService;
import quiver.rpc.DataNodeService;
import quiver.rpc.QueryNodeService;
import quiver.rpc.RootCoordinatorService;
import quiver.rpc.ServiceDirectory;
import quiver.rpc.Unavailable;
import quiver.rpc.codec.WireCodec;
import quiver.rpc.meta.ChannelOwnerRecord;
import quiver.rpc.meta.ClusterView;
import quiver.rpc.meta.LeaderRecord;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.NodeRecord;

/// Services of a cluster over gRPC, found by what [#update] was last told. Connections to processes
/// that are no longer registered are closed, which ends the calls that wait for them. Thread-safe.
public final class RemoteDirectory implements ServiceDirectory, AutoCloseable {
  private final WireCodec codec;
  private final Connections connections;
  private final RootCoordinatorService root;
  private final DataCoordinatorService dataCoordinator;
  private final ConcurrentMap<String, DataNodeService> owners = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, QueryNodeService> queryNodes = new ConcurrentHashMap<>();
  private volatile ClusterView view = ClusterView.EMPTY;

  /// @param identity empty: nothing is encrypted
  public RemoteDirectory(WireCodec codec, Optional<NodeIdentity> identity) {
    this.codec = codec;
    this.connections = new Connections(identity);
    this.root = service(RootCoordinatorService.class, () -> leader(MetaKeys.ROOT_LEADER, "root"));
    this.dataCoordinator =
        service(DataCoordinatorService.class, () -> leader(MetaKeys.DATA_LEADER, "data"));
  }

  private <S> S service(Class<S> service, java.util.function.Supplier<Target> targets) {
    return RemoteService.of(service, codec, connections, targets, RemoteService.PATIENCE);
  }

  /// Tells who is there now.
  public void update(ClusterView newView) {
    view = newView;
    connections.keepOnly(newView.addresses());
  }

  /// What it was last told.
  public ClusterView view() {
    return view;
  }

  private Target leader(String key, String role) {
    LeaderRecord leader = view.leaders().get(key);
    if (leader == null) {
      throw Unavailable.because("there is no %s coordinator at the moment", role);
    }
    return new Target(leader.node(), leader.rpcAddress(), "");
  }

  private Target node(String name, String instance) {
    return view.node(name)
        .map(node -> new Target(name, node.rpcAddress(), instance))
        .orElseThrow(() -> Unavailable.because("node \"%s\" is not there", name));
  }

  private Target channelOwner(String channel) {
    ChannelOwnerRecord owner = view.owners().get(channel);
    if (owner == null) {
      throw Unavailable.because("log channel \"%s\" has no owner at the moment", channel);
    }
    return node(owner.node(), channel);
  }

  @Override
  public RootCoordinatorService root() {
    return root;
  }

  @Override
  public DataCoordinatorService dataCoordinator() {
    return dataCoordinator;
  }

  @Override
  public DataNodeService owner(String channel) {
    return owners.computeIfAbsent(
        channel, name -> service(DataNodeService.class, () -> channelOwner(name)));
  }

  @Override
  public QueryNodeService queryNode(String name) {
    return queryNodes.computeIfAbsent(
        name,
        node ->
            RemoteService.of(
                QueryNodeService.class,
                codec,
                connections,
                () -> node(node, ""),
                RemoteService.NONE));
  }

  @Override
  public List<NodeRecord> nodes() {
    return List.copyOf(view.nodes().values());
  }

  /// Ends all calls. Idempotent.
  @Override
  public void close() {
    connections.close();
  }
}
