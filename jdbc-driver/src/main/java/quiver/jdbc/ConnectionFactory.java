package quiver.jdbc;

import java.sql.SQLException;
import java.util.SplittableRandom;
import quiver.jdbc.host.ConnectionSettings;
import quiver.jdbc.host.Connector;
import quiver.jdbc.host.DriverProperty;
import quiver.jdbc.host.HostChoice;

/// Makes the connections of one URL and set of properties; they share whose turn it is, what is
/// known about failed front ends, and the session token. Thread-safe.
final class ConnectionFactory {
  private final Connector connector;
  private final String url;
  private final SessionTokens tokens = new SessionTokens();
  private final TransactionRetry retry;

  ConnectionFactory(String url, ConnectionSettings settings) {
    this.url = url;
    this.connector =
        new Connector(settings, new HostChoice(new SplittableRandom(), System::nanoTime));
    this.retry =
        new TransactionRetry(
            Integer.parseInt(settings.get(DriverProperty.TRANSACTION_RETRIES)),
            new SplittableRandom());
  }

  QuiverConnection connect() throws SQLException {
    return new RoutedConnection(connector, url, tokens, retry);
  }
}
