package quiver.storage.meta;

/// One key to be written by a commit.
///
/// @param value not modified by anyone after the commit was called
/// @param lease the lease the key is attached to, or [MetaStore#NO_LEASE]
@SuppressWarnings("ArrayRecordComponent")
public record Put(String key, byte[] value, long lease) {
  public Put(String key, byte[] value) {
    this(key, value, MetaStore.NO_LEASE);
  }
}
