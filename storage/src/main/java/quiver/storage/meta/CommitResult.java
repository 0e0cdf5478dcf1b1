package quiver.storage.meta;

/// What became of a commit whose outcome is known.
public sealed interface CommitResult {
  /// The commit happened, durably.
  ///
  /// @param revision the new revision of the store and of every key the commit wrote
  record Committed(long revision) implements CommitResult {}

  /// Nothing was changed because a guard did not hold.
  ///
  /// @param key the key of the first guard, in the order given, that did not hold
  record Conflict(String key) implements CommitResult {}
}
