package quiver.storage.record;

import java.util.UUID;

/// The typed fields of a log record that its writer chooses.
///
/// @param flags 16 bits whose meaning belongs to the record's type
/// @param sequence place in the epoch: 0 for the BARRIER, then 1, 2, …
/// @param timestamp from the timestamp oracle ([quiver.common.time.Timestamp])
/// @param vchannel the shard the record is about, 0 if it is about the whole channel
/// @param schemaVersion version of the table's row layout, 0 if the record holds no rows
/// @param transaction the transaction, or [#NO_TRANSACTION]
public record RecordHeader(
    RecordType type,
    int flags,
    Epoch epoch,
    long sequence,
    long timestamp,
    long vchannel,
    int schemaVersion,
    UUID transaction) {
  /// The transaction of records that belong to none.
  public static final UUID NO_TRANSACTION = new UUID(0, 0);

  public RecordHeader {
    if (flags >>> 16 != 0) {
      throw new IllegalArgumentException("flags " + flags);
    }
  }
}
