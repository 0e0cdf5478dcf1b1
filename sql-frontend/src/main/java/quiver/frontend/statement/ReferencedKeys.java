package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage.Reference;
import quiver.common.catalog.ForeignKey;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.QuiverException.Field;
import quiver.common.error.SqlState;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.frontend.transaction.RowKey;
import quiver.frontend.transaction.TableWrites;

/// What happens to rows that refer to keys which are gone, for one foreign key.
final class ReferencedKeys {
  private final StatementScope scope;
  private final InnerStatements statements;
  private final TableDefinition parent;
  private final TableDefinition child;
  private final ForeignKey key;
  private final List<Integer> parentOrdinals;
  private final List<String> childColumns;
  private final Optional<TableWrites> writes;
  private final int position;

  ReferencedKeys(
      StatementServices services,
      StatementScope scope,
      TableDefinition parent,
      Reference reference) {
    this.scope = scope;
    this.statements = new InnerStatements(services, scope);
    this.parent = parent;
    this.child = reference.table();
    this.key = reference.foreignKey();
    this.parentOrdinals = key.referencedColumnIds().stream().map(parent::ordinalOfId).toList();
    this.childColumns =
        key.columnIds().stream().map(id -> KeyConditions.column(child, id)).toList();
    this.writes = scope.transaction().writesTo(parent.id());
    this.position =
        UniqueKeys.positionOf(
                UniqueKeys.of(parent, new QueryRunner(services), scope), key.referencedIndexId())
            .orElseThrow();
  }

  /// Keys went away with the rows that had them.
  ///
  /// @param before in the order of the foreign key's columns
  /// @param after the keys that have replaced them; null: none
  void run(RowBatch before, @Nullable RowBatch after) {
    claim(before);
    ForeignKey.Action action = after == null ? key.onDelete() : key.onUpdate();
    int[] gone = gone(before, action == ForeignKey.Action.NO_ACTION);
    if (gone.length == 0) {
      return;
    }
    switch (action) {
      case NO_ACTION, RESTRICT -> requireUnreferenced(before, gone);
      case SET_NULL -> each(before, gone, "UPDATE " + child() + " SET " + assigned("NULL", after));
      case SET_DEFAULT ->
          each(before, gone, "UPDATE " + child() + " SET " + assigned("DEFAULT", after));
      case CASCADE -> {
        if (after == null) {
          each(before, gone, "DELETE FROM " + child());
        } else {
          follow(before, after, gone);
        }
      }
    }
  }

  /// Keys went away some time ago: nothing refers to those that are still gone.
  ///
  /// @throws QuiverException `23503`
  void requireUnreferenced(RowBatch before) {
    claim(before);
    requireUnreferenced(before, gone(before, true));
  }

  private void claim(RowBatch before) {
    scope
        .transaction()
        .claim(parent, key.id(), true, ReferringKeys.claimed(key, child, parent, before));
  }

  /// The rows whose keys nobody has now.
  ///
  /// @param replaceable whether another row may have come to have the key; RESTRICT does not care
  private int[] gone(RowBatch before, boolean replaceable) {
    @Nullable RowKey[] byRow =
        ReferringKeys.inIndexOrder(key, parent, before).byRow(before.rowCount());
    return IntStream.range(0, before.rowCount())
        .filter(row -> {
          RowKey value = byRow[row];
          return !(replaceable
              && value != null
              && writes.isPresent()
              && writes.get().rowWithKey(position, value).isPresent());
        })
        .toArray();
  }

  private String child() {
    return KeyConditions.relation(child);
  }

  /// @param after null for a row that is deleted: ON DELETE may name the columns
  private String assigned(String value, @Nullable RowBatch after) {
    List<String> columns =
        after != null || key.setColumnIds().isEmpty()
            ? childColumns
            : key.setColumnIds().stream().map(id -> KeyConditions.column(child, id)).toList();
    return columns.stream().map(column -> column + " = " + value).collect(Collectors.joining(", "));
  }

