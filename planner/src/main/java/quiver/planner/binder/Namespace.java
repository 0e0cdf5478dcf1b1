package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.function.OutputColumn;
import quiver.common.type.SqlType;
import quiver.planner.calcite.Rex;

/// One entry of FROM as names see it: an alias and its columns.
///
/// @param schema of a relation that has no alias, else null
/// @param relation the relation's own name when an alias hides it, else null
/// @param table the stored table, if it is one
/// @param scalar whether the alias used as a value means its only column: a function of a scalar
///   type
/// @param relationId of a table or view
/// @param renamed how many of its first columns the alias gives names
/// @param present not NULL where the entry has a row, of one that an outer join may leave without
record Namespace(
    String name,
    @Nullable String schema,
    @Nullable String relation,
    List<Column> columns,
    @Nullable TableDefinition table,
    boolean scalar,
    long relationId,
    int renamed,
    @Nullable RexNode present) {
  Namespace {
    columns = List.copyOf(columns);
  }

  Namespace(
      String name,
      @Nullable String schema,
      @Nullable String relation,
      List<Column> columns,
      @Nullable TableDefinition table,
      boolean scalar) {
    this(name, schema, relation, columns, table, scalar, table == null ? 0 : table.id(), 0, null);
  }

  /// The same entry of a table or view.
  Namespace ofRelation(long id, int newRenamed) {
    return new Namespace(name, schema, relation, columns, table, scalar, id, newRenamed, present);
  }

  /// The same entry where an outer join may leave it without a row.
  Namespace withPresent(RexNode expression) {
    return new Namespace(
        name, schema, relation, columns, table, scalar, relationId, renamed, expression);
  }

  /// A column of the table that is never NULL: one of the primary key, if there is one.
  @Nullable RexNode requiredColumn() {
    if (table == null || relationId != table.id()) {
      return null;
    }
    List<Integer> key = table.primaryKey().map(each -> each.columnIds()).orElse(List.of());
    RexNode found = null;
    for (int i = 0; i < table.columns().size(); i++) {
      ColumnDefinition column = table.columns().get(i);
      if (column.type().isComposite()) {
        continue;
      }
      if (key.contains(column.id())) {
        return columns.get(i).expression();
      }
      if (column.notNull() && found == null) {
        found = columns.get(i).expression();
      }
    }
    return found;
  }

  /// Whether a column is one of the table or view and no alias calls it otherwise.
  boolean isNamedByRelation(Column column) {
    return relationId != 0
        && column.origin().columnId() > 0
        && column.origin().tableId() == relationId
        && columns.indexOf(column) >= renamed;
  }

  /// Refuses a column that every table has and this use of it has not.
  void refuseHidden(String column) {
    if (table != null && DefinitionBinder.isSystemColumn(column)) {
      throw DefinitionBinder.unsupported("system column \"" + column + "\" in this place is");
    }
  }

  /// As this, with something else for a hidden column.
  Namespace withHidden(String hidden, RexNode expression) {
    List<Column> changed = new ArrayList<>();
    for (Column column : columns) {
      boolean meant = column.hidden() && column.name().equals(hidden);
      changed.add(meant ? Column.hidden(hidden, expression) : column);
    }
    return new Namespace(
        name, schema, relation, changed, table, scalar, relationId, renamed, present);
  }

  /// As this, without its last columns in `*`.
  Namespace hidingLast(int count) {
    List<Column> changed = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      boolean hides = column.hidden() || i >= columns.size() - count;
      changed.add(
          new Column(column.name(), column.expression(), column.origin(), hides, column.fields()));
    }
    return new Namespace(
        name, schema, relation, changed, table, scalar, relationId, renamed, present);
  }

  /// A column.
  ///
  /// @param expression over the row of the scope it is in
  /// @param hidden left out of `*`
  /// @param fields of a record whose fields are known
  record Column(
      String name, RexNode expression, Origin origin, boolean hidden, List<OutputColumn> fields) {
    Column {
      fields = List.copyOf(fields);
    }

    Column(String name, RexNode expression, Origin origin, boolean hidden) {
      this(name, expression, origin, hidden, List.of());
    }

    /// A column that every table has.
    static Column hidden(String name, RexNode expression) {
      return new Column(name, expression, Origin.NONE, true);
    }

    SqlType type() {
      return Rex.type(expression);
    }

    Column map(UnaryOperator<RexNode> mapping) {
      return new Column(name, mapping.apply(expression), origin, hidden, fields);
    }
  }

  /// The table column a value is, for RowDescription.
  record Origin(long tableId, int columnId) {
    static final Origin NONE = new Origin(0, 0);
  }

  Namespace map(UnaryOperator<RexNode> mapping) {
    return new Namespace(
        name,
        schema,
        relation,
        columns.stream().map(column -> column.map(mapping)).toList(),
        table,
        scalar,
        relationId,
        renamed,
        present == null ? null : mapping.apply(present));
  }
}
