package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.DefinitionText;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.type.SqlType;

/// Asks in SQL whether a table has rows with a key.
final class KeyConditions {
  private final InnerStatements statements;

  KeyConditions(StatementServices services, StatementScope scope) {
    this.statements = new InnerStatements(services, scope);
  }

  /// Whether a row has a key, which has no NULL in it.
  ///
  /// @param columnIds in the order of the key's columns
  boolean hasRow(TableDefinition table, List<Integer> columnIds, RowBatch keys, int row) {
    return has(table, columnIds, keys, row, 0, "=");
  }

  /// Whether several rows have a key; NULLs are equal here.
  boolean hasSeveral(TableDefinition table, List<Integer> columnIds, RowBatch keys, int row) {
    return has(table, columnIds, keys, row, 1, "IS NOT DISTINCT FROM");
  }

  private boolean has(
      TableDefinition table,
      List<Integer> columnIds,
      RowBatch keys,
      int row,
      int offset,
      String comparison) {
    boolean hasNull = keys.columns().stream().anyMatch(column -> column.isNull(row));
    String operator = hasNull ? comparison : "=";
    String sql =
        "SELECT 1 FROM "
            + relation(table)
            + " WHERE "
            + IntStream.range(0, columnIds.size())
                .mapToObj(i -> column(table, columnIds.get(i)) + " " + operator + " $" + (i + 1))
                .collect(Collectors.joining(" AND "))
            + " LIMIT 1 OFFSET "
            + offset;
    List<@Nullable Object> values = new ArrayList<>();
    keys.columns().forEach(column -> values.add(column.valueAt(row)));
    List<SqlType> types =
        keys.columns().stream().map(Column::type).map(SqlType::withoutModifier).toList();
    return statements.query(sql, types, values).stream().anyMatch(batch -> batch.rowCount() > 0);
  }

  /// A table's own rows.
  static String relation(TableDefinition table) {
    return "ONLY "
        + DefinitionText.identifier(table.schema())
        + "."
        + DefinitionText.identifier(table.name());
  }

  static String column(TableDefinition table, int columnId) {
    return DefinitionText.identifier(table.columns().get(table.ordinalOfId(columnId)).name());
  }
}
