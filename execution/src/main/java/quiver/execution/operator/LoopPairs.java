package quiver.execution.operator;

import quiver.common.column.RowBatch;

/// Every left row with every right row.
final class LoopPairs implements PairSource {
  private final int rightCount;
  private int leftCount;
  private int leftRow;
  private int rightRow;

  LoopPairs(int rightCount) {
    this.rightCount = rightCount;
  }

  @Override
  public void start(RowBatch left) {
    leftCount = left.rowCount();
    leftRow = 0;
    rightRow = 0;
  }

  @Override
  public int next(int[] leftRows, int[] rightRows) {
    int count = 0;
    while (count < PAIR_COUNT_MAX && leftRow < leftCount && rightCount > 0) {
      int run = Math.min(PAIR_COUNT_MAX - count, rightCount - rightRow);
      for (int i = 0; i < run; i++) {
        leftRows[count] = leftRow;
        rightRows[count++] = rightRow++;
      }
      if (rightRow == rightCount) {
        rightRow = 0;
        leftRow++;
      }
    }
    return count;
  }
}
