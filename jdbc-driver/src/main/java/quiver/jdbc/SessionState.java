package quiver.jdbc;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.util.PGobject;
import quiver.jdbc.sql.StatementText;

/// What a session was told and another front end must be told as well. Used by the connection's
/// thread.
final class SessionState {
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final Map<String, String> settingsOfTransaction = new LinkedHashMap<>();
  private final Map<String, Class<? extends PGobject>> dataTypes = new LinkedHashMap<>();
  private final Properties clientInfo = new Properties();
  private boolean autoCommit = true;
  private @Nullable Boolean readOnly;
  private @Nullable Integer isolation;
  private @Nullable Integer holdability;
  private @Nullable Executor networkTimeoutExecutor;
  private int networkTimeoutMillis;
  private String pin = "";

  /// Notes what a statement has left in the session.
  ///
  /// @param isInTransaction whether it may still be rolled back
  void executed(StatementText text, String sql, boolean isInTransaction) {
    switch (text.kind()) {
      case SET -> (isInTransaction ? settingsOfTransaction : settings).put(text.setting(), sql);
      case RESET -> {
        if (text.setting().isEmpty()) {
          settings.clear();
        }
        settings.remove(text.setting());
        settingsOfTransaction.remove(text.setting());
      }
      case PIN -> pin = text.setting();
      case COMMIT -> committed();
      case ROLLBACK -> rolledBack();
      case READ, WRITE -> {}
    }
  }

  void committed() {
    settings.putAll(settingsOfTransaction);
    settingsOfTransaction.clear();
  }

  void rolledBack() {
    settingsOfTransaction.clear();
  }

  /// What keeps the session on its front end; empty if it can go to another one.
  String pin() {
    return pin;
  }

  boolean autoCommit() {
    return autoCommit;
  }

  void autoCommit(boolean value) {
    autoCommit = value;
  }

  void readOnly(boolean value) {
    readOnly = value;
  }

  void isolation(int value) {
    isolation = value;
  }

  void holdability(int value) {
    holdability = value;
  }

  void networkTimeout(Executor executor, int milliseconds) {
    networkTimeoutExecutor = executor;
    networkTimeoutMillis = milliseconds;
  }

  void clientInfo(String name, @Nullable String value) {
    if (value == null) {
      clientInfo.remove(name);
    } else {
      clientInfo.setProperty(name, value);
    }
  }

  void schema(String schema) {
    settings.put("search_path", "SET SESSION search_path TO '" + schema.replace("'", "''") + "'");
  }

  void dataType(String name, Class<? extends PGobject> type) {
    dataTypes.put(name, type);
  }

  /// Tells a new connection all of it.
  void restore(BaseConnection connection) throws SQLException {
    for (Map.Entry<String, Class<? extends PGobject>> entry : dataTypes.entrySet()) {
      connection.addDataType(entry.getKey(), entry.getValue());
    }
    if (!settings.isEmpty()) {
      try (Statement statement = connection.createStatement()) {
        for (String sql : settings.values()) {
          statement.execute(sql);
        }
      }
    }
    if (networkTimeoutExecutor != null) {
      connection.setNetworkTimeout(networkTimeoutExecutor, networkTimeoutMillis);
    }
    if (readOnly != null) {
      connection.setReadOnly(readOnly);
    }
    if (isolation != null) {
      connection.setTransactionIsolation(isolation);
    }
    if (holdability != null) {
      connection.setHoldability(holdability);
    }
    if (!clientInfo.isEmpty()) {
      connection.setClientInfo(clientInfo);
    }
    connection.setAutoCommit(autoCommit);
  }
}
