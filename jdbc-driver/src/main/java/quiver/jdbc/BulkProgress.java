package quiver.jdbc;

/// How far a bulk load is.
///
/// @param rows taken by [BulkWriter#row] so far
/// @param bytes of them in the format they are sent in
/// @param committedRows how many of them are stored for good, whatever happens later; 0 in a
///   transaction of the program's own
public record BulkProgress(long rows, long bytes, long committedRows) {}
