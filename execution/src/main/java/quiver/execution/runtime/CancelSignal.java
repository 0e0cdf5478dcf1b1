package quiver.execution.runtime;

/// How running operators learn that nobody wants the answer any more. They look between batches.
@FunctionalInterface
public interface CancelSignal {
  /// Never cancelled.
  CancelSignal NEVER = () -> {};

  /// Returns while the statement is to go on.
  ///
  /// @throws quiver.common.error.QuiverException `57014` (or another reason) when it is to stop
  void check();
}
