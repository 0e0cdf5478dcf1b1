package quiver.workers.host;

import java.time.Duration;
import quiver.workers.channel.SegmentLimits;

/// How a process hosts a channel.
///
/// @param channel its name in the log broker
/// @param node this process, for people to read
/// @param term number of this ownership, from the meta store
/// @param exclusive nobody else can own the channel while this process lives (one process over a
///   locked directory): readers then need no TICK record in the log
/// @param memoryBytesMax rows in memory and not yet in files; writers wait above it
/// @param inFlightBytesMax staged bytes appended and not yet applied; stagers wait above it
/// @param patience how long a request waits for the log, for memory, or for its turn
public record ChannelSettings(
    String channel,
    String node,
    int term,
    boolean exclusive,
    SegmentLimits limits,
    long memoryBytesMax,
    long inFlightBytesMax,
    Duration patience) {
  /// Rows in memory before writers wait.
  public static final long MEMORY_BYTES_MAX = 2L << 30;

  /// Staged bytes on their way.
  public static final long IN_FLIGHT_BYTES_MAX = 32L << 20;

  /// How long a request waits.
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  /// A channel with default limits.
  public static ChannelSettings of(String channel, String node, int term, boolean exclusive) {
    return new ChannelSettings(
        channel,
        node,
        term,
        exclusive,
        SegmentLimits.DEFAULT,
        MEMORY_BYTES_MAX,
        IN_FLIGHT_BYTES_MAX,
        PATIENCE);
  }
}
