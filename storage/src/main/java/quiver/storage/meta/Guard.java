package quiver.storage.meta;

/// A condition on one key; a commit happens only if all of its guards hold.
public sealed interface Guard {
  String key();

  /// The key was last written by the commit with this revision; 0 means the key does not exist.
  record ModRevision(String key, long revision) implements Guard {}

  /// The key was created by the commit with this revision; 0 means the key does not exist. This is
  /// the guard of a leader: its election key still exists and is still its own.
  record CreateRevision(String key, long revision) implements Guard {}

  /// The key does not exist.
  static Guard absent(String key) {
    return new ModRevision(key, 0);
  }

  /// The key was not written since `read` was read.
  static Guard unchanged(KeyValue read) {
    return new ModRevision(read.key(), read.modRevision());
  }
}
