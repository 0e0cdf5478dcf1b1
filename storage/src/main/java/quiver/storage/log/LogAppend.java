package quiver.storage.log;

import java.time.Duration;

/// An append under way.
public interface LogAppend {
  /// Whether [#await] would return or throw at once.
  boolean isDone();

  /// Waits until the record is durable.
  ///
  /// @return the record's offset
  /// @throws quiver.common.error.QuiverException `40003` if it is not known whether the record was
  ///   or will be written (also after `timeout`, and when the waiting thread is interrupted), so
  ///   that nobody may decide anything before reading the channel in a new session; any other code
  ///   if the record was certainly not written
  long await(Duration timeout);

  /// Runs `callback` once the append is done, at once if it is already; on any thread, so it must
  /// be short and must not block.
  void whenDone(Runnable callback);
}
