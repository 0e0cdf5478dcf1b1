package quiver.execution.operator;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import quiver.common.column.RowBatch;
import quiver.common.type.SqlType;
import quiver.execution.rows.GroupTable;
import quiver.execution.rows.MemoryAccount;
import quiver.execution.runtime.ExecutionContext;

/// INTERSECT and EXCEPT, as sets or as bags: counts the rows of the later inputs, then lets rows of
/// the first one pass. Several inputs associate to the left.
final class SetOperationOperator implements BatchOperator {
  private final boolean intersect;
  private final boolean all;
  private final Operator first;
  private final List<OperatorFactory> others;
  private final ExecutionContext context;
  private final MemoryAccount memory;
  private final GroupTable table;
  private long[] allowed = new long[64];
  private int[] groups = new int[0];
  private boolean counted;

  SetOperationOperator(
      boolean intersect,
      boolean all,
      Operator first,
      List<OperatorFactory> others,
      List<SqlType> types,
      ExecutionContext context) {
    this.intersect = intersect;
    this.all = all;
    this.first = first;
    this.others = others;
    this.context = context;
    this.memory = new MemoryAccount(context);
    this.table = new GroupTable(types);
  }

  /// INTERSECT: how many copies of a row may pass, the least count over the other inputs. EXCEPT:
  /// how many copies are taken away, the sum of the counts.
  private void count() {
    for (int input = 0; input < others.size(); input++) {
      long[] counts = new long[Math.max(64, table.count())];
      try (Operator operator = others.get(input).open(context)) {
        for (var next = operator.next(); next.isPresent(); next = operator.next()) {
          context.cancel().check();
          RowBatch batch = next.get();
          ensureGroups(batch.rowCount());
          table.assign(batch.columns(), batch.rowCount(), groups);
          counts = grown(counts, table.count());
          for (int row = 0; row < batch.rowCount(); row++) {
            counts[groups[row]]++;
          }
          memory.setTo(table.sizeBytes() + 16L * counts.length);
        }
      }
      allowed = grown(allowed, table.count());
      for (int group = 0; group < table.count(); group++) {
        long count = group < counts.length ? counts[group] : 0;
        allowed[group] =
            !intersect
                ? allowed[group] + count
                : input == 0 ? count : Math.min(allowed[group], count);
      }
    }
  }

  private static long[] grown(long[] counts, int groupCount) {
    return groupCount <= counts.length
        ? counts
        : Arrays.copyOf(counts, Math.max(groupCount, counts.length * 2));
  }

  private void ensureGroups(int rowCount) {
    if (groups.length < rowCount) {
      groups = new int[rowCount];
    }
  }

  @Override
  public Optional<RowBatch> next() {
    if (!counted) {
      counted = true;
      count();
    }
    while (true) {
      context.cancel().check();
      Optional<RowBatch> next = first.next();
      if (next.isEmpty()) {
        return next;
      }
      RowBatch batch = next.get();
      int[] passing = new int[batch.rowCount()];
      int count = select(batch, passing);
      if (count > 0) {
        return Optional.of(count == batch.rowCount() ? batch : batch.gather(passing, 0, count));
      }
    }
  }

  private int select(RowBatch batch, int[] passing) {
    ensureGroups(batch.rowCount());
    if (intersect) {
      table.find(batch.columns(), batch.rowCount(), groups);
    } else {
      table.assign(batch.columns(), batch.rowCount(), groups);
      allowed = grown(allowed, table.count());
      memory.setTo(table.sizeBytes() + 8L * allowed.length);
    }
    int count = 0;
    for (int row = 0; row < batch.rowCount(); row++) {
      int group = groups[row];
      if (group != GroupTable.ABSENT && passes(group)) {
        passing[count++] = row;
      }
    }
    return count;
  }

  private boolean passes(int group) {
    boolean hit = allowed[group] > 0;
    if (all) {
      if (hit) {
        allowed[group]--;
      }
      return hit == intersect;
    }
    if (hit == intersect) {
      // Once only: an intersection uses its row up, a difference takes its own row away.
      allowed[group] = intersect ? 0 : 1;
      return true;
    }
    return false;
  }

  @Override
  public long memoryBytesMax() {
    return memory.heldBytesMax();
  }

  @Override
  public void close() {
    first.close();
    memory.close();
  }
}
