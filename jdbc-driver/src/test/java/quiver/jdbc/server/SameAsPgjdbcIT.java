package quiver.jdbc.server;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/// Our driver.
class SameAsPgjdbcIT extends PgjdbcContract {
  @Override
  Connection connect(String url) throws SQLException {
    return DriverManager.getConnection(url);
  }
}
