package quiver.rpc.grpc;

/// Who has a job at the moment.
///
/// @param address `host:port`
/// @param instance which of its services of one kind, for example the channel; may be empty
public record Target(String node, String address, String instance) {}
