package quiver.vector.list;

import java.lang.foreign.MemorySegment;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.LittleEndian;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeQuery;

/// Visits every allowed row of a list with a lower bound of its distance, for searches that go on:
/// what does not come now comes later. Used by one thread.
final class ListReader implements ListSource {
  private final ListIndex index;
  private final CodeQuery query;
  private final AllowedRows allowed;
  private final CodeBlock layout;
  private final float[] estimates = new float[CodeBlock.ROW_COUNT];

  ListReader(ListIndex index, CodeQuery query, AllowedRows allowed) {
    this.index = index;
    this.query = query;
    this.allowed = allowed;
    this.layout = index.layout();
  }

  @Override
  public DistanceMetric metric() {
    return index.metric();
  }

  @Override
  public int rowCount() {
    return index.rowCount();
  }

  @Override
  public int uncodedCount() {
    return index.header().uncodedRowCount();
  }

  @Override
  public int uncodedRow(int i) {
    return index.uncodedRow(i);
  }

  @Override
  public void read(int list, ProbeOrder order, Visitor visitor) {
    if (!index.header().coded()) {
      for (int position = index.start(list); position < index.end(list); position++) {
        int row = index.row(position);
        if (allowed.contains(row)) {
          visitor.visit(row, Double.NEGATIVE_INFINITY);
        }
      }
      return;
    }
    MemorySegment blocks = index.blocks();
    long offset = index.blockOffset(list);
    float base = order.base(list);
    float distance = order.distance(list);
    int left = index.end(list) - index.start(list);
    for (; left > 0; left -= CodeBlock.ROW_COUNT, offset += layout.sizeBytes()) {
      query.scan(blocks, offset, base, Float.MAX_VALUE, estimates);
      for (int lane = 0; lane < Math.min(left, CodeBlock.ROW_COUNT); lane++) {
        int row = blocks.get(LittleEndian.INT, offset + layout.rowsOffset() + 4L * lane);
        if (allowed.contains(row)) {
          float factor = blocks.get(LittleEndian.FLOAT, offset + layout.factorOffset() + 4L * lane);
          visitor.visit(
              row,
              distance(index.metric(), estimates[lane] - CodeQuery.errorBound(factor, distance)));
        }
      }
    }
  }

  /// The distance that belongs to a score of codes.
  static double distance(DistanceMetric metric, float score) {
    return metric == DistanceMetric.L2 ? Math.sqrt(Math.max(0, score)) : score / 2.0;
  }

  /// The score of codes that belongs to a distance.
  static float score(DistanceMetric metric, double distance) {
    return (float) (metric == DistanceMetric.L2 ? distance * distance : 2 * distance);
  }
}
