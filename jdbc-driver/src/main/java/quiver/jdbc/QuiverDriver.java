package quiver.jdbc;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Accepts `jdbc:quiver://host:port/database?…` and connects through pgjdbc with the same hosts,
/// database and properties. The port defaults to 5433. Thread-safe.
public final class QuiverDriver implements Driver {
  private static final String PREFIX = "jdbc:quiver:";
  private static final String PGJDBC_PREFIX = "jdbc:postgresql:";
  private static final String DEFAULT_PORT = "5433";

  static {
    try {
      DriverManager.registerDriver(new QuiverDriver());
    } catch (SQLException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final org.postgresql.Driver delegate = new org.postgresql.Driver();

  /// For the service loader.
  public QuiverDriver() {}

  @Override
  public @Nullable Connection connect(String url, Properties properties) throws SQLException {
    if (!acceptsURL(url)) {
      return null;
    }
    return delegate.connect(delegateUrl(url), properties);
  }

  @Override
  public boolean acceptsURL(String url) {
    return url.startsWith(PREFIX);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
    return delegate.getPropertyInfo(delegateUrl(url), properties);
  }

  @Override
  public int getMajorVersion() {
    return 0;
  }

  @Override
  public int getMinorVersion() {
    return 1;
  }

  @Override
  public boolean jdbcCompliant() {
    return delegate.jdbcCompliant();
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getLogger("quiver.jdbc");
  }

  /// The URL pgjdbc understands: every host without a port gets the default one.
  static String delegateUrl(String url) {
    String rest = url.substring(PREFIX.length());
    if (!rest.startsWith("//")) {
      rest = "//localhost/" + (rest.startsWith("/") ? rest.substring(1) : rest);
    }
    int slash = rest.indexOf('/', 2);
    int question = rest.indexOf('?');
    int end = slash >= 0 ? slash : question >= 0 ? question : rest.length();
    StringBuilder hosts = new StringBuilder();
    for (String host : rest.substring(2, end).split(",", -1)) {
      String name = host.isEmpty() ? "localhost" : host;
      boolean hasPort = name.lastIndexOf(':') > name.lastIndexOf(']');
      hosts.append(hosts.isEmpty() ? "" : ",").append(name);
      if (!hasPort) {
        hosts.append(':').append(DEFAULT_PORT);
      }
    }
    return PGJDBC_PREFIX + "//" + hosts + rest.substring(end);
  }
}
