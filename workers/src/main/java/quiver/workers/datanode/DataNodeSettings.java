package quiver.workers.datanode;

import java.time.Duration;

/// When a data node writes things down.
///
/// @param snapshotAge how old a snapshot may be that somebody still reads: rows deleted longer ago
///   are dropped by merges
/// @param segmentAge growing segments older than this are sealed
/// @param checkpointLogBytes log applied since the last checkpoint that makes all growing segments
///   be sealed, so that a restart never reads much more
/// @param objectGrace how long objects that nothing refers to any more stay: other processes may
///   still be about to open them
public record DataNodeSettings(
    Duration snapshotAge, Duration segmentAge, long checkpointLogBytes, Duration objectGrace) {
  public static final DataNodeSettings DEFAULT =
      new DataNodeSettings(Duration.ofMinutes(10), Duration.ofMinutes(10), 512L << 20);

  /// Smaller steps, so that another process takes the channel over within seconds; objects stay
  /// until followers have certainly let go of them.
  public static final DataNodeSettings CLUSTERED =
      new DataNodeSettings(
          Duration.ofMinutes(10), Duration.ofMinutes(10), 128L << 20, Duration.ofMinutes(20));

  /// The same with another age of snapshots.
  public DataNodeSettings keeping(Duration age) {
    return new DataNodeSettings(age, segmentAge, checkpointLogBytes, objectGrace);
  }

  /// Of the only process that opens objects.
  public DataNodeSettings(Duration snapshotAge, Duration segmentAge, long checkpointLogBytes) {
    this(snapshotAge, segmentAge, checkpointLogBytes, Duration.ZERO);
  }
}
