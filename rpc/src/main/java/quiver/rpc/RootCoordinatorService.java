package quiver.rpc;

import java.util.List;
import java.util.Optional;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.DdlCommand;

/// The root coordinator: definitions, ids and timestamps. Thread-safe; calls block.
public interface RootCoordinatorService {
  /// A fresh timestamp of the oracle, larger than every one given before by any incarnation.
  long timestamp();

  /// The newest catalog.
  CatalogImage catalog();

  /// Commits a definition; returns when the whole command is in force (a CREATE INDEX when the
  /// index is built).
  ///
  /// @throws quiver.common.error.QuiverException as PostgreSQL reports a failed command
  DdlResult execute(DdlCommand command, Cancellation cancellation);

  /// Reserves `count` values of a sequence: `first, first + increment, …`.
  ///
  /// @throws quiver.common.error.QuiverException `2200H`-like when the sequence is exhausted
  SequenceRange nextSequenceValues(long sequenceId, int count);

  /// `setval`.
  void setSequenceValue(long sequenceId, long value, boolean isCalled);

  /// Sequence state for `SELECT last_value …` and `setval`: the last value given out, empty before
  /// the first.
  Optional<Long> lastSequenceValue(long sequenceId);

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
  record Notice(String sqlState, String message) {}

  /// Values `first, first + increment, …, last`.
  record SequenceRange(long first, long increment, int count) {}
}
