package quiver.frontend.catalog;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.time.Timestamp;
import quiver.common.type.BaseType;
import quiver.common.value.ArrayValue;
import quiver.rpc.ClusterService;
import quiver.rpc.ClusterService.ChannelStatus;
import quiver.rpc.ClusterService.NodeStatus;
import quiver.rpc.ClusterService.SegmentStatus;
import quiver.rpc.QueryNodeService.Progress;
import quiver.rpc.meta.NodeRecord;
import quiver.rpc.meta.Role;
import quiver.rpc.meta.SegmentReport;

/// `quiver_cluster_nodes`, `quiver_channels`, `quiver_segments` and `quiver_indexes`.
final class ClusterRows {
  private static final long MILLIS_FROM_1970_TO_2000 = 946_684_800_000L;

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
          (long) channel.term(),
          "applied",
          channel.slowest().map(node -> micros(node.appliedTimestamp())).orElse(null),
          "lag",
          channel.slowest().map(Progress::unreadCount).orElse(null));
    }
  }

  /// The time of a timestamp of the oracle, since 2000.
  private static long micros(long timestamp) {
    return (Timestamp.epochMillis(timestamp) - MILLIS_FROM_1970_TO_2000) * 1_000;
  }

  static void segments(RowSet rows, ClusterService cluster, CatalogImage catalog) {
    Map<Long, List<String>> nodes = cluster.servingNodes();
    for (SegmentStatus segment : cluster.segments()) {
      rows.add(
          "table_id",
          segment.tableId(),
          "table_name",
          catalog.table(segment.tableId()).map(TableDefinition::name).orElse(null),
          "segment_id",
          segment.segmentId(),
          "state",
          segment.state(),
          "row_count",
          segment.rowCount(),
          "deleted_count",
          segment.deletedCount(),
          "size_bytes",
          segment.sizeBytes(),
          "index_ids",
          ArrayValue.of(BaseType.OID, segment.indexIds().stream().map(id -> (Object) id).toArray()),
          "query_nodes",
          ArrayValue.of(
              BaseType.TEXT,
              nodes.getOrDefault(segment.segmentId(), List.of()).stream()
                  .map(name -> (Object) name)
                  .toArray()));
    }
  }

  /// How much of each vector index is in files. Other indexes are made in memory.
  static void indexes(RowSet rows, ClusterService cluster, CatalogImage catalog) {
    List<SegmentStatus> segments =
        cluster.segments().stream()
            .filter(segment -> segment.state().equals(SegmentReport.FLUSHED))
            .toList();
    for (TableDefinition table : catalog.tables()) {
      List<SegmentStatus> all =
          segments.stream().filter(segment -> segment.tableId() == table.id()).toList();
      for (IndexDefinition index : table.indexes()) {
        List<SegmentStatus> indexed =
            all.stream().filter(segment -> segment.indexIds().contains(index.fileId())).toList();
        rows.add(
            "index_id",
            index.id(),
            "index_name",
            index.name(),
            "table_id",
            table.id(),
            "table_name",
            table.name(),
            "method",
            index.method().name().toLowerCase(Locale.ROOT),
            "state",
            index.state().name().toLowerCase(Locale.ROOT),
            "segment_count",
            (long) all.size(),
            "row_count",
            rowCount(all),
            "indexed_segment_count",
            index.hasFiles() ? (long) indexed.size() : null,
            "indexed_row_count",
            index.hasFiles() ? rowCount(indexed) : null);
      }
    }
  }

  private static long rowCount(List<SegmentStatus> segments) {
    return segments.stream().mapToLong(SegmentStatus::rowCount).sum();
  }
}
