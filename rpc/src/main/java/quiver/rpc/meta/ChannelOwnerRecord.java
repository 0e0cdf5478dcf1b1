package quiver.rpc.meta;

import quiver.common.value.ByteWriter;

/// Who owns a channel.
///
/// @param term grows by one with every ownership
public record ChannelOwnerRecord(int term, String node) {
  /// The stored form.
  public byte[] encode() {
    return MetaValue.encode(out -> out.putInt(term).putText(node));
  }

  /// Reads the stored form.
  public static ChannelOwnerRecord decode(String key, byte[] value) {
    return MetaValue.decode(
        key, value, in -> new ChannelOwnerRecord(in.getInt(), ByteWriter.text(in)));
  }
}
