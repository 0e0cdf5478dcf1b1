package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.IndexExpression;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.planner.calcite.Rex;
import quiver.planner.physical.Expressions;

/// Expressions that an index keeps.
final class StoredExpressions {
  private final Binding binding;
  private final TableExpressions tableExpressions;

  StoredExpressions(Binding binding) {
    this.binding = binding;
    this.tableExpressions = new TableExpressions(binding);
  }

  /// A key over the columns of a table.
  RexNode bindKey(SqlNode node, TableDefinition table) {
    return tableExpressions.bindIndexKey(node, table);
  }

  /// A condition over the columns of a table.
  RexNode bindPredicate(SqlNode node, TableDefinition table) {
    return tableExpressions.bindIndexPredicate(node, table);
  }

  /// The column, if the expression is nothing but one.
  static Optional<ColumnDefinition> column(@Nullable RexNode node, TableDefinition table) {
    return node instanceof RexInputRef reference
        ? Optional.of(table.columns().get(reference.getIndex()))
        : Optional.empty();
  }

  /// A key as the catalog keeps it.
  IndexExpression key(@Nullable RexNode node, TableDefinition table) {
    if (node == null) {
      throw new IllegalArgumentException("a key without expression");
    }
    requireImmutable(node, "index expression");
    return stored(node, table);
  }

  /// A condition as the catalog keeps it.
  IndexExpression predicate(RexNode node, TableDefinition table) {
    requireImmutable(node, "index predicate");
    return stored(node, table);
  }

  private void requireImmutable(RexNode node, String what) {
    if (!Mutability.isImmutable(node, binding.resolver().registry())) {
      throw new QuiverException(
          SqlState.INVALID_OBJECT_DEFINITION, "functions in %s must be marked IMMUTABLE", what);
    }
  }

  private IndexExpression stored(RexNode node, TableDefinition table) {
    ImmutableBitSet used = RelOptUtil.InputFinder.bits(node);
    List<Integer> ordinals = used.asList();
    List<Integer> columnIds = new ArrayList<>();
    ordinals.forEach(ordinal -> columnIds.add(table.columns().get(ordinal).id()));
    RexNode over = Rex.remap(node, ordinals::indexOf);
    String template = new Deparser(binding, IndexExpression::placeholder).text(over);
    return new IndexExpression(
        template,
        columnIds,
        new Expressions(List.of()).convertOver(over, Math.max(1, ordinals.size())));
  }
}
