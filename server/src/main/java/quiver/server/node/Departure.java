package quiver.server.node;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import quiver.rpc.grpc.RemoteDirectory;
import quiver.rpc.meta.ClusterView;
import quiver.rpc.meta.LeaderRecord;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.NodeRecord;
import quiver.rpc.meta.Role;

/// A process that is about to stop says so, and goes on to serve what it owns until another one has
/// it.
final class Departure {
  /// How long it waits: its successor reads what it has not written to files yet.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final long POLL_NANOS = 20_000_000;

  private final String node;
  private final Membership membership;
  private final RemoteDirectory directory;

  Departure(String node, Membership membership, RemoteDirectory directory) {
    this.node = node;
    this.membership = membership;
    this.directory = directory;
  }

  /// Returns when nothing more is to be waited for.
  void announce() {
    membership.update(membership.record().withState(NodeRecord.State.DRAINING));
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (ownsWhatOthersCanTake(directory.view()) && System.nanoTime() < deadline) {
      LockSupport.parkNanos(POLL_NANOS);
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
    }
  }

  /// Whether it owns a channel, another data node can take it, and a data coordinator can say so.
  private boolean ownsWhatOthersCanTake(ClusterView view) {
    LeaderRecord coordinator = view.leaders().get(MetaKeys.DATA_LEADER);
    return view.owners().values().stream().anyMatch(owner -> owner.node().equals(node))
        && coordinator != null
        && !coordinator.node().equals(node)
        && view.nodes().values().stream()
            .anyMatch(other -> !other.name().equals(node) && other.serves(Role.DATA_NODE));
  }
}
