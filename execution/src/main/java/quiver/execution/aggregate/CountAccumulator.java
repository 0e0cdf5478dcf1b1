package quiver.execution.aggregate;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import quiver.common.column.Column;
import quiver.common.value.ByteWriter;

/// count(*), count(x) and regr_count(y, x): rows in which no argument is NULL.
final class CountAccumulator extends Accumulator {
  private long[] counts = new long[16];

  @Override
  public void ensureGroups(int groupCount) {
    if (groupCount > counts.length) {
      counts = Arrays.copyOf(counts, Math.max(groupCount, counts.length * 2));
    }
  }

  @Override
  public void add(int[] groups, List<Column> arguments, int rowCount) {
    boolean anyNull = false;
    for (Column argument : arguments) {
      anyNull |= argument.nulls().any();
    }
    for (int row = 0; row < rowCount; row++) {
      if (!anyNull || !isNull(arguments, row)) {
        counts[groups[row]]++;
      }
    }
  }

  @Override
  public boolean canRemove() {
    return true;
  }

  @Override
  public void remove(int[] groups, List<Column> arguments, int rowCount) {
    for (int row = 0; row < rowCount; row++) {
      if (!isNull(arguments, row)) {
        counts[groups[row]]--;
      }
    }
  }

  private static boolean isNull(List<Column> arguments, int row) {
    for (Column argument : arguments) {
      if (argument.isNull(row)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Object result(int group) {
    return counts[group];
  }

  @Override
  public long sizeBytes() {
    return 8L * counts.length;
  }

  @Override
  public void write(int group, ByteWriter out) {
    out.putLong(counts[group]);
  }

  @Override
  public void merge(int group, ByteBuffer in) {
    counts[group] += in.getLong();
  }
}