  private boolean isSingle() {
    return childColumns.size() == 1 && !type(0).array();
  }

  private SqlType type(int column) {
    return parent.columns().get(parentOrdinals.get(column)).type().withoutModifier();
  }

  /// `c = $1 AND …`, parameters from `first` on.
  private String equalities(int first) {
    return IntStream.range(0, childColumns.size())
        .mapToObj(i -> childColumns.get(i) + " = $" + (first + i))
        .collect(Collectors.joining(" AND "));
  }

  private List<@Nullable Object> values(RowBatch rows, int row) {
    List<@Nullable Object> values = new ArrayList<>();
    rows.columns().forEach(column -> values.add(column.valueAt(row)));
    return values;
  }

  private List<SqlType> types() {
    return IntStream.range(0, childColumns.size()).mapToObj(this::type).toList();
  }

  /// Runs a statement for the rows that refer to any of the keys.
  private void each(RowBatch before, int[] gone, String statement) {
    if (isSingle()) {
      statements.modify(
          statement + " WHERE " + childColumns.getFirst() + " = ANY ($1)",
          List.of(SqlType.arrayOf(type(0).base())),
          List.of(array(before, gone)));
      return;
    }
    for (int row : gone) {
      statements.modify(statement + " WHERE " + equalities(1), types(), values(before, row));
    }
  }

  private ArrayValue array(RowBatch rows, int[] gone) {
    List<@Nullable Object> values = new ArrayList<>();
    for (int row : gone) {
      values.add(rows.column(0).valueAt(row));
    }
    return ArrayValue.of(type(0).base(), values);
  }

  /// ON UPDATE CASCADE.
  private void follow(RowBatch before, RowBatch after, int[] gone) {
    String assigned =
        IntStream.range(0, childColumns.size())
            .mapToObj(i -> childColumns.get(i) + " = $" + (i + 1))
            .collect(Collectors.joining(", "));
    String sql =
        "UPDATE " + child() + " SET " + assigned + " WHERE " + equalities(childColumns.size() + 1);
    List<SqlType> types = new ArrayList<>(types());
    types.addAll(types());
    for (int row : gone) {
      List<@Nullable Object> parameters = new ArrayList<>(values(after, row));
      parameters.addAll(values(before, row));
      statements.modify(sql, types, parameters);
    }
  }

  private void requireUnreferenced(RowBatch before, int[] gone) {
    String columns = String.join(", ", childColumns);
    if (isSingle() && gone.length > 1) {
      // One look for all, then one by one to name the first.
      String sql = "SELECT 1 FROM " + child() + " WHERE " + columns + " = ANY ($1) LIMIT 1";
      if (isEmpty(
          statements.query(
              sql, List.of(SqlType.arrayOf(type(0).base())), List.of(array(before, gone))))) {
        return;
      }
    }
    String sql = "SELECT 1 FROM " + child() + " WHERE " + equalities(1) + " LIMIT 1";
    for (int row : gone) {
      if (!isEmpty(statements.query(sql, types(), values(before, row)))) {
        throw stillReferenced(before, row);
      }
    }
  }

  private static boolean isEmpty(List<RowBatch> rows) {
    return rows.stream().allMatch(batch -> batch.rowCount() == 0);
  }

  private QuiverException stillReferenced(RowBatch before, int row) {
    List<String> names =
        parentOrdinals.stream().map(ordinal -> parent.columns().get(ordinal).name()).toList();
    return new QuiverException(
            SqlState.FOREIGN_KEY_VIOLATION,
            "update or delete on table \"%s\" violates foreign key constraint \"%s\" on table"
                + " \"%s\"",
            parent.name(),
            key.name(),
            child.name())
        .withDetail(
            "Key ("
                + String.join(", ", names)
                + ")=("
                + RowConstraints.shown(types(), values(before, row), scope.format())
                + ") is still referenced from table \""
                + child.name()
                + "\".")
        .with(Field.SCHEMA, child.schema())
        .with(Field.TABLE, child.name())
        .with(Field.CONSTRAINT, key.name());
  }
}
