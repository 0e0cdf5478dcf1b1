package quiver.workers.host;

/// The channels that a process reads. Thread-safe.
@FunctionalInterface
public interface ReadableChannels {
  /// The channel of a table.
  ReadableChannel of(long tableId);
}
