package quiver.jdbc;

import java.sql.SQLException;
import java.util.Properties;
import javax.sql.ConnectionPoolDataSource;
import javax.sql.PooledConnection;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGPooledConnection;

/// For the pool of an application server: connections that tell the pool when they are closed or
/// broken. It keeps no connections itself; other programs take a [QuiverDataSource] with a pool of
/// their choice, such as HikariCP.
public final class QuiverConnectionPoolDataSource extends QuiverDataSource
    implements ConnectionPoolDataSource {
  /// For `localhost`, port 5433, database `quiver`, until it is told otherwise.
  public QuiverConnectionPoolDataSource() {}

  @Override
  public PooledConnection getPooledConnection() throws SQLException {
    return new PGPooledConnection(connect(new Properties()), true);
  }

  @Override
  public PooledConnection getPooledConnection(@Nullable String user, @Nullable String password)
      throws SQLException {
    return new PGPooledConnection(connect(account(user, password)), true);
  }
}
