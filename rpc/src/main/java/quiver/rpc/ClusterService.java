package quiver.rpc;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import quiver.rpc.meta.NodeRecord;

/// Where front ends find the owners and holders of a table, and what operators can see and ask for.
/// Thread-safe.
public interface ClusterService {
  /// The query nodes that together answer for every row of a table once. Asked again for every
  /// statement: nodes come and go.
  ///
  /// @throws quiver.common.error.QuiverException `57P03` if there is no query node
  List<Holder> holders(long tableId);

  /// The channel that a table is on.
  String channel(long tableId);

  /// All channels.
  List<String> channelNames();

  /// The owner of a channel.
  DataNodeService channelOwner(String channel);

  /// The owner of the channel that a table is on.
  default DataNodeService owner(long tableId) {
    return channelOwner(channel(tableId));
  }

  /// A moment that shows everything acknowledged before this was asked of the tables of one
  /// channel, though not of others, and for which no record of the log has to be waited for. It may
  /// be older than what the session has seen of other channels. Empty where the root coordinator's
  /// [RootCoordinatorService#moment] is the way to one.
  default Optional<RootCoordinatorService.Moment> readIndex(String channel) {
    return Optional.empty();
  }

  /// Writes all growing rows of the tables (all tables when empty) to sealed segments and merges
  /// small segments; returns when done.
  void flush(List<Long> tableIds, Cancellation cancellation);

  /// Segments as `quiver_segments` shows them.
  List<SegmentStatus> segments();

  /// The query nodes that keep flushed segments open, by segment; none on a server of its own.
  default Map<Long, List<String>> servingNodes() {
    return Map.of();
  }

  /// Running index builds as `pg_stat_progress_create_index` shows them.
  List<IndexProgress> indexProgress();

  /// The processes of the cluster as `quiver_cluster_nodes` shows them; none on a server of its
  /// own.
  default List<NodeStatus> nodes() {
    return List.of();
  }

  /// Log channels and their owners as `quiver_channels` shows them; none on a server of its own.
  default List<ChannelStatus> channels() {
    return List.of();
  }

  /// @param leads the coordinator roles it leads at the moment
  record NodeStatus(NodeRecord node, List<String> leads) {
    public NodeStatus {
      leads = List.copyOf(leads);
    }
  }

  /// @param owner the node that may append to it
  /// @param term grows by one with every ownership
  /// @param slowest the query node that has read the least of it; empty if none answers
  record ChannelStatus(
      String channel, String owner, int term, Optional<QueryNodeService.Progress> slowest) {}

  /// A query node and its part of a table.
  record Holder(QueryNodeService node, Share share) {}

  /// @param state `growing`, `sealed` or `flushed`
  record SegmentStatus(
      long tableId,
      long segmentId,
      String state,
      long rowCount,
      long deletedCount,
      long sizeBytes,
      List<Long> indexIds) {
    public SegmentStatus {
      indexIds = List.copyOf(indexIds);
    }
  }

  /// @param phase pgvector's phase names: `initializing`, `loading tuples`
  record IndexProgress(long indexId, long tableId, String phase, long rowsDone, long rowsTotal) {}
}
