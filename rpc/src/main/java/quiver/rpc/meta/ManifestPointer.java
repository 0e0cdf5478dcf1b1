package quiver.rpc.meta;

import quiver.common.value.ByteWriter;

/// Which manifest of a channel is in force.
///
/// @param version grows by one with every manifest
/// @param objectName the manifest object
public record ManifestPointer(long version, String objectName) {
  /// The stored form.
  public byte[] encode() {
    return MetaValue.encode(out -> out.putLong(version).putText(objectName));
  }

  /// Reads the stored form.
  public static ManifestPointer decode(String key, byte[] value) {
    return MetaValue.decode(
        key, value, in -> new ManifestPointer(in.getLong(), ByteWriter.text(in)));
  }
}
