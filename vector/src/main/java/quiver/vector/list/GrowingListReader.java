package quiver.vector.list;

import java.lang.foreign.MemorySegment;
import quiver.common.vector.DistanceMetric;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeQuery;

/// Visits the rows of growing lists; rows appended after the search began are left out by their
/// numbers. Used by one thread.
final class GrowingListReader implements ListSource {
  private final GrowingLists lists;
  private final CodeQuery query;
  private final AllowedRows allowed;
  private final float[] estimates = new float[CodeBlock.ROW_COUNT];
  private int rowCount;

  GrowingListReader(GrowingLists lists, CodeQuery query, AllowedRows allowed) {
    this.lists = lists;
    this.query = query;
    this.allowed = allowed;
  }

  /// Row numbers from here on are left out.
  void setRowCount(int newRowCount) {
    rowCount = newRowCount;
  }

  @Override
  public DistanceMetric metric() {
    return lists.codebook().metric();
  }

  @Override
  public int rowCount() {
    return rowCount;
  }

  boolean isWanted(int row) {
    return row < rowCount && allowed.contains(row);
  }

  @Override
  public void read(int list, ProbeOrder order, Visitor visitor) {
    boolean coded = lists.codebook().isCoded();
    CodeBlock layout = lists.layout();
    float base = order.base(list);
    float distance = order.distance(list);
    int length = lists.length(list);
    int[] blocks = lists.blocks(list);
    for (int at = 0; at * CodeBlock.ROW_COUNT < length; at++) {
      MemorySegment slab = lists.slab(blocks[at]);
      long offset = lists.offset(blocks[at]);
      if (coded) {
        query.scan(slab, offset, base, Float.MAX_VALUE, estimates);
      }
      int lanes = Math.min(CodeBlock.ROW_COUNT, length - at * CodeBlock.ROW_COUNT);
      for (int lane = 0; lane < lanes; lane++) {
        int row = layout.row(slab, offset, lane);
        if (isWanted(row)) {
          float error = CodeQuery.errorBound(layout.factor(slab, offset, lane), distance);
          visitor.visit(
              row,
              coded
                  ? ListReader.distance(metric(), estimates[lane] - error)
                  : Double.NEGATIVE_INFINITY);
        }
      }
    }
  }

  @Override
  public int uncodedCount() {
    return lists.length(lists.uncodedList());
  }

  @Override
  public int uncodedRow(int i) {
    int block = lists.blocks(lists.uncodedList())[i / CodeBlock.ROW_COUNT];
    return lists.layout().row(lists.slab(block), lists.offset(block), i % CodeBlock.ROW_COUNT);
  }
}
