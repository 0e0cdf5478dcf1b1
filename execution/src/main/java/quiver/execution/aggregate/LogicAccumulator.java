package quiver.execution.aggregate;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ByteWriter;

/// bool_and, bool_or and the bit aggregates of integers.
final class LogicAccumulator extends Accumulator {
  /// How two values become one.
  enum Rule {
    AND,
    OR,
    XOR
  }

  private final Rule rule;
  private final SqlType type;
  private long[] values = new long[16];
  private boolean[] seen = new boolean[16];

  LogicAccumulator(Rule rule, SqlType type) {
    this.rule = rule;
    this.type = type;
  }

  @Override
  public void ensureGroups(int groupCount) {
    if (groupCount > seen.length) {
      int capacity = Math.max(groupCount, seen.length * 2);
      values = Arrays.copyOf(values, capacity);
      seen = Arrays.copyOf(seen, capacity);
    }
  }

  @Override
  public void add(int[] groups, List<Column> arguments, int rowCount) {
    LongColumn column = (LongColumn) arguments.getFirst();
    for (int row = 0; row < rowCount; row++) {
      if (!column.isNull(row)) {
        add(groups[row], column.values()[row]);
      }
    }
  }

  private void add(int group, long value) {
    if (!seen[group]) {
      seen[group] = true;
      values[group] = value;
      return;
    }
    values[group] =
        switch (rule) {
          case AND -> values[group] & value;
          case OR -> values[group] | value;
          case XOR -> values[group] ^ value;
        };
  }

  @Override
  public @Nullable Object result(int group) {
    if (!seen[group]) {
      return null;
    }
    return type.base() == BaseType.BOOL ? (Object) (values[group] != 0) : (Object) values[group];
  }

  @Override
  public long sizeBytes() {
    return 9L * seen.length;
  }

  @Override
  public void write(int group, ByteWriter out) {
    out.putByte(seen[group] ? 1 : 0).putLong(values[group]);
  }

  @Override
  public void merge(int group, ByteBuffer in) {
    boolean other = in.get() != 0;
    long value = in.getLong();
    if (other) {
      add(group, value);
    }
  }
}
