package quiver.jdbc;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import quiver.jdbc.host.ConnectionUrl;
import quiver.jdbc.host.DriverProperty;
import quiver.jdbc.host.PgjdbcDriver;

/// Connects to URLs of the form `jdbc:quiver://host:port,host:port/database?property=value`. The
/// service loader finds it. Thread-safe.
///
/// ```java
/// try (Connection connection =
///     DriverManager.getConnection("jdbc:quiver://db1,db2/quiver?user=app&ef_search=100")) {
///   …
/// }
/// ```
public final class QuiverDriver implements Driver {
  static {
    try {
      DriverManager.registerDriver(new QuiverDriver());
    } catch (SQLException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final org.postgresql.Driver delegate = PgjdbcDriver.make();
  private final ConnectionFactories factories = new ConnectionFactories();

  /// For the service loader.
  public QuiverDriver() {}

  @Override
  public @Nullable Connection connect(String url, @Nullable Properties properties)
      throws SQLException {
    return acceptsURL(url)
        ? factories.of(url, properties == null ? new Properties() : properties).connect()
        : null;
  }

  @Override
  public boolean acceptsURL(String url) {
    return url.startsWith(ConnectionUrl.PREFIX);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, @Nullable Properties properties)
      throws SQLException {
    Properties given = properties == null ? new Properties() : properties;
    Properties all = new Properties();
    given.stringPropertyNames().forEach(name -> all.setProperty(name, given.getProperty(name)));
    if (acceptsURL(url)) {
      ConnectionUrl.parse(url).properties().forEach(all::setProperty);
    }
    List<DriverPropertyInfo> infos = new ArrayList<>();
    for (DriverProperty property : DriverProperty.values()) {
      DriverPropertyInfo info =
          new DriverPropertyInfo(
              property.key(), all.getProperty(property.key(), property.defaultText()));
      info.description = property.description();
      info.choices = property.choices().length == 0 ? null : property.choices();
      infos.add(info);
    }
    infos.addAll(
        Arrays.asList(delegate.getPropertyInfo("jdbc:postgresql://localhost/quiver", all)));
    return infos.toArray(new DriverPropertyInfo[0]);
  }

  @Override
  public int getMajorVersion() {
    return Version.MAJOR;
  }

  @Override
  public int getMinorVersion() {
    return Version.MINOR;
  }

  @Override
  public boolean jdbcCompliant() {
    return delegate.jdbcCompliant();
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getLogger("quiver.jdbc");
  }
}
