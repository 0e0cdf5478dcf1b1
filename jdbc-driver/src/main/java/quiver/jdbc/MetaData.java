package quiver.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Objects;

/// What a program asks about the database: pgjdbc's answers, but for the driver's own name. The
/// product is still called PostgreSQL, by which frameworks choose their dialect; its version says
/// Quiver. Not called often: a proxy will do.
final class MetaData {
  private MetaData() {}

  @SuppressWarnings("ReferenceEquality") // a proxy's equals must not call itself
  static DatabaseMetaData of(RoutedConnection connection, String url) throws SQLException {
    // Fails here if the connection is closed.
    connection.current().getMetaData();
    return (DatabaseMetaData)
        Proxy.newProxyInstance(
            MetaData.class.getClassLoader(),
            new Class<?>[] {DatabaseMetaData.class},
            (self, method, arguments) -> {
              switch (method.getName()) {
                case "getConnection" -> {
                  return connection;
                }
                case "getURL" -> {
                  return url;
                }
                case "getDriverName" -> {
                  return Version.DRIVER_NAME;
                }
                case "getDriverVersion" -> {
                  return Version.TEXT;
                }
                case "getDriverMajorVersion" -> {
                  return Version.MAJOR;
                }
                case "getDriverMinorVersion" -> {
                  return Version.MINOR;
                }
                case "equals" -> {
                  return self == Objects.requireNonNull(arguments)[0];
                }
                case "hashCode" -> {
                  return System.identityHashCode(self);
                }
                default -> {}
              }
              DatabaseMetaData now = connection.make(c -> c.getMetaData());
              try {
                return method.invoke(now, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
              }
            });
  }
}
