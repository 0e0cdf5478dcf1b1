package quiver.frontend.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.SqlType;
import quiver.frontend.activity.SessionView.PreparedStatementRow;

/// The prepared statements of one session, those of Parse and those of PREPARE in one name space.
/// Used by the session's thread only.
final class PreparedStatements {
  /// Prepared statements of one session.
  static final int PREPARED_STATEMENT_COUNT_MAX = 10_000;

  private final Map<String, PreparedStatement> byName = new HashMap<>();

  /// @throws QuiverException `42P05` when there is one of that name
  void requireFree(String name) {
    if (byName.containsKey(name)) {
      throw new QuiverException(
          SqlState.DUPLICATE_PREPARED_STATEMENT, "prepared statement \"%s\" already exists", name);
    }
  }

  /// Keeps one, in place of its namesake.
  void keep(PreparedStatement statement) {
    if (byName.size() >= PREPARED_STATEMENT_COUNT_MAX) {
      throw new QuiverException(
          SqlState.CONFIGURATION_LIMIT_EXCEEDED,
          "a session cannot have more than %d prepared statements",
          PREPARED_STATEMENT_COUNT_MAX);
    }
    byName.put(statement.name(), statement);
  }

  /// @throws QuiverException `26000` when there is none of that name
  PreparedStatement require(String name) {
    PreparedStatement statement = byName.get(name);
    if (statement == null) {
      throw name.isEmpty()
          ? new QuiverException(
              SqlState.INVALID_SQL_STATEMENT_NAME, "unnamed prepared statement does not exist")
          : new QuiverException(
              SqlState.INVALID_SQL_STATEMENT_NAME,
              "prepared statement \"%s\" does not exist",
              name);
    }
    return statement;
  }

  /// Forgets one, if it is there.
  void remove(String name) {
    byName.remove(name);
  }

  /// DEALLOCATE; empty: ALL.
  void deallocate(Optional<String> name) {
    name.ifPresentOrElse(one -> remove(require(one).name()), this::clear);
  }

  void clear() {
    byName.clear();
  }

  /// `pg_prepared_statements`, by name.
  List<PreparedStatementRow> rows() {
    List<PreparedStatementRow> rows = new ArrayList<>();
    for (PreparedStatement statement : new TreeMap<>(byName).values()) {
      if (!statement.name().isEmpty() && statement.planned().isPresent()) {
        rows.add(
            new PreparedStatementRow(
                statement.name(),
                statement.source().map(StatementSource::query).orElse(""),
                statement.createdMicros(),
                statement.planned().get().parameterTypes().stream().map(SqlType::oid).toList(),
                statement.fromSql(),
                statement.executionCount(),
                0));
      }
    }
    return rows;
  }
}
