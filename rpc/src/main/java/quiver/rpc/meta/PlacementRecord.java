package quiver.rpc.meta;

import java.util.List;
import quiver.common.value.ByteWriter;

/// Which query nodes have the flushed segments of a table at hand. Advice, not truth: every query
/// node can read every segment, and a segment that is not listed is read by any one of them.
public record PlacementRecord(List<Placed> segments) {
  public PlacementRecord {
    segments = List.copyOf(segments);
  }

  /// One segment.
  ///
  /// @param nodes have it
  /// @param loading are fetching it and will be among `nodes` then
  public record Placed(long segmentId, List<String> nodes, List<String> loading) {
    public Placed {
      nodes = List.copyOf(nodes);
      loading = List.copyOf(loading);
    }

    /// Whether a node has the segment or should fetch it.
    public boolean isFor(String node) {
      return nodes.contains(node) || loading.contains(node);
    }
  }

  /// The stored form.
  public byte[] encode() {
    return MetaValue.encode(out ->
        MetaValue.putList(
            out,
            segments,
            (to, segment) -> {
              to.putLong(segment.segmentId);
              MetaValue.putList(to, segment.nodes, ByteWriter::putText);
              MetaValue.putList(to, segment.loading, ByteWriter::putText);
            }));
  }

  /// Reads the stored form.
  public static PlacementRecord decode(String key, byte[] value) {
    return MetaValue.decode(
        key,
        value,
        in ->
            new PlacementRecord(
                MetaValue.list(
                    in,
                    16,
                    b ->
                        new Placed(
                            b.getLong(),
                            MetaValue.list(b, 4, ByteWriter::text),
                            MetaValue.list(b, 4, ByteWriter::text)))));
  }
}
