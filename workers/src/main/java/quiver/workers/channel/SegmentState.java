package quiver.workers.channel;

/// Where a segment is in its life.
public enum SegmentState {
  /// Its rows belong to one uncommitted transaction.
  STAGED,
  /// It takes rows.
  GROWING,
  /// It takes no more rows and is still in memory.
  SEALED,
  /// It is in a file.
  FLUSHED
}
