package quiver.rpc.meta;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Who is there and who has which job, as the meta store said at one moment.
///
/// @param nodes by name
/// @param leaders by [MetaKeys]' leader keys
/// @param owners by channel
public record ClusterView(
    Map<String, NodeRecord> nodes,
    Map<String, LeaderRecord> leaders,
    Map<String, ChannelOwnerRecord> owners) {
  /// Nobody.
  public static final ClusterView EMPTY = new ClusterView(Map.of(), Map.of(), Map.of());

  public ClusterView {
    nodes = java.util.Collections.unmodifiableMap(new TreeMap<>(nodes));
    leaders = Map.copyOf(leaders);
    owners = java.util.Collections.unmodifiableMap(new TreeMap<>(owners));
  }

  public Optional<NodeRecord> node(String name) {
    return Optional.ofNullable(nodes.get(name));
  }

  /// The addresses of everybody who may be called.
  public Set<String> addresses() {
    Set<String> addresses =
        nodes.values().stream().map(NodeRecord::rpcAddress).collect(Collectors.toSet());
    leaders.values().forEach(leader -> addresses.add(leader.rpcAddress()));
    return addresses;
  }
}
