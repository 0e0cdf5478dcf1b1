package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage.Reference;
import quiver.common.catalog.DefinitionText;
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
import quiver.frontend.transaction.UniqueKey;

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

  /// Keys that went away with the rows that had them.
  ///
  /// @param keys in the order of the index's keys
  /// @param after the rows that have replaced them; null: none
  record Removed(UniqueKey.Entries keys, RowBatch before, @Nullable RowBatch after) {}

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
        key.columnIds().stream()
            .map(id -> DefinitionText.identifier(child.columns().get(child.ordinalOfId(id)).name()))
            .toList();
    this.writes = scope.transaction().writesTo(parent.id());
    this.position =
        UniqueKeys.positionOf(
                UniqueKeys.of(parent, new QueryRunner(services), scope), key.referencedIndexId())
            .orElseThrow();
  }

  void run(List<Removed> all) {
    for (Removed removed : all) {
      scope.transaction().claim(parent, key.id(), true, removed.keys().hashes());
      int[] gone = gone(removed);
      if (gone.length == 0) {
        continue;
      }
      ForeignKey.Action action = removed.after() == null ? key.onDelete() : key.onUpdate();
      switch (action) {
        case NO_ACTION, RESTRICT -> requireUnreferenced(removed.before(), gone);
        case SET_NULL -> each(removed, gone, "UPDATE " + child() + " SET " + assigned("NULL"));
        case SET_DEFAULT ->
            each(removed, gone, "UPDATE " + child() + " SET " + assigned("DEFAULT"));
        case CASCADE -> {
          if (removed.after() == null) {
            each(removed, gone, "DELETE FROM " + child());
          } else {
            follow(removed.before(), removed.after(), gone);
          }
        }
      }
    }
  }

  /// The rows whose keys nobody has now. RESTRICT does not care.
  private int[] gone(Removed removed) {
    boolean replaceable =
        (removed.after() == null ? key.onDelete() : key.onUpdate()) == ForeignKey.Action.NO_ACTION;
    @Nullable RowKey[] byRow = removed.keys().byRow(removed.before().rowCount());
    return IntStream.of(removed.keys().rows())
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
    return "ONLY "
        + DefinitionText.identifier(child.schema())
        + "."
        + DefinitionText.identifier(child.name());
  }

  private String assigned(String value) {
    return childColumns.stream()
        .map(column -> column + " = " + value)
        .collect(Collectors.joining(", "));
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
    parentOrdinals.forEach(ordinal -> values.add(rows.column(ordinal).valueAt(row)));
    return values;
  }

  private List<SqlType> types() {
    return IntStream.range(0, childColumns.size()).mapToObj(this::type).toList();
  }

  /// Runs a statement for the rows that refer to any of the keys.
  private void each(Removed removed, int[] gone, String statement) {
    if (isSingle()) {
      statements.modify(
          statement + " WHERE " + childColumns.getFirst() + " = ANY ($1)",
          List.of(SqlType.arrayOf(type(0).base())),
          List.of(array(removed.before(), gone)));
      return;
    }
    for (int row : gone) {
      statements.modify(
          statement + " WHERE " + equalities(1), types(), values(removed.before(), row));
    }
  }

  private ArrayValue array(RowBatch rows, int[] gone) {
    List<@Nullable Object> values = new ArrayList<>();
    for (int row : gone) {
      values.add(rows.column(parentOrdinals.getFirst()).valueAt(row));
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
