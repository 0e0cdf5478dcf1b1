package quiver.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/// What [QuiverConnection#inTransaction] does between BEGIN and COMMIT. It may be run several times
/// and must not keep anything from one run to the next.
///
/// @param <T> what it yields
@FunctionalInterface
public interface TransactionWork<T> {
  /// @param connection the one whose transaction this is; must not be committed or closed
  T run(Connection connection) throws SQLException;
}
