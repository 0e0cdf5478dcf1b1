package quiver.storage.record;

import java.nio.ByteBuffer;
import java.util.UUID;

/// Numbers and chains the records one owner writes in one epoch. Used by the one thread that
/// appends.
public final class RecordChain {
  private final Epoch epoch;
  private long nextSequence;
  private long chain;

  /// A chain whose first record must be the BARRIER.
  public RecordChain(Epoch epoch) {
    this.epoch = epoch;
  }

  public Epoch epoch() {
    return epoch;
  }

  /// The sequence number of the last record made, 0 after the barrier.
  public long lastSequence() {
    return nextSequence - 1;
  }

  /// Makes the next record; the caller appends its encoded form before it makes another.
  ///
  /// @param body its remaining bytes; not to be modified any more
  public LogRecord next(
      RecordType type,
      int flags,
      long timestamp,
      long vchannel,
      int schemaVersion,
      UUID transaction,
      ByteBuffer body) {
    if ((type == RecordType.BARRIER) != (nextSequence == 0)) {
      throw new IllegalStateException(type + " as record " + nextSequence + " of epoch " + epoch);
    }
    LogRecord record =
        LogRecord.following(
            chain,
            new RecordHeader(
                type, flags, epoch, nextSequence, timestamp, vchannel, schemaVersion, transaction),
            body);
    nextSequence++;
    chain = record.chain();
    return record;
  }
}
