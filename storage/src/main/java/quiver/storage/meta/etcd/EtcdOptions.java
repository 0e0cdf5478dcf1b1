package quiver.storage.meta.etcd;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/// Where a cluster's metadata lives in etcd.
///
/// @param endpoints client URLs of etcd's members, tried in turn
/// @param root what every key starts with in etcd, so that clusters can share one etcd; ends in `/`
/// @param access who this process is to etcd
/// @param patience how long an operation waits for etcd before it fails
public record EtcdOptions(List<URI> endpoints, String root, EtcdAccess access, Duration patience) {
  /// How long an operation waits by default.
  public static final Duration PATIENCE_DEFAULT = Duration.ofSeconds(10);

  public EtcdOptions {
    endpoints = List.copyOf(endpoints);
    if (endpoints.isEmpty() || !root.endsWith("/")) {
      throw new IllegalArgumentException("endpoints " + endpoints + ", root \"" + root + "\"");
    }
  }

  /// For messages.
  String named() {
    return String.join(", ", endpoints.stream().map(URI::toString).toList());
  }
}
