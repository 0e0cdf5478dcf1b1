package quiver.planner.physical;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.util.ImmutableBitSet;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexExpression;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.TableDefinition;
import quiver.common.expression.Expression;
import quiver.planner.calcite.ScanRel;

/// Whether an index is about an expression of a query, and whether a query's condition lets it use
/// a partial index.
final class IndexMatch {
  private final Expressions expressions;

  IndexMatch(Expressions expressions) {
    this.expressions = expressions;
  }

  /// Whether a key is this expression over a scan's columns.
  boolean isKey(IndexKey key, RexNode node, ScanRel scan) {
    TableDefinition table = scan.table();
    if (key.columnId().isPresent()) {
      return node instanceof org.apache.calcite.rex.RexInputRef reference
          && reference.getIndex() < table.columns().size()
          && table.columns().get(reference.getIndex()).id() == key.columnId().get();
    }
    IndexExpression indexed = key.expression().orElseThrow();
    Optional<Expression> same = converted(node, indexed.columnIds(), scan);
    if (same.equals(Optional.of(indexed.expression()))) {
      return true;
    }
    expressions.noteLiterals();
    return false;
  }

  /// Whether every row for which the conjuncts are true is in the index.
  ///
  /// @param conjuncts over the scan's columns
  boolean covers(IndexDefinition index, List<RexNode> conjuncts, ScanRel scan) {
    if (index.predicate().isEmpty()) {
      return true;
    }
    IndexExpression predicate = index.predicate().get();
    List<Expression> known = new ArrayList<>();
    for (RexNode conjunct : conjuncts) {
      converted(conjunct, predicate.columnIds(), scan).ifPresent(known::add);
    }
    boolean implied = new Implication(known).proves(predicate.expression());
    if (!implied) {
      expressions.noteLiterals();
    }
    return implied;
  }

  /// The expression over positions in `columnIds`; empty when it reads other columns.
  private Optional<Expression> converted(RexNode node, List<Integer> columnIds, ScanRel scan) {
    TableDefinition table = scan.table();
    ColumnMap positions = ColumnMap.empty(scan.getRowType().getFieldCount());
    for (int i = 0; i < columnIds.size(); i++) {
      positions.put(table.ordinalOfId(columnIds.get(i)), i);
    }
    ImmutableBitSet used = PlanConverter.columnsOf(node);
    for (int column : used) {
      if (!positions.has(column)) {
        return Optional.empty();
      }
    }
    return Optional.of(expressions.convert(node, positions));
  }
}
