package quiver.frontend.catalog;

import java.util.Locale;
import quiver.rpc.ClusterService;
import quiver.rpc.ClusterService.ChannelStatus;
import quiver.rpc.ClusterService.NodeStatus;
import quiver.rpc.meta.NodeRecord;
import quiver.rpc.meta.Role;

/// `quiver_cluster_nodes` and `quiver_channels`.
final class ClusterRows {
  private ClusterRows() {}

  static void nodes(RowSet rows, ClusterService cluster) {
    for (NodeStatus status : cluster.nodes()) {
      NodeRecord node = status.node();
      rows.add(
          "node_name",
          node.name(),
          "roles",
          Role.list(node.roles()),
          "leads",
          String.join(",", status.leads()),
          "rpc_address",
          node.rpcAddress(),
          "sql_address",
          node.sqlAddress().isEmpty() ? null : node.sqlAddress(),
          "memory_bytes",
          node.memoryBytes(),
          "state",
          node.state().name().toLowerCase(Locale.ROOT),
          "version",
          node.version());
    }
  }

  static void channels(RowSet rows, ClusterService cluster) {
    for (ChannelStatus channel : cluster.channels()) {
      rows.add(
          "channel_name",
          channel.channel(),
          "owner",
          channel.owner(),
          "term",
          (long) channel.term());
    }
  }
}
