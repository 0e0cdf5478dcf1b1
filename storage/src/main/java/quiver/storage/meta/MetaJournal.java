package quiver.storage.meta;

/// Where a [JournaledMetaStore] makes its changes durable.
@FunctionalInterface
public interface MetaJournal {
  /// Makes a change durable. Called for one change at a time, in revision order, before anyone can
  /// see the change. If it throws, the change did not happen, or (`40003`) may have happened and
  /// every later call throws too.
  void append(MetaState.Change change);
}
