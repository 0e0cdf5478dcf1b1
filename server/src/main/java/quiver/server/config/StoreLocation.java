package quiver.server.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import quiver.storage.meta.etcd.EtcdAccess;

/// Where one of a cluster's stores is.
public sealed interface StoreLocation {
  Pattern FORM = Pattern.compile("([a-z0-9]+)://([^/]+)(?:/([A-Za-z0-9._/-]*))?");

  /// @param endpoints client URLs
  /// @param root what every key starts with; ends in `/`
  record Etcd(List<URI> endpoints, String root, EtcdAccess access) implements StoreLocation {
    public Etcd {
      endpoints = List.copyOf(endpoints);
    }
  }

  /// @param bootstrap `host:port,…`
  /// @param topicPrefix what every topic starts with
  /// @param security properties of Kafka's clients that say how they are encrypted and who they are
  record Kafka(
      String bootstrap,
      String topicPrefix,
      int replication,
      int minInSyncReplicas,
      Map<String, String> security)
      implements StoreLocation {
    public Kafka {
      security = Map.copyOf(security);
    }
  }

  /// @param root what every object's key starts with; empty, or ends in `/`
  /// @param secretKeyFile holds the secret key on its first line
  record S3(URI endpoint, String bucket, String root, String accessKey, Path secretKeyFile)
      implements StoreLocation {}

  /// The parts of `scheme://hosts/path`.
  record Parts(String scheme, List<HostPort> hosts, String path) {
    /// Parses; empty if it is no such thing.
    static Optional<Parts> parse(String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        return Optional.empty();
      }
      List<HostPort> hosts = new ArrayList<>();
      for (String host : matcher.group(2).split(",", -1)) {
        Optional<HostPort> parsed = HostPort.parse(host);
        if (parsed.isEmpty()) {
          return Optional.empty();
        }
        hosts.add(parsed.get());
      }
      String path = matcher.group(3);
      return Optional.of(new Parts(matcher.group(1), hosts, path == null ? "" : path));
    }
  }
}
