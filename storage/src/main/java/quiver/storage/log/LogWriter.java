package quiver.storage.log;

import java.nio.ByteBuffer;

/// Appends to one channel, in call order. Once one append of a writer has failed, every later one
/// fails too, so that a writer never leaves a hole: open a new writer and start a new session.
///
/// Several writers of one channel do not exclude each other; what a former owner writes late is
/// told apart by the epoch inside the records, not here. Safe for use by many threads.
public interface LogWriter extends AutoCloseable {
  /// Hands a record to the channel and returns before it is durable. Blocks only while too many
  /// bytes are waiting to be written.
  ///
  /// @param record its remaining bytes are the record. They must not be modified afterwards:
  ///   readers may be given these very bytes. The buffer's position is left as it is.
  /// @throws quiver.common.error.QuiverException `54000` if the record is empty or larger than
  ///   [LogBroker#MAX_RECORD_BYTES]; the writer stays usable
  LogAppend append(ByteBuffer record);

  /// Stops this writer. Appends under way still complete.
  @Override
  void close();
}
