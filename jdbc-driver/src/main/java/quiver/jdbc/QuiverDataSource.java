package quiver.jdbc;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// Makes a new connection each time. All connections of one data source share what is known about
/// failed front ends, whose turn it is, and the session token. Thread-safe once it is configured.
///
/// ```java
/// QuiverDataSource source = new QuiverDataSource();
/// source.setUrl("jdbc:quiver://db1,db2/quiver");
/// source.setUser("app");
/// source.setProperty("consistency", "session");
/// ```
public class QuiverDataSource implements DataSource {
  private final Properties properties = new Properties();
  private final ConnectionFactories factories = new ConnectionFactories();
  private String url = "jdbc:quiver://localhost/quiver";
  private @Nullable PrintWriter logWriter;

  /// For `localhost`, port 5433, database `quiver`, until it is told otherwise.
  public QuiverDataSource() {}

  /// The URL, with hosts, database and properties.
  public String getUrl() {
    return url;
  }

  /// @param url begins with `jdbc:quiver:`
  public void setUrl(String url) {
    this.url = url;
  }

  /// Same as [#getUrl]; some frameworks spell it so.
  public String getURL() {
    return url;
  }

  /// Same as [#setUrl]; some frameworks spell it so.
  public void setURL(String url) {
    this.url = url;
  }

  /// The user; null: the URL's, else the operating system's.
  public @Nullable String getUser() {
    return properties.getProperty("user");
  }

  /// @param user null: the URL's, else the operating system's
  public void setUser(@Nullable String user) {
    set("user", user);
  }

  /// @param password null: none
  public void setPassword(@Nullable String password) {
    set("password", password);
  }

  /// A property, or null if it was not set here.
  public @Nullable String getProperty(String name) {
    return properties.getProperty(name);
  }

  /// Sets any property that a URL can have; a wrong name is told when a connection is made.
  public void setProperty(String name, @Nullable String value) {
    set(name, value);
  }

  private void set(String name, @Nullable String value) {
    synchronized (properties) {
      if (value == null) {
        properties.remove(name);
      } else {
        properties.setProperty(name, value);
      }
    }
  }

  @Override
  public Connection getConnection() throws SQLException {
    return connect(new Properties());
  }

  @Override
  public Connection getConnection(@Nullable String user, @Nullable String password)
      throws SQLException {
    return connect(account(user, password));
  }

  static Properties account(@Nullable String user, @Nullable String password) {
    Properties account = new Properties();
    if (user != null) {
      account.setProperty("user", user);
    }
    if (password != null) {
      account.setProperty("password", password);
    }
    return account;
  }

  final QuiverConnection connect(Properties more) throws SQLException {
    Properties all = new Properties();
    synchronized (properties) {
      all.putAll(properties);
    }
    all.putAll(more);
    return factories.of(url, all).connect();
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return logWriter;
  }

  /// Kept and not written to: the driver logs by `java.util.logging`, under `org.postgresql`.
  @Override
  public void setLogWriter(@Nullable PrintWriter out) {
    logWriter = out;
  }

  @Override
  public void setLoginTimeout(int seconds) {
    setProperty("loginTimeout", Integer.toString(seconds));
  }

  @Override
  public int getLoginTimeout() {
    String seconds = getProperty("loginTimeout");
    return seconds == null ? 0 : Integer.parseInt(seconds);
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getLogger("quiver.jdbc");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (!type.isInstance(this)) {
      throw new SQLException("not a wrapper for " + type.getName(), "0A000");
    }
    return type.cast(this);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
