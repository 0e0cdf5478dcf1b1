package quiver.storage.log;

/// Named channels of opaque records. A record is visible to readers only when it is durable, and
/// all readers see the same records in the same order.
///
/// Offsets grow along a channel and may have gaps: positions are compared, never counted. A channel
/// comes into being when it is first named. Safe for use by many threads.
public interface LogBroker extends AutoCloseable {
  /// Largest record: a 4 MiB frame of rows with its envelope, with room to spare.
  int MAX_RECORD_BYTES = 8 << 20;

  /// Longest channel name; letters, digits, `.`, `_` and `-`, not starting with a dot.
  int MAX_CHANNEL_NAME_CHARACTERS = 100;

  /// A writer that appends at the end of the channel.
  LogWriter openWriter(String channel);

  /// A reader whose first record is the first one with an offset of at least `from`.
  ///
  /// @param from between [#start] and [#end]
  /// @throws quiver.common.error.QuiverException `72000` if `from` was truncated away, `XX001` if
  ///   it lies beyond the end: records that were once durable are missing
  LogReader openReader(String channel, long from);

  /// The smallest offset that can still be read.
  long start(String channel);

  /// One past the offset of the last durable record.
  long end(String channel);

  /// Allows the broker to forget records with offsets below `before`. It may keep some of them.
  void truncate(String channel, long before);

  @Override
  void close();
}
