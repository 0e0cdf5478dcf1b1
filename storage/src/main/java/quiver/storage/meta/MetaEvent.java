package quiver.storage.meta;

/// One change of one key, as a watch reports it.
public sealed interface MetaEvent {
  String key();

  /// Revision of the commit (or lease expiry) that made the change.
  long revision();

  /// The key was written.
  record Written(KeyValue entry) implements MetaEvent {
    @Override
    public String key() {
      return entry.key();
    }

    @Override
    public long revision() {
      return entry.modRevision();
    }
  }

  /// The key was deleted, by a commit or because its lease ended.
  record Deleted(String key, long revision) implements MetaEvent {}
}
