package quiver.rpc.meta;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import quiver.common.value.ByteWriter;
import quiver.common.vector.DistanceMetric;

/// One index to build over one sealed segment.
///
/// @param columnId the vector column
public record IndexTask(
    long segmentId,
    long tableId,
    long indexId,
    String segmentObject,
    long rowCount,
    int columnId,
    String method,
    DistanceMetric metric,
    Map<String, String> options) {
  public IndexTask {
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
  }

  /// The stored form.
  public byte[] encode() {
    return MetaValue.encode(out -> {
      out.putLong(segmentId)
          .putLong(tableId)
          .putLong(indexId)
          .putText(segmentObject)
          .putLong(rowCount)
          .putInt(columnId)
          .putText(method)
          .putText(metric.name());
      MetaValue.putMap(out, options);
    });
  }

  /// Reads the stored form.
  public static IndexTask decode(String key, byte[] value) {
    return MetaValue.decode(
        key,
        value,
        in ->
            new IndexTask(
                in.getLong(),
                in.getLong(),
                in.getLong(),
                ByteWriter.text(in),
                in.getLong(),
                in.getInt(),
                ByteWriter.text(in),
                DistanceMetric.valueOf(ByteWriter.text(in)),
                MetaValue.map(in)));
  }

  /// What an index node says about a task it works on.
  ///
  /// @param phase pgvector's phase names
  public record Progress(
      long segmentId, long tableId, long indexId, String phase, long rowsDone, long rowsTotal) {
    /// The stored form.
    public byte[] encode() {
      return MetaValue.encode(out ->
          out.putLong(segmentId)
              .putLong(tableId)
              .putLong(indexId)
              .putText(phase)
              .putLong(rowsDone)
              .putLong(rowsTotal));
    }

    /// Reads the stored form.
    public static Progress decode(String key, byte[] value) {
      return MetaValue.decode(
          key,
          value,
          in ->
              new Progress(
                  in.getLong(),
                  in.getLong(),
                  in.getLong(),
                  ByteWriter.text(in),
                  in.getLong(),
                  in.getLong()));
    }
  }

  /// How a task ended.
  ///
  /// @param objectName the index file; empty when the build failed
  /// @param failure SQLSTATE and message when it failed, else empty
  public record Result(
      long segmentId, long indexId, String objectName, long sizeBytes, List<String> failure) {
    public Result {
      failure = List.copyOf(failure);
    }

    public boolean failed() {
      return !failure.isEmpty();
    }

    /// The stored form.
    public byte[] encode() {
      return MetaValue.encode(out -> {
        out.putLong(segmentId).putLong(indexId).putText(objectName).putLong(sizeBytes);
        MetaValue.putList(out, failure, ByteWriter::putText);
      });
    }

    /// Reads the stored form.
    public static Result decode(String key, byte[] value) {
      return MetaValue.decode(
          key,
          value,
          in ->
              new Result(
                  in.getLong(),
                  in.getLong(),
                  ByteWriter.text(in),
                  in.getLong(),
                  MetaValue.list(in, 4, ByteWriter::text)));
    }
  }
}
