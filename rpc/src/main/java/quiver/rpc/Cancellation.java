package quiver.rpc;

/// How a waiting or working callee learns that nobody wants the answer any more.
@FunctionalInterface
public interface Cancellation {
  /// Never cancelled.
  Cancellation NEVER = () -> {};

  /// Returns while the call is wanted.
  ///
  /// @throws quiver.common.error.QuiverException `57014` once it is cancelled or its deadline has
  ///   passed
  void check();
}
