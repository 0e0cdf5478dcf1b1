package quiver.jdbc.host;

import java.sql.SQLException;
import org.postgresql.Driver;

/// The driver of pgjdbc. A copy of it under another package name must not take the URLs of a pgjdbc
/// that is on the class path beside it.
public final class PgjdbcDriver {
  /// Put together, because the packaging renames every whole literal that looks like this.
  private static final String NAME = String.join(".", "org", "postgresql", "Driver");

  private PgjdbcDriver() {}

  /// A new driver, which is known to `DriverManager` only under its own name.
  ///
  /// @throws IllegalStateException if `DriverManager` refuses to forget the copy
  public static Driver make() {
    Driver driver = new Driver();
    boolean isCopy = !Driver.class.getName().equals(NAME);
    synchronized (PgjdbcDriver.class) {
      if (isCopy && Driver.isRegistered()) {
        try {
          Driver.deregister();
        } catch (SQLException e) {
          throw new IllegalStateException("the copy of pgjdbc cannot be deregistered", e);
        }
      }
    }
    return driver;
  }
}
