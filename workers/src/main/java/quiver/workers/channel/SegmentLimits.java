package quiver.workers.channel;

/// When a growing segment is full, and how large pieces of the log are.
///
/// @param segmentRowsMax rows of a growing segment
/// @param segmentBytesMax encoded bytes of a growing segment's rows
/// @param frameBytesMax encoded rows of one FRAME, or of one COMMIT1 without frames
/// @param adoptRowsMin staged rows of a table from which on their segments are kept as they are
///   instead of being copied to the shared growing segment
public record SegmentLimits(
    int segmentRowsMax, long segmentBytesMax, int frameBytesMax, int adoptRowsMin) {
  /// About a million rows, or half a gibibyte: what one index build and one file can bear.
  public static final SegmentLimits DEFAULT =
      new SegmentLimits(1 << 20, 512L << 20, 2 << 20, 16_384);
}
