package quiver.coordinators.data;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import quiver.coordinators.election.Election;
import quiver.coordinators.election.Leadership;
import quiver.rpc.Cancellation;
import quiver.rpc.ClusterService.IndexProgress;
import quiver.rpc.ClusterService.SegmentStatus;
import quiver.rpc.DataCoordinatorService;
import quiver.rpc.Unavailable;
import quiver.rpc.meta.MetaKeys;
import quiver.storage.meta.MetaStore;

/// A process that is the data coordinator whenever it leads, and refuses with `57P03` when it does
/// not. Thread-safe.
public final class DataRole implements DataCoordinatorService, AutoCloseable {
  private final MergePolicy policy;
  private final ThreadFactory threads;
  private final Election election;
  private volatile @Nullable DataCoordinator leading;

  /// Campaigns for the role.
  ///
  /// @param node this process's name
  /// @param rpcAddress where it answers when it leads
  public DataRole(
      MetaStore store,
      MergePolicy policy,
      String node,
      String rpcAddress,
      InstantSource clock,
      ThreadFactory threads) {
    this.policy = policy;
    this.threads = threads;
    this.election =
        Election.start(store, MetaKeys.DATA_LEADER, node, rpcAddress, clock, this::lead, threads);
  }

  private Election.Reign lead(Leadership leadership) {
    DataCoordinator coordinator = new DataCoordinator(leadership.store(), policy, threads);
    ChannelAssignment assignment;
    try {
      assignment = new ChannelAssignment(leadership.store(), threads);
    } catch (RuntimeException e) {
      coordinator.close();
      throw e;
    }
    leading = coordinator;
    return () -> {
      leading = null;
      assignment.close();
      coordinator.close();
    };
  }

  private DataCoordinator leader() {
    DataCoordinator coordinator = leading;
    if (coordinator == null) {
      throw Unavailable.because("this process does not lead the data coordinator");
    }
    return coordinator;
  }

  /// Whether this process leads.
  public boolean isLeading() {
    return leading != null;
  }

  /// Gives the role up for good, so that another process takes it at once.
  public void resign() {
    election.resign();
  }

  @Override
  public void flush(List<Long> tableIds, Cancellation cancellation) {
    leader().flush(tableIds, cancellation);
  }

  @Override
  public List<SegmentStatus> segments() {
    return leader().segmentStatus();
  }

  @Override
  public List<IndexProgress> indexProgress() {
    return leader().indexStatus();
  }

  @Override
  public void close() {
    election.close();
  }
}
