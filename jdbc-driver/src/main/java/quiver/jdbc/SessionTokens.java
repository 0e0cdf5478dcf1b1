package quiver.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/// The newest session token of all connections of one data source: with consistency `session`, what
/// one of them has written the others see, on whichever front end they are. A token is the
/// timestamp of a commit, so the larger one covers both. Thread-safe.
final class SessionTokens {
  private static final String SETTING = "quiver.session_token";
  private static final String UNDEFINED_SETTING = "42704";

  private volatile long newest;

  private synchronized void publish(long token) {
    if (Long.compareUnsigned(token, newest) > 0) {
      newest = token;
    }
  }

  /// What one connection has said and heard. Used by the connection's thread.
  static final class Holder {
    private final SessionTokens shared;
    private boolean isOffered;
    private long known;

    /// @param shared of the data source
    Holder(SessionTokens shared) {
      this.shared = shared;
    }

    /// Asks a new connection whether its server has tokens.
    void opened(BaseConnection connection) throws SQLException {
      known = 0;
      isOffered = true;
      try {
        read(connection);
      } catch (SQLException e) {
        if (!UNDEFINED_SETTING.equals(e.getSQLState())) {
          throw e;
        }
        isOffered = false;
      }
    }

    /// Tells the server what others have written since.
    void beforeStatement(BaseConnection connection) throws SQLException {
      long newest = shared.newest;
      if (isOffered && Long.compareUnsigned(newest, known) > 0) {
        try (Statement statement = connection.createStatement()) {
          statement.execute("SET " + SETTING + " = '" + Long.toUnsignedString(newest) + "'");
        }
        known = newest;
      }
    }

    /// Lets the others know what has been written here.
    void written(BaseConnection connection) throws SQLException {
      if (isOffered) {
        read(connection);
      }
    }

    private void read(BaseConnection connection) throws SQLException {
      @Nullable String text = connection.getParameterStatus(SETTING);
      if (text == null) {
        try (Statement statement = connection.createStatement();
            ResultSet row = statement.executeQuery("SHOW " + SETTING)) {
          text = row.next() ? row.getString(1) : null;
        }
      }
      if (text != null && !text.isEmpty()) {
        known = Long.parseUnsignedLong(text);
        shared.publish(known);
      }
    }
  }
}
