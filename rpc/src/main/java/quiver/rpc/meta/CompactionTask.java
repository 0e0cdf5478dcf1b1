package quiver.rpc.meta;

import java.nio.ByteBuffer;
import java.util.List;
import quiver.common.value.ByteWriter;

/// Segments to be merged into one, and how far that is.
///
/// @param state who has to act next
/// @param segmentIds the segments to merge
/// @param merged the new segment, from state MERGED on; before that all fields are 0 or empty
public record CompactionTask(
    long id, long tableId, int incarnation, State state, List<Long> segmentIds, Merged merged) {
  public CompactionTask {
    segmentIds = List.copyOf(segmentIds);
  }

  /// How far a compaction is.
  public enum State {
    /// The data node merges.
    MERGE,
    /// The file is written; the data coordinator has its indexes built.
    MERGED,
    /// The indexes are built; the data node switches to the new segment and deletes the task.
    SWITCH
  }

  /// The new segment's files.
  ///
  /// @param indexes its index files, in state SWITCH
  public record Merged(
      long segmentId,
      String objectName,
      long sizeBytes,
      int rowCount,
      long maxCommitTimestamp,
      List<IndexObject> indexes) {
    /// Nothing yet.
    public static final Merged NONE = new Merged(0, "", 0, 0, 0, List.of());

    public Merged {
      indexes = List.copyOf(indexes);
    }
  }

  /// An index file of the new segment.
  public record IndexObject(long indexId, String objectName, long sizeBytes) {}

  /// The same task, further on.
  public CompactionTask with(State newState, Merged newMerged) {
    return new CompactionTask(id, tableId, incarnation, newState, segmentIds, newMerged);
  }

  /// The stored form.
  public byte[] encode() {
    return MetaValue.encode(out -> {
      out.putLong(id).putLong(tableId).putInt(incarnation).putText(state.name());
      MetaValue.putLongs(out, segmentIds);
      out.putLong(merged.segmentId)
          .putText(merged.objectName)
          .putLong(merged.sizeBytes)
          .putInt(merged.rowCount)
          .putLong(merged.maxCommitTimestamp);
      MetaValue.putList(
          out,
          merged.indexes,
          (to, index) ->
              to.putLong(index.indexId).putText(index.objectName).putLong(index.sizeBytes));
    });
  }

  /// Reads the stored form.
  public static CompactionTask decode(String key, byte[] value) {
    return MetaValue.decode(
        key,
        value,
        in ->
            new CompactionTask(
                in.getLong(),
                in.getLong(),
                in.getInt(),
                State.valueOf(ByteWriter.text(in)),
                MetaValue.longs(in),
                readMerged(in)));
  }

  private static Merged readMerged(ByteBuffer in) {
    return new Merged(
        in.getLong(),
        ByteWriter.text(in),
        in.getLong(),
        in.getInt(),
        in.getLong(),
        MetaValue.list(in, 20, b -> new IndexObject(b.getLong(), ByteWriter.text(b), b.getLong())));
  }
}
