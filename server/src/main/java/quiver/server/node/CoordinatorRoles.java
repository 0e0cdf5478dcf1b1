package quiver.server.node;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import quiver.coordinators.data.DataRole;
import quiver.coordinators.data.MergePolicy;
import quiver.coordinators.query.PlacementPolicy;
import quiver.coordinators.query.QueryRole;
import quiver.coordinators.root.RootRole;
import quiver.rpc.DataCoordinatorService;
import quiver.rpc.RootCoordinatorService;
import quiver.rpc.meta.Role;

/// The coordinators of a process: each campaigns for its job, and refuses while another has it.
final class CoordinatorRoles implements AutoCloseable {
  private final Deque<Runnable> opened = new ArrayDeque<>();

  CoordinatorRoles(NodeContext node, Set<Role> roles) {
    if (roles.contains(Role.ROOT_COORDINATOR)) {
      RootRole root =
          new RootRole(
              node.stores().meta(),
              node.name(),
              node.rpcAddress(),
              node.config().superuser(),
              node.clock(),
              node.threads());
      opened.push(root::close);
      node.server().offer(RootCoordinatorService.class, "", root);
    }
    if (roles.contains(Role.DATA_COORDINATOR)) {
      DataRole data =
          new DataRole(
              node.stores().meta(),
              MergePolicy.DEFAULT,
              node.name(),
              node.rpcAddress(),
              node.clock(),
              node.threads());
      opened.push(data::close);
      node.server().offer(DataCoordinatorService.class, "", data);
    }
    if (roles.contains(Role.QUERY_COORDINATOR)) {
      QueryRole query =
          new QueryRole(
              node.stores().meta(),
              new PlacementPolicy(node.config().cluster().replicaCount()),
              node.name(),
              node.rpcAddress(),
              node.clock(),
              node.threads());
      opened.push(query::close);
    }
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      opened.pop().run();
    }
  }
}
