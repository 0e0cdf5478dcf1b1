package quiver.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import quiver.jdbc.host.Host;
import quiver.jdbc.sql.StatementText;

/// What is told about a connection whose front end is gone. `08006`: nothing took effect. `08007`:
/// whether it did is unknown.
final class LostConnection {
  private static final String NO_EFFECT = "08006";
  private static final String UNKNOWN = "08007";

  /// What a front end says that ends a session between two statements.
  private static final String NOTHING_EXECUTED =
      "The session was between statements; nothing sent since then was executed.";

  private LostConnection() {}

  /// Whether the front end has said, before it stopped, that it did nothing with what was sent.
  static boolean isNothingExecuted(SQLException e) {
    @Nullable ServerErrorMessage said =
        e instanceof PSQLException server ? server.getServerErrorMessage() : null;
    return said != null && NOTHING_EXECUTED.equals(said.getDetail());
  }

  static SQLException duringStatement(
      Host host, StatementText text, boolean wasInTransaction, SQLException cause) {
    boolean isCommit = text.kind() == StatementText.Kind.COMMIT;
    if (wasInTransaction && !isCommit) {
      return new SQLException(
          "the connection to "
              + host
              + " was lost, its transaction is rolled back: "
              + because(cause),
          NO_EFFECT,
          cause);
    }
    if (text.kind() == StatementText.Kind.READ) {
      return new SQLException(
          "the connection to " + host + " was lost: " + because(cause), NO_EFFECT, cause);
    }
    return duringCommit(host, cause);
  }

  static SQLException duringCommit(Host host, SQLException cause) {
    return new SQLException(
        "the connection to "
            + host
            + " was lost while a change was under way, whether it took effect is unknown: "
            + because(cause),
        UNKNOWN,
        cause);
  }

  static SQLException beforeRollback(Host host) {
    return new SQLException(
        "the connection to "
            + host
            + " was lost in a transaction, which is rolled back; call rollback() before anything"
            + " else",
        NO_EFFECT);
  }

  static SQLException pinned(Host host, String pin) {
    return new SQLException(
        "the connection to "
            + host
            + " was lost, and its session cannot go on elsewhere because of "
            + pin,
        NO_EFFECT);
  }

  static SQLException unrepeatable(String what) {
    return new SQLException(
        "the front end was changed, and " + what + " cannot be given to another one", NO_EFFECT);
  }

  private static String because(SQLException cause) {
    return String.valueOf(cause.getMessage());
  }
}
