package quiver.rpc;

import java.util.List;
import quiver.rpc.meta.NodeRecord;

/// Finds the services of a cluster. What it returns stays valid: each call goes to whoever has the
/// job at that moment, and fails with [Unavailable] when nobody has it or the one that has it
/// cannot be reached. Thread-safe.
public interface ServiceDirectory {
  /// The leading root coordinator.
  RootCoordinatorService root();

  /// The leading data coordinator.
  DataCoordinatorService dataCoordinator();

  /// The owner of a channel.
  DataNodeService owner(String channel);

  /// A query node.
  QueryNodeService queryNode(String name);

  /// Registered processes, by name.
  List<NodeRecord> nodes();
}
