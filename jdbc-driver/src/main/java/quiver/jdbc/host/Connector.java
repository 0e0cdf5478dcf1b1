package quiver.jdbc.host;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.core.BaseConnection;
import quiver.jdbc.wire.VectorTypes;

/// Makes connections to the first front end that takes one. Thread-safe.
public final class Connector {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final ConnectionSettings settings;
  private final HostChoice choice;
  private final Driver driver = PgjdbcDriver.make();

  /// @param choice shared by all that connect to the same hosts
  public Connector(ConnectionSettings settings, HostChoice choice) {
    this.settings = settings;
    this.choice = choice;
  }

  /// An open connection and where it goes.
  ///
  /// @param connection pgjdbc's
  public record Link(BaseConnection connection, Host host) {}

  /// What it connects with.
  public ConnectionSettings settings() {
    return settings;
  }

  /// Remembers that a front end went away.
  public void lost(Host host) {
    choice.failed(host);
  }

  /// @throws SQLException `08001` with the reason of each host if none can be reached; at once what
  ///   the first one says that all would say, such as a wrong password
  public Link connect() throws SQLException {
    Properties properties = settings.forPgjdbc();
    List<String> reasons = new ArrayList<>();
    @Nullable SQLException last = null;
    List<Host> order =
        choice.order(settings.hosts(), settings.get(DriverProperty.LOAD_BALANCE), memoryNanos());
    for (Host host : order) {
      try {
        Link link = connect(host, properties);
        choice.succeeded(host);
        return link;
      } catch (SQLException e) {
        if (!isAboutHost(e) || (settings.hosts().size() == 1 && !isUnreachable(e))) {
          throw e;
        }
        choice.failed(host);
        reasons.add(host + ": " + e.getMessage());
        if (last != null) {
          e.addSuppressed(last);
        }
        last = e;
      }
    }
    throw new SQLException(
        "no front end can be reached: " + String.join("; ", reasons), "08001", last);
  }

  private Link connect(Host host, Properties properties) throws SQLException {
    String url =
        "jdbc:postgresql://"
            + host
            + "/"
            + java.net.URLEncoder.encode(
                settings.database(), java.nio.charset.StandardCharsets.UTF_8);
    @Nullable Connection connection = driver.connect(url, properties);
    if (connection == null) {
      throw new SQLException("pgjdbc does not take the URL " + url, "08001");
    }
    try {
      BaseConnection opened = connection.unwrap(BaseConnection.class);
      requireQuiver(opened, host);
      VectorTypes.register(opened);
      return new Link(opened, host);
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private static void requireQuiver(BaseConnection connection, Host host) throws SQLException {
    @Nullable String version = connection.getParameterStatus("server_version");
    if (version == null || !version.contains("(Quiver ")) {
      throw new SQLException(
          "the server at "
              + host
              + " is not Quiver (its version is \""
              + version
              + "\"); for PostgreSQL use a URL that begins with jdbc:postgresql:",
          "08004");
    }
  }

  private long memoryNanos() {
    String seconds = settings.theirs().get(PGProperty.HOST_RECHECK_SECONDS.getName());
    String text = seconds == null ? PGProperty.HOST_RECHECK_SECONDS.getDefaultValue() : seconds;
    return text == null ? 0 : Long.parseLong(text) * NANOS_PER_SECOND;
  }

  /// Whether another host may well answer otherwise.
  private static boolean isAboutHost(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return state.startsWith("08") || state.startsWith("57P") || state.equals("53300");
  }

  private static boolean isUnreachable(SQLException e) {
    return "08001".equals(e.getSQLState());
  }
}
