package quiver.storage.meta;

/// One key of the meta store as it was at some revision.
///
/// @param value owned by the store and shared: callers must not modify it. Because of this array
///   the record is never compared with `equals`.
/// @param createRevision revision of the commit that created the key
/// @param modRevision revision of the last commit that wrote the key
/// @param lease the lease the key dies with, or [MetaStore#NO_LEASE]
@SuppressWarnings("ArrayRecordComponent")
public record KeyValue(
    String key, byte[] value, long createRevision, long modRevision, long lease) {}
