package quiver.rpc.meta;

import java.util.List;
import quiver.common.value.ByteWriter;

/// What a data node reports of a segment.
///
/// @param state `growing`, `sealed` or `flushed`
/// @param droppableCount deleted rows that no reader can ask for any more: a merge drops them
/// @param objectName the file of a flushed segment, else empty
/// @param indexIds indexes whose files are in place
public record SegmentReport(
    long segmentId,
    long tableId,
    int incarnation,
    String state,
    long rowCount,
    long deletedCount,
    long droppableCount,
    long sizeBytes,
    String objectName,
    List<Long> indexIds) {
  public static final String GROWING = "growing";
  public static final String SEALED = "sealed";
  public static final String FLUSHED = "flushed";

  public SegmentReport {
    indexIds = List.copyOf(indexIds);
  }

  public boolean isFlushed() {
    return state.equals(FLUSHED);
  }

  /// The stored form of all segments of a channel.
  public static byte[] encode(List<SegmentReport> segments) {
    return MetaValue.encode(out ->
        MetaValue.putList(
            out,
            segments,
            (to, segment) -> {
              to.putLong(segment.segmentId)
                  .putLong(segment.tableId)
                  .putInt(segment.incarnation)
                  .putText(segment.state)
                  .putLong(segment.rowCount)
                  .putLong(segment.deletedCount)
                  .putLong(segment.droppableCount)
                  .putLong(segment.sizeBytes)
                  .putText(segment.objectName);
              MetaValue.putLongs(to, segment.indexIds);
            }));
  }

  /// Reads the stored form.
  public static List<SegmentReport> decode(String key, byte[] value) {
    return MetaValue.decode(
        key,
        value,
        in ->
            MetaValue.list(
                in,
                64,
                b ->
                    new SegmentReport(
                        b.getLong(),
                        b.getLong(),
                        b.getInt(),
                        ByteWriter.text(b),
                        b.getLong(),
                        b.getLong(),
                        b.getLong(),
                        b.getLong(),
                        ByteWriter.text(b),
                        MetaValue.longs(b))));
  }
}
