package quiver.execution.expression;

import java.util.Arrays;
import java.util.List;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.type.SqlType;

/// AND and OR: terms in order, each only on rows that earlier ones have not decided.
final class LogicExpression extends CompiledExpression {
  private final List<CompiledExpression> terms;
  private final boolean deciding;

  private LogicExpression(List<CompiledExpression> terms, boolean deciding) {
    super(SqlType.BOOL);
    this.terms = List.copyOf(terms);
    this.deciding = deciding;
  }

  static CompiledExpression and(List<CompiledExpression> terms) {
    return new LogicExpression(terms, false);
  }

  static CompiledExpression or(List<CompiledExpression> terms) {
    return new LogicExpression(terms, true);
  }

  @Override
  public Column evaluate(InputRows rows, EvaluationScope scope) {
    int rowCount = rows.rowCount();
    long decided = deciding ? 1 : 0;
    long[] values = new long[rowCount];
    long[] nulls = new long[(rowCount + 63) >>> 6];
    int[] open = new int[rowCount];
    for (int row = 0; row < rowCount; row++) {
      values[row] = 1 - decided;
      open[row] = row;
    }
    int openCount = rowCount;
    for (CompiledExpression term : terms) {
      if (openCount == 0) {
        break;
      }
      InputRows subset = openCount == rowCount ? rows : rows.select(open, openCount);
      LongColumn column = (LongColumn) term.evaluate(subset, scope);
      int[] stillOpen = new int[openCount];
      int stillOpenCount = 0;
      for (int i = 0; i < openCount; i++) {
        int row = open[i];
        if (column.nulls().isNull(i)) {
          nulls[row >>> 6] |= 1L << row;
          stillOpen[stillOpenCount++] = row;
        } else if (column.values()[i] == decided) {
          values[row] = decided;
          nulls[row >>> 6] &= ~(1L << row);
        } else {
          stillOpen[stillOpenCount++] = row;
        }
      }
      open = stillOpen;
      openCount = stillOpenCount;
    }
    return new LongColumn(SqlType.BOOL, rowCount, values, Nulls.ofWords(nulls));
  }

  /// NULL counts as false here, as in a WHERE clause, so a row is out at the first term not true.
  @Override
  public int selectTrue(InputRows rows, EvaluationScope scope, int[] selected) {
    return deciding ? selectAny(rows, scope, selected) : selectAll(rows, scope, selected);
  }

  private int selectAll(InputRows rows, EvaluationScope scope, int[] selected) {
    int count = terms.getFirst().selectTrue(rows, scope, selected);
    int[] inner = null;
    for (int i = 1; i < terms.size() && count > 0; i++) {
      if (count == rows.rowCount()) {
        count = terms.get(i).selectTrue(rows, scope, selected);
        continue;
      }
      int[] outer = Arrays.copyOf(selected, count);
      if (inner == null || inner.length < count) {
        inner = new int[count];
      }
      int innerCount = terms.get(i).selectTrue(rows.select(outer, count), scope, inner);
      for (int j = 0; j < innerCount; j++) {
        selected[j] = outer[inner[j]];
      }
      count = innerCount;
    }
    return count;
  }

  private int selectAny(InputRows rows, EvaluationScope scope, int[] selected) {
    int rowCount = rows.rowCount();
    boolean[] chosen = new boolean[rowCount];
    int[] open = new int[rowCount];
    int openCount = rowCount;
    for (int row = 0; row < rowCount; row++) {
      open[row] = row;
    }
    for (CompiledExpression term : terms) {
      if (openCount == 0) {
        break;
      }
      InputRows subset = openCount == rowCount ? rows : rows.select(open.clone(), openCount);
      int[] hits = new int[openCount];
      int hitCount = term.selectTrue(subset, scope, hits);
      for (int i = 0; i < hitCount; i++) {
        chosen[open[hits[i]]] = true;
      }
      int stillOpenCount = 0;
      for (int i = 0; i < openCount; i++) {
        if (!chosen[open[i]]) {
          open[stillOpenCount++] = open[i];
        }
      }
      openCount = stillOpenCount;
    }
    int count = 0;
    for (int row = 0; row < rowCount; row++) {
      if (chosen[row]) {
        selected[count++] = row;
      }
    }
    return count;
  }
}
