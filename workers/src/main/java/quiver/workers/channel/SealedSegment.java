package quiver.workers.channel;

import java.util.ArrayList;
import java.util.List;

/// A segment in a file.
///
/// @param objectName the segment file
/// @param maxCommitTimestamp largest commit timestamp of its rows
/// @param indexes its index files
public record SealedSegment(
    long segmentId,
    long tableId,
    int incarnation,
    String objectName,
    long sizeBytes,
    int rowCount,
    long maxCommitTimestamp,
    List<IndexFile> indexes) {
  public SealedSegment {
    indexes = List.copyOf(indexes);
  }

  /// An index over the segment's rows.
  public record IndexFile(long indexId, String objectName, long sizeBytes) {}

  /// The same segment with one more index, in place of an older file of the same index.
  public SealedSegment with(IndexFile index) {
    List<IndexFile> all = new ArrayList<>(indexes);
    all.removeIf(file -> file.indexId() == index.indexId());
    all.add(index);
    return withIndexes(all);
  }

  /// The same segment with these indexes.
  public SealedSegment withIndexes(List<IndexFile> newIndexes) {
    return new SealedSegment(
        segmentId,
        tableId,
        incarnation,
        objectName,
        sizeBytes,
        rowCount,
        maxCommitTimestamp,
        newIndexes);
  }
}
