package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.QuiverException.Field;
import quiver.common.error.SqlState;
import quiver.common.plan.StatementPlan;
import quiver.common.type.SqlType;
import quiver.common.value.DomainValues;
import quiver.frontend.format.DatumFormat;
import quiver.frontend.transaction.UniqueKey;

/// NOT NULL and CHECK of one table, for new rows of one statement.
final class RowConstraints {
  /// Characters of a value that a DETAIL shows: PostgreSQL's limit.
  private static final int SHOWN_VALUE_LENGTH_MAX = 64;

  private final TableDefinition table;
  private final List<StatementPlan.RowCheck> checks;
  private final List<RowEvaluation> conditions = new ArrayList<>();
  private final DatumFormat format;

  RowConstraints(
      TableDefinition table,
      List<StatementPlan.RowCheck> checks,
      QueryRunner runner,
      StatementScope statement) {
    this.table = table;
    this.checks = checks;
    for (StatementPlan.RowCheck check : checks) {
      conditions.add(new RowEvaluation(check.condition(), runner, statement));
    }
    this.format = statement.format();
  }

  /// What is wrong with the first bad row.
  record Violation(int row, QuiverException error) {}

  /// @param rows every column of the table
  /// @throws QuiverException `23502`, `23514` for the first bad row
  void check(RowBatch rows) {
    Violation violation = find(rows);
    if (violation != null) {
      throw violation.error();
    }
  }

  @Nullable Violation find(RowBatch rows) {
    int firstRow = Integer.MAX_VALUE;
    StatementPlan.@Nullable RowCheck failed = null;
    // Values are of their domain before they are in a row.
    for (int i = 0; i < conditions.size(); i++) {
      int row =
          checks.get(i).kind() == StatementPlan.CheckKind.DOMAIN
              ? firstFailing(i, rows, firstRow)
              : firstRow;
      failed = row < firstRow ? checks.get(i) : failed;
      firstRow = row;
    }
    Violation earlier = firstOther(rows, firstRow);
    return earlier != null || failed == null
        ? earlier
        : new Violation(firstRow, DomainValues.violation(failed.domain(), failed.name()));
  }

  /// What the table itself finds wrong with the rows before `limit`.
  private @Nullable Violation firstOther(RowBatch rows, int limit) {
    int firstRow = limit;
    int nullColumn = -1;
    for (int i = 0; i < table.columns().size(); i++) {
      Column column = rows.column(i);
      if (table.columns().get(i).notNull() && column.nulls().any()) {
        for (int row = 0; row < Math.min(rows.rowCount(), firstRow); row++) {
          if (column.isNull(row)) {
            firstRow = row;
            nullColumn = i;
          }
        }
      }
    }
    StatementPlan.@Nullable RowCheck failed = null;
    for (int i = 0; i < conditions.size(); i++) {
      int row =
          checks.get(i).kind() == StatementPlan.CheckKind.DOMAIN
              ? firstRow
              : firstFailing(i, rows, firstRow);
      failed = row < firstRow ? checks.get(i) : failed;
      firstRow = row;
    }
    if (failed != null && isPolicy(failed.kind())) {
      return new Violation(firstRow, hidden(failed));
    }
    if (failed != null && failed.kind() == StatementPlan.CheckKind.VIEW) {
      return new Violation(
          firstRow,
          new QuiverException(
                  SqlState.WITH_CHECK_OPTION_VIOLATION,
                  "new row violates check option for view \"%s\"",
                  failed.name())
              .withDetail(describe(rows, firstRow)));
    }
    if (failed != null) {
      return new Violation(
          firstRow,
          new QuiverException(
                  SqlState.CHECK_VIOLATION,
                  "new row for relation \"%s\" violates check constraint \"%s\"",
                  table.name(),
                  failed.name())
              .withDetail(describe(rows, firstRow))
              .with(Field.SCHEMA, table.schema())
              .with(Field.TABLE, table.name())
              .with(Field.CONSTRAINT, failed.name()));
    }
    if (nullColumn >= 0) {
      ColumnDefinition column = table.columns().get(nullColumn);
      return new Violation(
          firstRow,
          new QuiverException(
                  SqlState.NOT_NULL_VIOLATION,
                  "null value in column \"%s\" of relation \"%s\" violates not-null constraint",
                  column.name(),
                  table.name())
              .withDetail(describe(rows, firstRow))
              .with(Field.SCHEMA, table.schema())
              .with(Field.TABLE, table.name())
              .with(Field.COLUMN, column.name()));
    }
    return null;
  }

