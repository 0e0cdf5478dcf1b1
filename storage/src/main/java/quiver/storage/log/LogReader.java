package quiver.storage.log;

import java.time.Duration;
import java.util.Optional;

/// Reads the durable records of one channel in order, from a position on, and waits for new ones.
/// For use by one thread; [#close()] may be called by any and wakes a waiting reader.
public interface LogReader extends AutoCloseable {
  /// The next record if one is durable now.
  ///
  /// @throws quiver.common.error.QuiverException `72000` if the position was truncated away,
  ///   `XX001` if stored bytes are damaged (named by file and position), `57P01` if closed
  Optional<LogEntry> poll();

  /// The next record if it is at hand: nobody is asked, nothing is waited for. A durable record may
  /// come with a later call.
  ///
  /// @throws quiver.common.error.QuiverException as [#poll()]
  default Optional<LogEntry> ready() {
    return poll();
  }

  /// The next record, waiting for it for at most `timeout`.
  ///
  /// @throws quiver.common.error.QuiverException as [#poll()], and `57014` if interrupted
  Optional<LogEntry> next(Duration timeout);

  /// The smallest offset the next record can have: one past the last record returned. Opening a
  /// reader here continues where this one is.
  long position();

  @Override
  void close();
}
