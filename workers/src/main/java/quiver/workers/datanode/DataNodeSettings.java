package quiver.workers.datanode;

import java.time.Duration;

/// When a data node writes things down.
///
/// @param snapshotAge how old a snapshot may be that somebody still reads: rows deleted longer ago
///   are dropped by merges
/// @param segmentAge growing segments older than this are sealed
/// @param checkpointLogBytes log applied since the last checkpoint that makes all growing segments
///   be sealed, so that a restart never reads much more
public record DataNodeSettings(Duration snapshotAge, Duration segmentAge, long checkpointLogBytes) {
  public static final DataNodeSettings DEFAULT =
      new DataNodeSettings(Duration.ofMinutes(10), Duration.ofMinutes(10), 512L << 20);
}
