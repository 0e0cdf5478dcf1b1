package quiver.storage.log;

import java.nio.ByteBuffer;

/// One durable record of a channel.
///
/// @param offset its place in the channel; the next record's offset is larger, not necessarily by
///   one
/// @param record the bytes that were appended: read-only, little endian, shared with other readers
///   through duplicates, valid as long as it is referenced
public record LogEntry(long offset, ByteBuffer record) {}
