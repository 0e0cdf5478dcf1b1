package quiver.workers.channel;

import java.util.UUID;
import quiver.storage.record.Epoch;

/// A request whose records have been handed to the log.
///
/// @param epoch and `sequence`: the request is done when the replica has applied this record in
///   this epoch
/// @param timestamp of that record: the commit timestamp
public record Pending(UUID transaction, Epoch epoch, long sequence, long timestamp) {}
