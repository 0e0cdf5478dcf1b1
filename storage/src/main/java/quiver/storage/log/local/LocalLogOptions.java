package quiver.storage.log.local;

/// Sizes of a local log.
///
/// @param fileBytesMax a channel's file that has reached this size is followed by a new one;
///   truncation deletes whole files
/// @param recentBytesMax newest records of a channel kept in memory for readers at its tail
public record LocalLogOptions(long fileBytesMax, long recentBytesMax) {
  /// 64 MiB files; in memory what a reader may fall behind during a bulk load.
  public static final LocalLogOptions DEFAULTS = new LocalLogOptions(64L << 20, 16L << 20);

  public LocalLogOptions {
    if (fileBytesMax <= 0 || recentBytesMax < 0) {
      throw new IllegalArgumentException(fileBytesMax + " " + recentBytesMax);
    }
  }
}
