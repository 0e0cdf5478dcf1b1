package quiver.frontend.activity;

import java.util.List;

/// What views show of the session that asks. Only for the session's own thread.
public interface SessionView {
  /// `pg_prepared_statements`, by name.
  List<PreparedStatementRow> preparedStatements();

  /// `pg_cursors`, by name.
  List<CursorRow> cursors();

  /// `pg_settings`, by name.
  List<SettingRow> settings();

  /// One row of `pg_prepared_statements`.
  ///
  /// @param fromSql made by PREPARE and not by the extended protocol
  record PreparedStatementRow(
      String name,
      String statement,
      long prepareTimeMicros,
      List<Integer> parameterTypeOids,
      boolean fromSql,
      long genericPlans,
      long customPlans) {
    public PreparedStatementRow {
      parameterTypeOids = List.copyOf(parameterTypeOids);
    }
  }

  /// One row of `pg_cursors`.
  record CursorRow(
      String name,
      String statement,
      boolean holdable,
      boolean binary,
      boolean scrollable,
      long creationTimeMicros) {}
}
