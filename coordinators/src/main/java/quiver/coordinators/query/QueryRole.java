package quiver.coordinators.query;

import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;
import quiver.coordinators.election.Election;
import quiver.rpc.meta.MetaKeys;
import quiver.storage.meta.MetaStore;

/// A process that is the query coordinator whenever it leads. Thread-safe.
public final class QueryRole implements AutoCloseable {
  private final Election election;
  private volatile boolean leading;

  /// Campaigns for the role.
  ///
  /// @param node this process's name
  /// @param rpcAddress where it answers when it leads
  public QueryRole(
      MetaStore store,
      PlacementPolicy policy,
      String node,
      String rpcAddress,
      InstantSource clock,
      ThreadFactory threads) {
    this.election =
        Election.start(
            store,
            MetaKeys.QUERY_LEADER,
            node,
            rpcAddress,
            clock,
            leadership -> {
              QueryCoordinator coordinator =
                  new QueryCoordinator(leadership.store(), policy, threads);
              leading = true;
              return () -> {
                leading = false;
                coordinator.close();
              };
            },
            threads);
  }

  /// Whether this process leads.
  public boolean isLeading() {
    return leading;
  }

  /// Gives the role up for good, so that another process takes it at once.
  public void resign() {
    election.resign();
  }

  @Override
  public void close() {
    election.close();
  }
}
