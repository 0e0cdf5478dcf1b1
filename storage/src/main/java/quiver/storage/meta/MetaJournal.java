package quiver.storage.meta;

/// Where a [JournaledMetaStore] makes its changes durable.
public interface MetaJournal {
  /// Makes a change durable. Called for one change at a time, in revision order, before anyone can
  /// see the change. If it throws, the change did not happen, or (`40003`) may have happened and
  /// every later call throws too.
  void append(MetaState.Change change);

  /// Called after every change with the state it led to, still before the next change: the time to
  /// shorten the journal. Must not throw for a failure that leaves the journal as good as before.
  default void applied(MetaState state) {}
}
