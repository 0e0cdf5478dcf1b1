package quiver.rpc.meta;

import java.util.Locale;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.CommentDefinition;
import quiver.common.catalog.DefaultPrivileges;
import quiver.common.catalog.ObjectAccess;
import quiver.common.catalog.RoleDefinition;
import quiver.common.catalog.RoleMembership;
import quiver.common.catalog.RowPolicy;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TableStatistics;
import quiver.common.catalog.TypeDefinition;
import quiver.common.catalog.ViewDefinition;

/// Keys of the meta store.
///
/// | key | value | written by |
/// |---|---|---|
/// | `tso/window` | int64: every timestamp given out is below it | root coordinator |
/// | `id/NAME` | int64, big endian: every id given out is below it | whoever needs ids of that name |
/// | `catalog/version` | int64 | root coordinator |
/// | `catalog/schema/ID`, `catalog/table/ID`, `catalog/sequence/ID`, `catalog/view/ID`, `catalog/type/ID`, `catalog/comment/ID` | definition | root coordinator |
/// | `catalog/role/ID`, `catalog/membership/ID`, `catalog/access/OBJECT-ID`, `catalog/default-privileges/ID`, `catalog/policy/ID` | roles, who owns and may do what | root coordinator |
/// | `catalog/statistics/TABLE` | what ANALYZE has found | root coordinator |
/// | `sequence/ID` | last value and whether it was given out | root coordinator |
/// | `ddl/ID` | the command, to be driven to its end after a crash | root coordinator |
/// | `channel-count` | int64: see [ChannelMap]; 1 without it | whoever starts first |
/// | `channel/C/owner` | term and node | data node |
/// | `channel/C/manifest` | [ManifestPointer] | data node |
/// | `channel/C/report` | [SegmentReport]s | data node |
/// | `channel/C/barrier/ID` | [BarrierCommand]; deleted when it is in the log | root coordinator |
/// | `channel/C/barrier-result/ID` | [BarrierResult] | data node |
/// | `channel/C/flush/ID` | table ids; deleted when they are flushed | data coordinator |
/// | `index/task/SEGMENT-INDEX` | [IndexTask] | data coordinator |
/// | `index/progress/SEGMENT-INDEX` | [IndexTask.Progress], under a lease | index node |
/// | `index/result/SEGMENT-INDEX` | [IndexTask.Result] | index node |
/// | `compaction/ID` | [CompactionTask] | data coordinator, then data node |
/// | `node/NAME` | [NodeRecord], under a lease | every process of a cluster |
/// | `leader/root`, `leader/data`, `leader/query` | [LeaderRecord], under a lease | coordinators |
/// | `placement/TABLE` | [PlacementRecord] | query coordinator |
/// | `loaded/NODE` | ids of segments it has at hand, under a lease | query node |
/// | `term/ROLE` | int64: how many leaders the role has had | coordinators |
public final class MetaKeys {
  /// The first channel.
  public static final String STANDALONE_CHANNEL = "main";

  public static final String TIMESTAMP_WINDOW = "tso/window";
  public static final String CATALOG_VERSION = "catalog/version";
  public static final String CATALOG = "catalog/";
  public static final String SCHEMAS = "catalog/schema/";
  public static final String TABLES = "catalog/table/";
  public static final String SEQUENCES = "catalog/sequence/";
  public static final String VIEWS = "catalog/view/";
  public static final String TYPES = "catalog/type/";
  public static final String COMMENTS = "catalog/comment/";
  public static final String SEQUENCE_VALUES = "sequence/";
  public static final String PENDING_DDL = "ddl/";
  public static final String INDEX_TASKS = "index/task/";
  public static final String INDEX_PROGRESS = "index/progress/";
  public static final String INDEX_RESULTS = "index/result/";
  public static final String COMPACTIONS = "compaction/";
  public static final String NODES = "node/";
  public static final String LEADERS = "leader/";
  public static final String ROOT_LEADER = "leader/root";
  public static final String DATA_LEADER = "leader/data";
  public static final String QUERY_LEADER = "leader/query";
  public static final String PLACEMENTS = "placement/";
  public static final String LOADED = "loaded/";
  public static final String CHANNELS = "channel/";
  public static final String CHANNEL_COUNT = "channel-count";

  private MetaKeys() {}

  public static String ids(String name) {
    return "id/" + name;
  }

  public static String schema(long id) {
    return SCHEMAS + id;
  }

  public static String table(long id) {
    return TABLES + id;
  }

  public static String sequence(long id) {
    return SEQUENCES + id;
  }

  /// The key of an object of the catalog.
  public static String object(CatalogObject object) {
    return switch (object) {
      case SchemaDefinition schema -> SCHEMAS + schema.id();
      case TableDefinition table -> TABLES + table.id();
      case SequenceDefinition sequence -> SEQUENCES + sequence.id();
      case ViewDefinition view -> VIEWS + view.id();
      case TypeDefinition type -> TYPES + type.id();
      case CommentDefinition comment -> COMMENTS + comment.id();
      case RoleDefinition role -> CATALOG + "role/" + role.id();
      case RoleMembership membership -> CATALOG + "membership/" + membership.id();
      case ObjectAccess access -> CATALOG + "access/" + access.objectId();
      case DefaultPrivileges given -> CATALOG + "default-privileges/" + given.id();
      case RowPolicy policy -> CATALOG + "policy/" + policy.id();
      case TableStatistics statistics -> CATALOG + "statistics/" + statistics.tableId();
      default -> throw new IllegalArgumentException("no key for " + object);
    };
  }

  public static String sequenceValue(long id) {
    return SEQUENCE_VALUES + id;
  }

  public static String pendingDdl(long id) {
    return PENDING_DDL + id;
  }

  public static String node(String name) {
    return NODES + name;
  }

  public static String placement(long tableId) {
    return PLACEMENTS + tableId;
  }

  public static String loaded(String node) {
    return LOADED + node;
  }

  public static String term(String role) {
    return "term/" + role;
  }

  private static String channel(String channel, String what) {
    return "channel/" + channel + "/" + what;
  }

  public static String owner(String channel) {
    return channel(channel, "owner");
  }

  public static String manifest(String channel) {
    return channel(channel, "manifest");
  }

  public static String report(String channel) {
    return channel(channel, "report");
  }

  public static String barriers(String channel) {
    return channel(channel, "barrier/");
  }

  /// Barriers are carried out in the order of their ids.
  public static String barrier(String channel, long id) {
    return barriers(channel) + ordered(id);
  }

  /// What became of a barrier; deleted by who asked for it.
  public static String barrierResult(String channel, long id) {
    return channel(channel, "barrier-result/") + ordered(id);
  }

  public static String flushes(String channel) {
    return channel(channel, "flush/");
  }

  public static String flush(String channel, long id) {
    return flushes(channel) + ordered(id);
  }

  public static String compaction(long id) {
    return COMPACTIONS + ordered(id);
  }

  /// The last part of keys about one index of one segment.
  public static String segmentIndex(long segmentId, long indexId) {
    return segmentId + "-" + indexId;
  }

  public static String indexTask(long segmentId, long indexId) {
    return INDEX_TASKS + segmentIndex(segmentId, indexId);
  }

  public static String indexProgress(long segmentId, long indexId) {
    return INDEX_PROGRESS + segmentIndex(segmentId, indexId);
  }

  public static String indexResult(long segmentId, long indexId) {
    return INDEX_RESULTS + segmentIndex(segmentId, indexId);
  }

  private static String ordered(long id) {
    return String.format(Locale.ROOT, "%016x", id);
  }
}
