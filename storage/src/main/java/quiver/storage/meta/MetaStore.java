package quiver.storage.meta;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A small, strongly consistent, transactional map from text keys to bytes: pointers and decisions
/// live here, bodies live in the object store.
///
/// Every commit gets the next revision, so revisions order everything that ever happened. All
/// operations are linearizable. An implementation that cannot know what became of a commit throws
/// `40003` ([quiver.common.error.SqlState#STATEMENT_COMPLETION_UNKNOWN]); see [OperationCommit].
/// Safe for use by many threads.
public interface MetaStore extends AutoCloseable {
  /// The lease of keys that have none.
  long NO_LEASE = 0;

  /// Most puts and deletes in one commit, and most guards: etcd's default limit.
  int MAX_COMMIT_OPERATIONS = 128;

  /// Largest total of keys and values in one commit: below etcd's default request limit.
  int MAX_COMMIT_BYTES = 1_500_000;

  /// Longest key in UTF-8 bytes.
  int MAX_KEY_BYTES = 1024;

  /// The current value of a key.
  Optional<KeyValue> get(String key);

  /// The current values of keys, in order, each as [#get] would give it. Asked for together where
  /// that saves a round trip.
  default List<Optional<KeyValue>> getAll(List<String> keys) {
    return keys.stream().map(this::get).toList();
  }

  /// All keys that start with `prefix`, at one revision.
  Listing list(String prefix);

  /// If every guard holds, applies all puts and deletes at one new revision, durably; otherwise
  /// changes nothing. Deleting an absent key is allowed. A commit without puts and deletes only
  /// checks its guards and returns the current revision.
  ///
  /// @throws quiver.common.error.QuiverException `40003` if the outcome is unknown, `54000` over a
  ///   limit, `42704` if a put names a lease that has ended, `53100`/`58030` if the storage failed
  ///   and nothing was changed, `22023` if one key is written twice
  CommitResult commit(List<Guard> guards, List<Put> puts, List<String> deletes);

  /// Reports every change of keys under `prefix` from `fromRevision` on (inclusive), first those
  /// that already happened, then new ones as they come.
  Watch watch(String prefix, long fromRevision, MetaListener listener);

  /// Starts a lease. Keys attached to it are deleted when `timeToLive` has passed since the grant
  /// or the last keep-alive. Leases tell who is alive; safety never rests on them.
  ///
  /// @return the lease's id, never [#NO_LEASE]
  long grant(Duration timeToLive);

  /// Renews a lease.
  ///
  /// @return false if the lease has ended: its keys are gone and it cannot be revived
  boolean keepAlive(long lease);

  /// Ends a lease now and deletes its keys; does nothing if it has ended already.
  void revoke(long lease);

  @Override
  void close();
}
