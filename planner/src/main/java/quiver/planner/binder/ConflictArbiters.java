package quiver.planner.binder;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexExpression;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.QuiverException.Field;
import quiver.common.error.SqlState;
import quiver.common.expression.ColumnMapping;
import quiver.common.expression.Expression;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;
import quiver.planner.parser.node.IndexElement;
import quiver.planner.parser.node.OnConflict;
import quiver.planner.physical.Implication;

/// Which unique indexes an ON CONFLICT clause means.
final class ConflictArbiters {
  private final TableDefinition table;
  private final StoredExpressions stored;
  private final Set<Integer> columnIds = new TreeSet<>();

  ConflictArbiters(Binding binding, TableDefinition table) {
    this.table = table;
    this.stored = new StoredExpressions(binding);
  }

  /// The columns the clause has named, by itself or by a constraint.
  Set<Integer> columnIds() {
    return columnIds;
  }

  /// Ids of the indexes; empty: all.
  List<Long> of(OnConflict onConflict) {
    List<Long> arbiters = named(onConflict);
    for (IndexDefinition index : table.indexes()) {
      if (index.deferral().isDeferrable()
          && (arbiters.isEmpty() || arbiters.contains(index.id()))) {
        throw new QuiverException(
                SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                "ON CONFLICT does not support deferrable unique constraints/exclusion constraints"
                    + " as arbiters")
            .with(Field.SCHEMA, table.schema())
            .with(Field.TABLE, table.name())
            .with(Field.CONSTRAINT, index.name());
      }
    }
    return arbiters;
  }

  private List<Long> named(OnConflict onConflict) {
    return switch (onConflict.target()) {
      case OnConflict.Any _ -> {
        if (onConflict.update()) {
          throw new QuiverException(
                  SqlState.SYNTAX_ERROR,
                  "ON CONFLICT DO UPDATE requires inference specification or constraint name")
              .withHint("For example, ON CONFLICT (column_name).")
              .at(onConflict.position());
        }
        yield List.of();
      }
      case OnConflict.OnConstraint(SqlIdentifier constraint) -> {
        long id = constraintIndex(constraint.getSimple());
        table.indexes().stream()
            .filter(index -> index.id() == id)
            .forEach(index -> columnIds.addAll(index.keyColumnIds()));
        yield List.of(id);
      }
      case OnConflict.OnColumns columns -> inferred(columns);
    };
  }

  private long constraintIndex(String name) {
    if (table.primaryKey().filter(key -> key.name().equals(name)).isPresent()) {
      return table.primaryIndexId().orElseThrow();
    }
    return table.indexes().stream()
        .filter(index -> index.name().equals(name) && table.isConstraintIndex(index))
        .map(IndexDefinition::id)
        .findFirst()
        .orElseThrow(() ->
            new QuiverException(
                SqlState.UNDEFINED_OBJECT,
                "constraint \"%s\" for table \"%s\" does not exist",
                name,
                table.name()));
  }

  private List<Long> inferred(OnConflict.OnColumns columns) {
    Set<String> wanted = new HashSet<>();
    for (IndexElement element : columns.elements()) {
      wanted.add(element(element.expression(), columns.position()));
    }
    SqlNode where = columns.where();
    Implication given =
        new Implication(
            where == null
                ? List.of()
                : List.of(
                    byColumnId(
                        stored.predicate(
                            withoutParameters(stored.bindPredicate(where, table)), table))));
    List<Long> found = new ArrayList<>();
    table
        .primaryKey()
        .filter(key -> wanted.equals(columnKeys(key.columnIds())))
        .ifPresent(_ -> found.add(table.primaryIndexId().orElseThrow()));
    table.indexes().stream()
        .filter(index -> index.unique() && !index.primary() && wanted.equals(keys(index)))
        .filter(index -> index.predicate().stream().allMatch(one -> given.proves(byColumnId(one))))
        .forEach(index -> found.add(index.id()));
    if (found.isEmpty()) {
      throw nothingMatches();
    }
    return found;
  }

  /// The condition over columns numbered by their ids.
  private static Expression byColumnId(IndexExpression condition) {
    return ColumnMapping.map(condition.expression(), condition.columnIds()::get);
  }

  private static QuiverException nothingMatches() {
    return new QuiverException(
        SqlState.INVALID_COLUMN_REFERENCE,
        "there is no unique or exclusion constraint matching the ON CONFLICT specification");
  }

  /// No index has an expression with a parameter.
  private static RexNode withoutParameters(RexNode node) {
    node.accept(
        new RexVisitorImpl<Void>(true) {
          @Override
          public @Nullable Void visitCall(RexCall call) {
            if (Rex.form(call) instanceof Form.Parameter) {
              throw nothingMatches();
            }
            return super.visitCall(call);
          }
        });
    return node;
  }

  /// A key, in a form that can be compared: `#` and the column's id, or the expression's text.
  private String element(SqlNode node, int position) {
    if (node instanceof SqlIdentifier identifier && identifier.names.size() == 1) {
      String name = identifier.getSimple();
      int ordinal =
          table
              .ordinalOf(name)
              .orElseThrow(() ->
                  new QuiverException(
                          SqlState.UNDEFINED_COLUMN, "column \"%s\" does not exist", name)
                      .at(position));
      columnIds.add(table.columns().get(ordinal).id());
      return "#" + table.columns().get(ordinal).id();
    }
    RexNode bound = withoutParameters(stored.bindKey(node, table));
    RelOptUtil.InputFinder.bits(bound)
        .forEach(ordinal -> columnIds.add(table.columns().get(ordinal).id()));
    return StoredExpressions.column(bound, table)
        .map(column -> "#" + column.id())
        .orElseGet(() -> stored.key(bound, table).sql(table));
  }

  private static Set<String> columnKeys(List<Integer> columnIds) {
    Set<String> keys = new HashSet<>();
    columnIds.forEach(id -> keys.add("#" + id));
    return keys;
  }

  private Set<String> keys(IndexDefinition index) {
    Set<String> keys = new HashSet<>();
    for (IndexKey key : index.keys()) {
      keys.add(
          key.columnId()
              .map(id -> "#" + id)
              .orElseGet(() -> key.expression().map(this::text).orElseThrow()));
    }
    return keys;
  }

  private String text(IndexExpression expression) {
    return expression.sql(table);
  }
}
