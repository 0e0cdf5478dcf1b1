package quiver.server.node;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import quiver.common.error.QuiverException;
import quiver.rpc.grpc.RemoteDirectory;
import quiver.rpc.meta.ClusterView;
import quiver.rpc.meta.LeaderRecord;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.NodeRecord;
import quiver.rpc.meta.PlacementRecord;
import quiver.rpc.meta.Role;
import quiver.storage.meta.MetaStore;

/// A process that is about to stop says so, and goes on to serve what it has until others have it.
final class Departure {
  /// How long it waits for another data node, which reads what is not in files yet.
  private static final Duration CHANNEL_PATIENCE = Duration.ofSeconds(10);

  /// How long it waits for other query nodes, which fetch its segments.
  private static final Duration SEGMENT_PATIENCE = Duration.ofSeconds(60);

  private static final long POLL_NANOS = 20_000_000;

  private final String node;
  private final Membership membership;
  private final RemoteDirectory directory;
  private final MetaStore meta;

  Departure(String node, Membership membership, RemoteDirectory directory, MetaStore meta) {
    this.node = node;
    this.membership = membership;
    this.directory = directory;
    this.meta = meta;
  }

  /// Nobody gives it new work from now on.
  void announce() {
    membership.update(membership.record().withState(NodeRecord.State.DRAINING));
  }

  /// Returns when nothing more is to be waited for.
  void awaitSuccessors() {
    await(CHANNEL_PATIENCE, () -> ownsChannels(directory.view()));
    await(SEGMENT_PATIENCE, () -> hasSegments(directory.view()));
  }

  private static void await(Duration patience, BooleanSupplier busy) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (busy.getAsBoolean() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(POLL_NANOS);
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
    }
  }

  /// Whether it owns a channel, another data node can take it, and a data coordinator can say so.
  private boolean ownsChannels(ClusterView view) {
    return view.owners().values().stream().anyMatch(owner -> owner.node().equals(node))
        && canMove(view, MetaKeys.DATA_LEADER, Role.DATA_NODE);
  }

  /// Whether others are to ask it for segments, another query node can take them, and a query
  /// coordinator can say so.
  private boolean hasSegments(ClusterView view) {
    try {
      return canMove(view, MetaKeys.QUERY_LEADER, Role.QUERY_NODE)
          && view.node(node).filter(self -> self.roles().contains(Role.QUERY_NODE)).isPresent()
          && meta.list(MetaKeys.PLACEMENTS).entries().stream()
              .flatMap(
                  entry -> PlacementRecord.decode(entry.key(), entry.value()).segments().stream())
              .anyMatch(placed -> placed.isFor(node));
    } catch (QuiverException e) {
      // Nobody places segments while the meta store does not answer.
      return false;
    }
  }

  private boolean canMove(ClusterView view, String leaderKey, Role role) {
    LeaderRecord coordinator = view.leaders().get(leaderKey);
    return coordinator != null
        && !coordinator.node().equals(node)
        && view.nodes().values().stream()
            .anyMatch(other -> !other.name().equals(node) && other.serves(role));
  }
}
