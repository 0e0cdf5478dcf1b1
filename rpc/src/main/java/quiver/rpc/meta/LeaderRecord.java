package quiver.rpc.meta;

import quiver.common.value.ByteWriter;

/// Who leads a coordinator role, under `leader/ROLE` with the leader's lease. The key's creation
/// revision fences: a leader commits only under a guard that the key is still its own.
///
/// @param node its [NodeRecord]'s name
/// @param rpcAddress where it answers
/// @param term grows by one with every leader
public record LeaderRecord(String node, String rpcAddress, long term) {
  /// The stored form.
  public byte[] encode() {
    return MetaValue.encode(out -> out.putText(node).putText(rpcAddress).putLong(term));
  }

  /// Reads the stored form.
  public static LeaderRecord decode(String key, byte[] value) {
    return MetaValue.decode(
        key, value, in -> new LeaderRecord(ByteWriter.text(in), ByteWriter.text(in), in.getLong()));
  }
}
