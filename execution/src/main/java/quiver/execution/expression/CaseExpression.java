package quiver.execution.expression;

import java.util.List;
import quiver.common.column.Column;
import quiver.common.type.SqlType;
import quiver.execution.rows.ColumnBuilder;

/// CASE: each branch only on the rows no earlier branch took, each result only on the rows its
/// branch took.
final class CaseExpression extends CompiledExpression {
  private final List<Branch> branches;
  private final CompiledExpression otherwise;

  record Branch(CompiledExpression condition, CompiledExpression result) {}

  CaseExpression(List<Branch> branches, CompiledExpression otherwise, SqlType type) {
    super(type);
    this.branches = List.copyOf(branches);
    this.otherwise = otherwise;
  }

  @Override
  public Column evaluate(InputRows rows, EvaluationScope scope) {
    int rowCount = rows.rowCount();
    ColumnBuilder result = new ColumnBuilder(type(), rowCount);
    int[] open = new int[rowCount];
    for (int row = 0; row < rowCount; row++) {
      open[row] = row;
    }
    int openCount = rowCount;
    for (Branch branch : branches) {
      if (openCount == 0) {
        break;
      }
      InputRows subset = openCount == rowCount ? rows : rows.select(open, openCount);
      int[] hits = new int[openCount];
      int hitCount = branch.condition().selectTrue(subset, scope, hits);
      if (hitCount == 0) {
        continue;
      }
      int[] taken = new int[hitCount];
      int[] rest = new int[openCount - hitCount];
      int restCount = 0;
      int hit = 0;
      for (int i = 0; i < openCount; i++) {
        if (hit < hitCount && hits[hit] == i) {
          taken[hit++] = open[i];
        } else {
          rest[restCount++] = open[i];
        }
      }
      InputRows chosen = hitCount == rowCount ? rows : rows.select(taken, hitCount);
      result.scatter(branch.result().evaluate(chosen, scope), taken, hitCount);
      open = rest;
      openCount = restCount;
    }
    if (openCount > 0) {
      InputRows subset = openCount == rowCount ? rows : rows.select(open, openCount);
      result.scatter(otherwise.evaluate(subset, scope), open, openCount);
    }
    return result.build(rowCount);
  }
}
