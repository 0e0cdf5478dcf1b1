package quiver.frontend.catalog;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.SystemCatalog.SystemColumn;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.execution.rows.ColumnBuilder;
import quiver.frontend.catalog.RelationColumns.SystemRelation;

/// Rows of one virtual relation, filled column by name. Columns that are not named are NULL. Used
/// by one thread.
final class RowSet {
  private final SystemRelation relation;
  private final Map<String, Object> wanted = new HashMap<>();
  private final List<@Nullable Object[]> rows = new ArrayList<>();

  RowSet(SystemRelation relation, Map<Integer, Object> wanted) {
    this.relation = relation;
    wanted.forEach((ordinal, value) -> {
      if (value instanceof Long || value instanceof String) {
        this.wanted.put(relation.columns().get(ordinal).name(), value);
      }
    });
  }

  /// Whether rows with this value in a column are of no use.
  boolean isUnwanted(String column, @Nullable Object value) {
    Object only = wanted.get(column);
    return only != null && !only.equals(datum(value));
  }

  /// Adds a row: names and values in turn. Numbers may be of any integer class; they become datums
  /// here.
  void add(@Nullable Object... namesAndValues) {
    for (int i = 0; i < namesAndValues.length && !wanted.isEmpty(); i += 2) {
      if (isUnwanted(String.valueOf(namesAndValues[i]), namesAndValues[i + 1])) {
        return;
      }
    }
    @Nullable Object[] row = new @Nullable Object[relation.columns().size()];
    for (int i = 0; i < namesAndValues.length; i += 2) {
      row[relation.ordinalOf(String.valueOf(namesAndValues[i]))] = datum(namesAndValues[i + 1]);
    }
    if (relation.kind() == 'r') {
      row[relation.ordinalOf("tableoid")] = (long) relation.oid();
      row[relation.ordinalOf("xmin")] = 1L;
      row[relation.ordinalOf("ctid")] = (long) rows.size();
    }
    rows.add(row);
  }

  private static @Nullable Object datum(@Nullable Object value) {
    return switch (value) {
      case Integer number -> (Object) number.longValue();
      case Character character -> character.toString();
      case null, default -> value;
    };
  }

  /// The columns at `ordinals` as batches.
  List<RowBatch> batches(List<Integer> ordinals) {
    List<RowBatch> batches = new ArrayList<>();
    for (int from = 0; from < rows.size(); from += RowBatch.ROW_COUNT_TARGET) {
      int count = Math.min(RowBatch.ROW_COUNT_TARGET, rows.size() - from);
      List<Column> columns = new ArrayList<>();
      for (int ordinal : ordinals) {
        columns.add(column(relation.columns().get(ordinal), ordinal, from, count));
      }
      batches.add(new RowBatch(count, columns));
    }
    return batches;
  }

  private Column column(SystemColumn definition, int ordinal, int from, int count) {
    ColumnBuilder builder = new ColumnBuilder(definition.type(), count);
    for (int i = 0; i < count; i++) {
      Object value = rows.get(from + i)[ordinal];
      if (value != null) {
        builder.set(i, value);
      }
    }
    return builder.build(count);
  }
}
