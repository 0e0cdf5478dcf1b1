package quiver.workers.simulation;

/// A rule of the protocol that is broken on purpose, to see that the simulation notices.
enum Mutation {
  /// Everything as it should be.
  NONE,
  /// Clients get their answer when the record is handed to the log.
  ACKNOWLEDGE_ON_APPEND,
  /// Clients get their answer when the record is durable, whoever owns the channel by then.
  ACKNOWLEDGE_ON_DURABLE,
  /// Readers apply records of owners that were replaced.
  SKIP_EPOCH_CHECK,
  /// Checkpoints forget the deletes of flushed segments.
  CHECKPOINT_WITHOUT_DELETES,
  /// Checkpoints forget idempotency keys.
  CHECKPOINT_WITHOUT_KEYS,
  /// Checkpoints skip log records of rows that are in no file yet.
  CHECKPOINT_TOO_FAR,
  /// The log is truncated before the meta commit.
  TRUNCATE_BEFORE_COMMIT,
  /// A merge forgets rows that died while it ran.
  MERGE_LOSES_DELETES,
  /// An owner goes on after a failed append instead of starting a new session.
  IGNORE_FAILED_APPEND,
  /// A new owner does not wait for its barrier: it takes the checkpoint for the present.
  SERVE_WITHOUT_REPLAY,
  /// The timestamp oracle goes back when the process restarts.
  ORACLE_GOES_BACK,
  /// A node that lost the channel writes its manifest all the same.
  UNGUARDED_MANIFEST,
  /// Reads of the past take what is left for what there was.
  PAST_UNREFUSED,
  /// Nodes cut their shares out of the segments of the moment, not of the snapshot.
  SHARES_OF_THE_PRESENT,
  /// A follower lets readers look before it has come as far as its checkpoint.
  FOLLOWER_SERVES_INCOMPLETE,
  /// Writes say nothing of the keys they rely on.
  NO_KEY_CLAIMS,
  /// A row that refers to another says nothing of it.
  NO_SHARED_KEY_CLAIMS
}
