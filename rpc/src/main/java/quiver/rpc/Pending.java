package quiver.rpc;

/// An answer that is on its way: a service method that returns one has asked and does not wait, so
/// that its caller can ask others meanwhile. For one caller.
public interface Pending<T> {
  /// The answer.
  ///
  /// @throws quiver.common.error.QuiverException what the call without waiting would have thrown
  T await();
}
