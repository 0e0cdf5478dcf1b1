package quiver.server.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import quiver.rpc.grpc.NodeCertificate;
import quiver.rpc.meta.Role;

/// How a process takes part in a cluster.
///
/// @param roles what it does
/// @param nodeName unique in the cluster; empty: its advertised address
/// @param listen where other processes reach it; empty: it is a whole server of its own
/// @param advertised where others find it, if not where it listens
/// @param certificate who it is to other processes; empty: they neither encrypt nor ask
/// @param stores where the cluster keeps everything; empty: in this process's data directory
/// @param channelCount log channels; empty: as many as were chosen when the metadata was made
/// @param replicaCount copies of every segment on query nodes
/// @param cacheDirectory where a query node keeps the files it serves
/// @param cacheSize how much of them
public record ClusterConfig(
    Set<Role> roles,
    String nodeName,
    Optional<HostPort> listen,
    Optional<HostPort> advertised,
    Optional<NodeCertificate> certificate,
    Optional<Stores> stores,
    OptionalInt channelCount,
    int replicaCount,
    Path cacheDirectory,
    ByteSize cacheSize) {
  public ClusterConfig {
    roles = Set.copyOf(roles);
  }

  /// Etcd, Kafka and S3.
  public record Stores(
      StoreLocation.Etcd metadata, StoreLocation.Kafka log, StoreLocation.S3 objects) {}
}
