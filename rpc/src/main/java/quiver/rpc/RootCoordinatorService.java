package quiver.rpc;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import quiver.common.catalog.CatalogDelta;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.SequenceDefinition;
import quiver.rpc.DataNodeService.CommitResult;

/// The root coordinator: definitions, ids and timestamps. Thread-safe; calls block.
public interface RootCoordinatorService {
  /// A fresh timestamp of the oracle, larger than every one given before by any incarnation.
  @Idempotent
  long timestamp();

  /// A fresh timestamp and the version of the newest catalog: what a statement starts with.
  @Idempotent
  default Moment moment() {
    return new Moment(timestamp(), catalog().version());
  }

  /// The newest catalog.
  @Idempotent
  CatalogImage catalog();

  /// The catalog at a moment, or a newer one.
  @Idempotent
  default CatalogImage catalogAt(Moment moment) {
    return catalog();
  }

  /// Waits until no definitions are on their way: [#catalog] then shows whatever a channel already
  /// knows.
  @Idempotent
  void settle();

  /// Decides on a command after the changes a transaction has made so far; nothing takes effect.
  ///
  /// @throws quiver.common.error.QuiverException as PostgreSQL reports a failed command
  @Idempotent
  Defined define(CatalogDelta before, DdlCommand command);

  /// Brings a transaction's definitions into force, together with the rows it has staged with the
  /// owner of the channel; returns when all is in force (a new index: when it is built).
  ///
  /// @return [CommitResult.Committed], with timestamp 0 if no channel was concerned, or why nothing
  ///   has happened: [CommitResult.StaleTable] of an object that somebody else has changed
  /// @throws quiver.common.error.QuiverException if a name was taken meanwhile, or an index could
  ///   not be built
  CommitResult commit(CatalogDelta delta, StagedWrites writes, Cancellation cancellation);

  /// Defines and commits one command on its own.
  ///
  /// @throws quiver.common.error.QuiverException as PostgreSQL reports a failed command
  DdlResult execute(DdlCommand command, Cancellation cancellation);

  /// A name for the schema of one session's temporary objects that no other session ever had.
  @Idempotent
  String newTemporarySchema();

  /// Forgets what the definitions of a transaction that does not commit have left behind: values of
  /// its new sequences.
  @Idempotent
  void discard(CatalogDelta delta);

  /// Reserves `count` values of a sequence: `first, first + increment, …`.
  ///
  /// @param sequence as the transaction has it; it may not be in force yet
  /// @throws quiver.common.error.QuiverException `2200H`-like when the sequence is exhausted
  @Idempotent
  SequenceRange nextSequenceValues(SequenceDefinition sequence, int count);

  /// `setval`.
  @Idempotent
  void setSequenceValue(SequenceDefinition sequence, long value, boolean isCalled);

  /// Where a sequence is, for `SELECT last_value …`.
  @Idempotent
  SequencePosition sequencePosition(SequenceDefinition sequence);

  /// A point in time.
  ///
  /// @param catalogVersion of the catalog that was in force after `timestamp` was given out
  record Moment(long timestamp, long catalogVersion) {}

  /// The rows of a transaction that has definitions.
  ///
  /// @param transaction also identifies the commit: it happens once
  /// @param snapshot what it has read
  /// @param stagedCounts how many chunks it has staged with the owner of each channel
  record StagedWrites(UUID transaction, long snapshot, Map<String, Integer> stagedCounts) {
    public StagedWrites {
      stagedCounts = Map.copyOf(stagedCounts);
    }

    /// Chunks in all channels.
    public int stagedCount() {
      return stagedCounts.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  /// A command decided upon.
  ///
  /// @param delta the transaction's changes with those of the command
  record Defined(CatalogDelta delta, DdlResult result) {}

  /// Outcome of a command.
  ///
  /// @param notices messages for the client, for example `relation "t" already exists, skipping`
  /// @param changed whether anything was changed
  record DdlResult(boolean changed, List<Notice> notices) {
    public DdlResult {
      notices = List.copyOf(notices);
    }
  }

  /// A NOTICE with its SQLSTATE.
  record Notice(String sqlState, String message, Optional<String> detail) {
    public Notice(String sqlState, String message) {
      this(sqlState, message, Optional.empty());
    }

    /// A notice of nothing but what it says.
    public static Notice of(String message) {
      return new Notice("00000", message);
    }

    public Notice withDetail(String newDetail) {
      return new Notice(sqlState, message, Optional.of(newDetail));
    }
  }

  /// Where a sequence is.
  ///
  /// @param value the last one given out, or the first one to be
  /// @param isCalled whether `value` has been given out
  /// @param reserved values that can be given out without a commit
  record SequencePosition(long value, boolean isCalled, long reserved) {}

  /// Values `first, first + increment, …`.
  record SequenceRange(long first, long increment, int count) {}
}
