package quiver.rpc.meta;

import java.util.Set;
import java.util.UUID;
import quiver.common.value.ByteWriter;

/// A process of a cluster, as it registers itself under `node/NAME` with a lease.
///
/// @param name unique in the cluster; the same after a restart
/// @param incarnation made at every start: a restarted process is another one
/// @param rpcAddress `host:port` that other processes reach it at
/// @param sqlAddress `host:port` of the SQL port; empty when it is not a front end
/// @param memoryBytes what it may use for data: placement weighs nodes by it
/// @param state whether new work may be given to it
/// @param version of the product
public record NodeRecord(
    String name,
    UUID incarnation,
    Set<Role> roles,
    String rpcAddress,
    String sqlAddress,
    long memoryBytes,
    State state,
    String version) {
  /// How long a process that has died stays registered.
  public static final java.time.Duration LEASE = java.time.Duration.ofSeconds(5);

  /// Whether new work may be given to a process.
  public enum State {
    SERVING,
    /// It is about to stop: what it holds and owns moves away.
    DRAINING
  }

  public NodeRecord {
    roles = Set.copyOf(roles);
  }

  public boolean serves(Role role) {
    return state == State.SERVING && roles.contains(role);
  }

  public NodeRecord withState(State newState) {
    return new NodeRecord(
        name, incarnation, roles, rpcAddress, sqlAddress, memoryBytes, newState, version);
  }

  public NodeRecord withSqlAddress(String newSqlAddress) {
    return new NodeRecord(
        name, incarnation, roles, rpcAddress, newSqlAddress, memoryBytes, state, version);
  }

  /// The stored form.
  public byte[] encode() {
    return MetaValue.encode(out ->
        out.putText(name)
            .putLong(incarnation.getMostSignificantBits())
            .putLong(incarnation.getLeastSignificantBits())
            .putText(Role.list(roles))
            .putText(rpcAddress)
            .putText(sqlAddress)
            .putLong(memoryBytes)
            .putByte(state == State.SERVING ? 0 : 1)
            .putText(version));
  }

  /// Reads the stored form.
  public static NodeRecord decode(String key, byte[] value) {
    return MetaValue.decode(
        key,
        value,
        in ->
            new NodeRecord(
                ByteWriter.text(in),
                new UUID(in.getLong(), in.getLong()),
                Role.parseList(ByteWriter.text(in)),
                ByteWriter.text(in),
                ByteWriter.text(in),
                in.getLong(),
                in.get() == 0 ? State.SERVING : State.DRAINING,
                ByteWriter.text(in)));
  }
}
