package quiver.jdbc.server;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/// pgjdbc itself.
class PgjdbcIT extends PgjdbcContract {
  @Override
  Connection connect(String url) throws SQLException {
    return DriverManager.getConnection(url.replace("jdbc:quiver:", "jdbc:postgresql:"));
  }
}
