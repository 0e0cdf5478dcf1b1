package quiver.workers.host;

import java.util.List;
import quiver.rpc.QueryNodeService.Progress;

/// The channels that a process reads. Thread-safe.
@FunctionalInterface
public interface ReadableChannels {
  /// The channel of a table.
  ReadableChannel of(long tableId);

  /// How far each channel has been read that another process owns.
  default List<Progress> progress() {
    return List.of();
  }
}