  private static boolean isPolicy(StatementPlan.CheckKind kind) {
    return switch (kind) {
      case POLICY, POLICY_OF_EXISTING, POLICY_OF_TARGET -> true;
      case CONSTRAINT, DOMAIN, VIEW -> false;
    };
  }

  private QuiverException hidden(StatementPlan.RowCheck failed) {
    return new QuiverException(
        SqlState.INSUFFICIENT_PRIVILEGE,
        "%s row violates row-level security policy%s%s for table \"%s\"",
        failed.kind() == StatementPlan.CheckKind.POLICY_OF_TARGET ? "target" : "new",
        failed.name().isEmpty() ? "" : " \"" + failed.name() + "\"",
        failed.kind() == StatementPlan.CheckKind.POLICY ? "" : " (USING expression)",
        table.name());
  }

  /// Looks at rows that are there.
  ///
  /// @param rows every column of the table
  /// @throws QuiverException `42501` for the first row that the role may not change
  void checkExisting(RowBatch rows) {
    int limit = rows.rowCount();
    StatementPlan.@Nullable RowCheck failed = null;
    for (int i = 0; i < conditions.size(); i++) {
      int row = firstFailing(i, rows, limit);
      failed = row < limit ? checks.get(i) : failed;
      limit = row;
    }
    if (failed != null) {
      throw hidden(failed);
    }
  }

  /// The first row before `limit` for which a condition is false, or `limit`.
  private int firstFailing(int condition, RowBatch rows, int limit) {
    LongColumn result = (LongColumn) conditions.get(condition).evaluate(rows).column(0);
    for (int row = 0; row < Math.min(rows.rowCount(), limit); row++) {
      if (result.values()[row] == 0 && !result.isNull(row)) {
        return row;
      }
    }
    return limit;
  }

  private String describe(RowBatch rows, int row) {
    StringBuilder detail = new StringBuilder("Failing row contains (");
    for (int i = 0; i < rows.columns().size(); i++) {
      Object value = rows.column(i).valueAt(row);
      String text = value == null ? "null" : format.text(rows.column(i).type(), value);
      detail.append(i == 0 ? "" : ", ");
      if (text.length() > SHOWN_VALUE_LENGTH_MAX) {
        detail.append(text, 0, SHOWN_VALUE_LENGTH_MAX).append("...");
      } else {
        detail.append(text);
      }
    }
    return detail.append(").").toString();
  }

  /// `23505` as PostgreSQL reports it.
  static QuiverException duplicateKey(
      TableDefinition table, UniqueKey key, List<@Nullable Object> values, DatumFormat format) {
    return duplicateKey(table, key.name(), key.columns(), shown(key.types(), values, format));
  }

  /// As above.
  ///
  /// @param columns the keys, as messages show them
  /// @param values as messages show them
  static QuiverException duplicateKey(
      TableDefinition table, String name, String columns, String values) {
    return new QuiverException(
            SqlState.UNIQUE_VIOLATION,
            "duplicate key value violates unique constraint \"%s\"",
            name)
        .withDetail("Key (" + columns + ")=(" + values + ") already exists.")
        .with(Field.SCHEMA, table.schema())
        .with(Field.TABLE, table.name())
        .with(Field.CONSTRAINT, name);
  }

  /// Values of a key as messages show them.
  static String shown(List<SqlType> types, List<@Nullable Object> values, DatumFormat format) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      Object value = values.get(i);
      text.append(i == 0 ? "" : ", ");
      text.append(value == null ? "null" : format.text(types.get(i), value));
    }
    return text.toString();
  }
}
